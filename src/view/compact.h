/* Writes a value without blanks and line breaks. */
#ifndef QPFS_VIEW_COMPACT_H
#define QPFS_VIEW_COMPACT_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Append a value to OUT without blanks and line breaks between its tokens, as `jq -c` prints
 * it. scanner.c has laid out TEXT, SIZE bytes, with or without a final line break. Strings and
 * numbers stay as they are. Return 0; -EFBIG or -ENOMEM from OUT.
 */
int compact_append(const char *text, size_t size, struct buffer *out);

#endif
