/* Replaces what answers say by something of the same form, for a report. */
#ifndef QPFS_JSON_DISGUISE_H
#define QPFS_JSON_DISGUISE_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * A number becomes one of as many digits, a text one of as many bytes. Letters become letters
 * of the same case, digits become digits, and other signs stay. The same value becomes the same
 * each time, so IDs still lead to each other; no two whole numbers become the same. What a
 * value becomes is drawn at random, and what it was is known to the disguise alone.
 *
 * What stays as it is: names of members, true, false, null and 0; numbers of the pagination,
 * which may stand beside "response", and those of pages in its links; httpStatusCode and id of
 * an error.
 */
struct disguise;

/* Return NULL when memory is out, or no random numbers are there. */
struct disguise *disguise_create(void);

/* Wipe what was replaced. Take NULL. */
void disguise_destroy(struct disguise *disguise);

/* Append what BODY, which may be anything, becomes. It has as many bytes. Return 0, -ENOMEM, or
 * -EFBIG. */
int disguise_body(struct disguise *disguise, const char *body, size_t size, struct buffer *out);

/* Append what a value becomes by itself: a text, or a whole number. Errors as above. */
int disguise_value(struct disguise *disguise, const char *was, size_t size, struct buffer *out);

#endif
