/* Reads what the service says of an error. */
#include "json/fault.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/utf8.h"
#include "json/scanner.h"
#include "json/value.h"

#define FAULT_BODY_MAX ((size_t)64 << 10)

/* Return the value behind the first "NAME" and colon in TEXT, for the caller to destroy. NULL
 * if there is none. */
static struct value *fault_member(const char *text, size_t size, const char *name)
{
    char quoted[32];
    const char *at = text, *end = text + size;
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", name);
    while ((at = memmem(at, (size_t)(end - at), quoted, (size_t)length))) {
        at += length;
        struct scanner rest = scanner_of(at, (size_t)(end - at));
        struct value *value;
        if (!scanner_take(&rest, ':'))
            continue;
        value_parse(rest.at, (size_t)(end - rest.at), &value);
        return value;
    }
    return NULL;
}

/* Copy what is UTF-8, and whole characters only. */
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

static void fault_string(const char *body, size_t size, const char *name, char *to, size_t room)
{
    struct value *value = fault_member(body, size, name);
    char *text = value_text(value);
    if (text) {
        log_hide_secret(text); /* not later: a cut one would not be found */
        fault_copy(to, room, text);
    }
    value_destroy(value);
}

/* Read a number, or a string that holds one. Return 0 for anything else. */
static uint64_t fault_number(const char *body, size_t size, const char *name)
{
    uint64_t id = 0;
    double number;
    struct value *value = fault_member(body, size, name);
    const char *text = value_text(value);
    if (text)
        number_parse(text, strlen(text), NUMBER_ID_MAX, &id);
    else if (value_is_number(value, &number) && number < 1e9)
        id = (uint64_t)number;
    value_destroy(value);
    return id;
}

void fault_read(struct fault *fault, const char *body, size_t size)
{
    *fault = (struct fault){.id = 0};
    if (size > FAULT_BODY_MAX)
        size = FAULT_BODY_MAX;
    fault_string(body, size, "message", fault->message, sizeof fault->message);
    fault_string(body, size, "name", fault->name, sizeof fault->name);
    fault_string(body, size, "requestID", fault->request_id, sizeof fault->request_id);
    fault->id = fault_number(body, size, "id");
    uint64_t status = fault_number(body, size, "httpStatusCode");
    fault->status = status < 1000 ? (long)status : 0;
}

static bool fault_is_name(const char *at, const char *end, const char *quoted)
{
    size_t size = strlen(quoted);
    return (size_t)(end - at) >= size && memcmp(at, quoted, size) == 0;
}

/* Step over a name and its colon. Return where the name begins, with its quote; NULL if there
 * is none. */
static const char *fault_take_name(struct scanner *body)
{
    if (!scanner_is_at(body, '"'))
        return NULL;
    const char *name = body->at;
    return scanner_name(body, NULL) ? NULL : name;
}

/* Return whether BODY is at an object that is not empty. */
static bool fault_is_at_object(const struct scanner *body)
{
    struct scanner ahead = *body;
    return scanner_take(&ahead, '{') && !scanner_is_at(&ahead, '}');
}

/* Return whether the object that BODY is at begins with an error. */
static bool fault_begins_error(struct scanner *body)
{
    scanner_take(body, '{');
    const char *name = fault_take_name(body);
    return name && fault_is_name(name, body->end, "\"error\"") && scanner_is_at(body, '{');
}

/* Step over a list without records, or null. Return false where BODY is at something else. */
static bool fault_take_nobody(struct scanner *body)
{
    if (scanner_is_at(body, 'n'))
        return scanner_value(body, NULL) == 0;
    return scanner_take(body, '[') && scanner_take(body, ']');
}

bool fault_is_body(const char *body, size_t size)
{
    struct scanner rest = scanner_of(body, size);
    bool more = scanner_take(&rest, '{');
    for (; more; more = scanner_take(&rest, ',')) {
        const char *name = fault_take_name(&rest);
        if (!name)
            return false;
        if (fault_is_at_object(&rest) && fault_is_name(name, rest.end, "\"error\""))
            return true;
        bool is_response = fault_is_name(name, rest.end, "\"response\"");
        if (is_response && scanner_is_at(&rest, '{'))
            return fault_begins_error(&rest);
        if (is_response ? !fault_take_nobody(&rest) : scanner_value(&rest, NULL) != 0)
            return false;
    }
    return false;
}
