#include "json/fault.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "json/mask.h"

#define FAULT_BODY_MAX ((size_t)64 << 10)

/* The value behind the first "NAME" and colon in TEXT; the caller deletes it. */
static cJSON *fault_member(const char *text, size_t size, const char *name)
{
    char quoted[32];
    const char *end = text + size;
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const char *at = text;
    while ((at = memmem(at, (size_t)(end - at), quoted, (size_t)length))) {
        at += length;
        while (at < end && *at && strchr(" \t\r\n", *at))
            at++;
        if (at < end && *at == ':')
            return cJSON_ParseWithLengthOpts(at + 1, (size_t)(end - at - 1), NULL, 0);
    }
    return NULL;
}

/* Copies what is UTF-8, and whole characters only. */
static void fault_copy(char *to, size_t room, const char *from)
{
    size_t used = 0;
    while (*from) {
        size_t size = utf8_size(from, strlen(from));
        if (size == 0 || used + size >= room)
            break;
        memcpy(to + used, from, size);
        used += size;
        from += size;
    }
    to[used] = '\0';
}

static void fault_string(const char *text, size_t size, const char *name, char *to, size_t room)
{
    cJSON *value = fault_member(text, size, name);
    if (cJSON_IsString(value)) {
        log_hide_secret(value->valuestring); /* not later: a cut one would not be found */
        fault_copy(to, room, value->valuestring);
    }
    cJSON_Delete(value);
}

/* Of a number, or of a string that holds one; else 0. */
static uint64_t fault_number(const char *text, size_t size, const char *name)
{
    uint64_t id = 0;
    cJSON *value = fault_member(text, size, name);
    if (cJSON_IsString(value))
        number_parse(value->valuestring, strlen(value->valuestring), NUMBER_ID_MAX, &id);
    else if (cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble < 1e9)
        id = (uint64_t)value->valuedouble;
    cJSON_Delete(value);
    return id;
}

void fault_read(struct fault *fault, const char *body, size_t size)
{
    *fault = (struct fault){.id = 0};
    if (size > FAULT_BODY_MAX)
        size = FAULT_BODY_MAX;
    char *text = mask_copy(body, size);
    if (!text)
        return;
    fault_string(text, size, "message", fault->message, sizeof fault->message);
    fault_string(text, size, "name", fault->name, sizeof fault->name);
    fault_string(text, size, "requestID", fault->request_id, sizeof fault->request_id);
    fault->id = fault_number(text, size, "id");
    uint64_t status = fault_number(text, size, "httpStatusCode");
    fault->status = status < 1000 ? (long)status : 0;
    wipe_free(text);
}

static const char *fault_skip_space(const char *at, const char *end)
{
    while (at < end && *at && strchr(" \t\r\n", *at))
        at++;
    return at;
}

/* Skip the member NAME at AT, in quotes, and its colon. Return NULL if another stands there. */
static const char *fault_skip_name(const char *at, const char *end, const char *name)
{
    size_t size = strlen(name);
    if ((size_t)(end - at) < size || memcmp(at, name, size) != 0)
        return NULL;
    at = fault_skip_space(at + size, end);
    return at < end && *at == ':' ? fault_skip_space(at + 1, end) : NULL;
}

/* Skip a name and a value at AT. */
static const char *fault_skip_member(const char *at, const char *end)
{
    at += mask_value_size(at, (size_t)(end - at));
    at = fault_skip_space(at, end);
    if (at == end || *at != ':')
        return end;
    at = fault_skip_space(at + 1, end);
    at += mask_value_size(at, (size_t)(end - at));
    return fault_skip_space(at, end);
}

static bool fault_begins_error(const char *at, const char *end)
{
    at = fault_skip_name(at, end, "\"error\"");
    return at && at < end && *at == '{';
}

bool fault_is_body(const char *body, size_t size)
{
    const char *end = body + size;
    const char *at = fault_skip_space(body, end);
    while (at < end && (*at == '{' || *at == ',')) {
        at = fault_skip_space(at + 1, end);
        if (fault_begins_error(at, end))
            return true;
        const char *response = fault_skip_name(at, end, "\"response\"");
        if (response)
            return response < end && *response == '{' &&
                   fault_begins_error(fault_skip_space(response + 1, end), end);
        if (at == end || *at != '"')
            return false;
        at = fault_skip_member(at, end);
    }
    return false;
}
