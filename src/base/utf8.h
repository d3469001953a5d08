#ifndef QPFS_BASE_UTF8_H
#define QPFS_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that the UTF-8 character at the start of TEXT takes: 1 to 4, or 0 if what stands there
 * is not UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF) or is cut
 * off.
 */
size_t utf8_size(const char *text, size_t size);

/*
 * As utf8_size(), but 0 for what a terminal obeys in place of showing it: control characters
 * (U+0000 to U+001F, U+007F to U+009F) and those that turn the direction of the text around
 * (U+202A to U+202E, U+2066 to U+2069).
 */
size_t utf8_printable(const char *text, size_t size);

/* Replace in TEXT, which ends with a NUL, each byte that is not part of a printable character
 * by "?". */
void utf8_make_printable(char *text);

/* Writes CODEPOINT, which must be a valid one, to OUT, which has room for 4; returns the size.
 */
size_t utf8_encode(uint32_t codepoint, char *out);

#endif
