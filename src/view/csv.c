/* Writes cells of CSV. */
#include "view/csv.h"

#include <stdbool.h>
#include <string.h>

#include "json/members.h"

static bool csv_needs_quotes(const char *text, size_t size)
{
    if (size == 0 || text[0] == ' ' || text[size - 1] == ' ')
        return true;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == ',' || c == '"' || c < ' ' || c == 0x7f)
            return true;
    }
    return false;
}

int csv_append_text(const char *text, size_t size, struct buffer *out)
{
    if (!csv_needs_quotes(text, size))
        return buffer_append(out, text, size);
    const char *at = text, *end = text + size;
    int error = buffer_append(out, "\"", 1);
    while (at < end && !error) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        const char *until = quote ? quote + 1 : end;
        error = buffer_append(out, at, (size_t)(until - at));
        if (!error && quote)
            error = buffer_append(out, "\"", 1);
        at = until;
    }
    return error ? error : buffer_append(out, "\"", 1);
}

/* Most strings stand for what is between their quotes. */
static int csv_append_string(const char *quoted, size_t size, struct buffer *spare,
                             struct buffer *out)
{
    if (!memchr(quoted, '\\', size))
        return csv_append_text(quoted + 1, size - 2, out);
    buffer_clear(spare);
    int error = members_append_string(quoted, size, spare);
    return error ? error : csv_append_text(spare->data, spare->size, out);
}

/* The quotes of a string are those of its cell, and what has to be doubled there had a
 * backslash before it. */
size_t csv_value_max(const char *value, size_t size)
{
    bool compact = *value == '{' || *value == '[';
    return compact ? strlen("\"\"") + 2 * size : size;
}

int csv_append_value(const char *value, size_t size, struct buffer *spare, struct buffer *out)
{
    int error;
    switch (*value) {
    case 'n':
        return 0;
    case '"':
        return csv_append_string(value, size, spare, out);
    case '{':
    case '[':
        buffer_clear(spare);
        error = members_append_compact(value, size, spare);
        return error ? error : csv_append_text(spare->data, spare->size, out);
    default:
        return buffer_append(out, value, size);
    }
}
