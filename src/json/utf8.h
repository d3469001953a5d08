#ifndef QPFS_JSON_UTF8_H
#define QPFS_JSON_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that the UTF-8 character at the start of TEXT takes: 1 to 4, or 0 if what stands there
 * is not UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF) or is cut
 * off.
 */
size_t utf8_size(const char *text, size_t size);

/* Writes CODEPOINT, which must be a valid one, to OUT, which has room for 4; returns the size.
 */
size_t utf8_encode(uint32_t codepoint, char *out);

#endif
