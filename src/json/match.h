/* Tells whether JSON as it came is a record that is known. */
#ifndef QPFS_JSON_MATCH_H
#define QPFS_JSON_MATCH_H

#include <stddef.h>

/*
 * Compare what begins at AT, and ends at END at the latest, with LAID_OUT, SIZE bytes: the text
 * of a record, as scanner.c has laid it out. Return where it ends if it is the same, so that
 * scanner_value() would write just those bytes and stop there. Else return NULL.
 *
 * All bytes are compared, and no white space but that of the layout is left out. A value that
 * is spelt in another way is not the same, nor is one with blanks at an unusual place.
 */
const char *match_laid_out(const char *at, const char *end, const char *laid_out, size_t size);

#endif
