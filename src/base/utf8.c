/* Reads and writes characters of UTF-8. */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* What the second byte may be depends on the first: that is where overlong forms, surrogates
 * and too great codepoints are told apart. */
static bool utf8_second_is_valid(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0 && second <= 0xbf;
    case 0xed:
        return second >= 0x80 && second <= 0x9f;
    case 0xf0:
        return second >= 0x90 && second <= 0xbf;
    case 0xf4:
        return second >= 0x80 && second <= 0x8f;
    default:
        return second >= 0x80 && second <= 0xbf;
    }
}

size_t utf8_size(const char *text, size_t size)
{
    if (size == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length;
    if (bytes[0] < 0x80)
        return 1;
    else if (bytes[0] >= 0xc2 && bytes[0] <= 0xdf)
        length = 2;
    else if (bytes[0] >= 0xe0 && bytes[0] <= 0xef)
        length = 3;
    else if (bytes[0] >= 0xf0 && bytes[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (size < length || !utf8_second_is_valid(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

size_t utf8_printable(const char *text, size_t size)
{
    size_t length = utf8_size(text, size);
    const unsigned char *bytes = (const unsigned char *)text;
    if (length == 1)
        return bytes[0] < ' ' || bytes[0] == 0x7f ? 0 : 1;
    if (length == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0)
        return 0;
    if (length == 3 && bytes[0] == 0xe2 &&
        ((bytes[1] == 0x80 && bytes[2] >= 0xaa && bytes[2] <= 0xae) ||
         (bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9)))
        return 0;
    return length;
}

void utf8_make_printable(char *text)
{
    size_t size = strlen(text), length;
    for (size_t at = 0; at < size; at += length) {
        length = utf8_printable(text + at, size - at);
        if (length == 0) {
            text[at] = '?';
            length = 1;
        }
    }
}

size_t utf8_encode(uint32_t codepoint, char *out)
{
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if (codepoint < 0x800) {
        out[0] = (char)(0xc0 | codepoint >> 6);
        out[1] = (char)(0x80 | (codepoint & 0x3f));
        return 2;
    }
    if (codepoint < 0x10000) {
        out[0] = (char)(0xe0 | codepoint >> 12);
        out[1] = (char)(0x80 | (codepoint >> 6 & 0x3f));
        out[2] = (char)(0x80 | (codepoint & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | codepoint >> 18);
    out[1] = (char)(0x80 | (codepoint >> 12 & 0x3f));
    out[2] = (char)(0x80 | (codepoint >> 6 & 0x3f));
    out[3] = (char)(0x80 | (codepoint & 0x3f));
    return 4;
}
