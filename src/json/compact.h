#ifndef QPFS_JSON_COMPACT_H
#define QPFS_JSON_COMPACT_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends a value to OUT without blanks and line breaks between its tokens, as `jq -c` prints
 * it. TEXT, SIZE bytes, is one that scanner.c has laid out, with or without a final line break;
 * strings and numbers stay as they are. Errors of buffer_append().
 */
int compact_append(const char *text, size_t size, struct buffer *out);

#endif
