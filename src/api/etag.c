#include "api/etag.h"

#include <string.h>

#include "base/span.h"

static const char *etag_opaque(const char *text)
{
    return strncmp(text, "W/", 2) == 0 ? text + 2 : text;
}

/* It goes into a request: nothing may be in it that ends a header or a string. */
static bool etag_is_one(const char *text)
{
    const char *opaque = etag_opaque(text);
    size_t length = strlen(opaque);
    if (length < 2 || opaque[0] != '"' || opaque[length - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < length; i++) {
        unsigned char c = (unsigned char)opaque[i];
        if (c <= ' ' || c == '"' || c == 0x7f)
            return false;
    }
    return true;
}

void etag_read(struct etag *etag, const char *line, size_t size)
{
    struct span value;
    if (!span_behind((struct span){line, size}, "ETag:", &value))
        return;
    bool first = !etag->seen;
    etag->seen = true;
    memset(etag->text, 0, sizeof etag->text);
    if (!first || value.size >= sizeof etag->text)
        return;
    memcpy(etag->text, value.text, value.size);
    if (strlen(etag->text) != value.size || !etag_is_one(etag->text))
        etag->text[0] = '\0';
}

bool etag_same(const char *a, const char *b)
{
    return strcmp(etag_opaque(a), etag_opaque(b)) == 0;
}
