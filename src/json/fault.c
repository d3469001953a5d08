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

static uint64_t fault_id(const char *text, size_t size)
{
    uint64_t id = 0;
    cJSON *value = fault_member(text, size, "id");
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
    fault->id = fault_id(text, size);
    wipe_free(text);
}
