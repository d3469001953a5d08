/* Looks at a part of a text that belongs to someone else. */
#include "base/span.h"

#include <string.h>
#include <strings.h>

static bool span_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span span)
{
    while (span.size > 0 && span_is_blank(span.text[span.size - 1]))
        span.size--;
    while (span.size > 0 && span_is_blank(span.text[0])) {
        span.text++;
        span.size--;
    }
    return span;
}

bool span_behind(struct span span, const char *prefix, struct span *rest)
{
    size_t length = strlen(prefix);
    if (span.size < length || strncasecmp(span.text, prefix, length) != 0)
        return false;
    *rest = span_trim((struct span){span.text + length, span.size - length});
    return true;
}
