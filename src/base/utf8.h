/* Reads and writes characters of UTF-8. */
#ifndef QPFS_BASE_UTF8_H
#define QPFS_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Return how many bytes the character at the start of TEXT takes: 1 to 4; or 0 if what stands
 * there is cut off or not UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past
 * U+10FFFF). */
size_t utf8_size(const char *text, size_t size);

/* As utf8_size(), but return 0 for what a terminal obeys in place of showing it: control
 * characters (U+0000 to U+001F, U+007F to U+009F) and those that turn the direction of the text
 * around (U+202A to U+202E, U+2066 to U+2069). */
size_t utf8_printable(const char *text, size_t size);

/* Replace each byte of TEXT, which ends with a NUL, by "?" where it is not part of a printable
 * character. */
void utf8_make_printable(char *text);

/* Write CODEPOINT, which must be a valid one, to OUT, which has room for 4 bytes. Return its
 * size.
 */
size_t utf8_encode(uint32_t codepoint, char *out);

#endif
