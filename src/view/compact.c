/* Writes a value without blanks and line breaks. */
#include "view/compact.h"

#include <string.h>

#include "json/members.h"

/* Write one line without its break, the blanks before it, and that behind a member's colon. */
static int compact_line(const char *at, const char *end, struct buffer *out)
{
    while (at < end && *at == ' ')
        at++;
    const char *value = members_behind_name(at, end);
    int error = buffer_append(out, at, (size_t)(value - at));
    value += value > at; /* the blank */
    return error ? error : buffer_append(out, value, (size_t)(end - value));
}

int compact_append(const char *text, size_t size, struct buffer *out)
{
    const char *at = text, *end = text + size;
    int error = 0;
    while (at < end && !error) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        error = compact_line(at, line_end, out);
        at = line_end + 1;
    }
    return error;
}
