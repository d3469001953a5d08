#ifndef QPFS_JSON_MASK_H
#define QPFS_JSON_MASK_H

#include <stddef.h>

/*
 * A copy of JSON text, of the same length to the byte, in which cJSON 1.7.15 reads everything:
 * \u0000 (it ends the string there) and surrogates without their other half (it refuses the
 * whole text) become \ufffd, and numbers of more than 40 characters (it splits them at 63)
 * become 0 and spaces. What is found in the copy stands at the same place in the original,
 * which is what is shown; the copy is only for finding it. Text that is not JSON stays text
 * that is not JSON.
 *
 * The caller frees it with wipe_free(). NULL when memory is out.
 */
char *mask_copy(const char *text, size_t size);

/*
 * How many bytes the JSON value takes that begins at TEXT, by its quotes and brackets alone. At
 * least what cJSON would read of it; where it is no value, some number up to SIZE.
 */
size_t mask_value_size(const char *text, size_t size);

#endif
