#ifndef QPFS_JSON_LAYOUT_H
#define QPFS_JSON_LAYOUT_H

#include <stddef.h>

#include "base/buffer.h"

/* Deeper than any record is likely to be, and shallow enough that its indentation can't blow a
 * small answer up to a large file. */
#define LAYOUT_DEPTH_MAX 32

/*
 * Appends the JSON value that TEXT is to OUT, laid out as "jq ." does: two spaces a level,
 * "key": value, and no newline at the end. Nothing of the value is changed: numbers keep their
 * digits and members their order, also those that stand twice. Strings are written as UTF-8
 * with only what JSON must escape escaped; \u0000 and surrogates without their other half,
 * which UTF-8 can't say, stay the escapes that they were.
 *
 * 0, -EBADMSG with a static sentence in WHY if TEXT is not one JSON value by RFC 8259, in
 * UTF-8, to the last byte; -EFBIG or -ENOMEM from OUT, with WHY set as well. On an error OUT
 * may hold a part.
 */
int layout_append(const char *text, size_t size, struct buffer *out, const char **why);

#endif
