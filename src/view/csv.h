/* Writes cells of CSV. */
#ifndef QPFS_VIEW_CSV_H
#define QPFS_VIEW_CSV_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * The format is that of RFC 4180. A cell has quotes where it must have them; where a reader
 * might strip or misread it (blanks at its ends, control characters); and where it is an empty
 * string, so that databases can tell it from a null. A text that a spreadsheet would take for a
 * formula stays as it is: with a sign before it, it would be another text.
 */
#define CSV_LINE_END "\r\n"

/* Append TEXT, SIZE bytes of a string, as a cell. Return 0; -EFBIG or -ENOMEM from OUT. */
int csv_append_text(const char *text, size_t size, struct buffer *out);

/*
 * Append VALUE, SIZE bytes as scanner.c has laid it out, as a cell. A string is the text that
 * it stands for (see members.h), null is nothing at all, a number keeps its digits, an object
 * or an array is compact JSON. SPARE is overwritten. Return 0; -EFBIG or -ENOMEM from SPARE or
 * OUT.
 */
int csv_append_value(const char *value, size_t size, struct buffer *spare, struct buffer *out);

/* Return how large the cell of VALUE is at most. To write it, in order to know its size, would
 * be half of what a file costs. */
size_t csv_value_max(const char *value, size_t size);

#endif
