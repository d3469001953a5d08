#ifndef QPFS_JSON_CSV_H
#define QPFS_JSON_CSV_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Cells of CSV as RFC 4180 has it. A cell is put between quotes where it has to be, where a
 * reader might strip or misread it (blanks at its ends, control characters), and where it is
 * a string that is empty, so that databases can tell it from a null. Nothing is added to text
 * that a spreadsheet would take for a formula: it would not be the same text any more.
 */
#define CSV_LINE_END "\r\n"

/* Appends TEXT, SIZE bytes of a string, as a cell. Errors of buffer_append(). */
int csv_append_text(const char *text, size_t size, struct buffer *out);

/*
 * Appends a value, SIZE bytes as scanner.c has laid it out, as a cell: strings as the text that
 * they stand for (see members.h), null as nothing at all, numbers with the digits that they
 * have, objects and arrays as compact JSON. SPARE is overwritten. Errors of buffer_append().
 */
int csv_append_value(const char *value, size_t size, struct buffer *spare, struct buffer *out);

#endif
