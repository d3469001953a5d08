/* Decodes the answer of one call into records. */
#ifndef QPFS_JSON_DECODER_H
#define QPFS_JSON_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/envelope.h"
#include "json/record.h"

enum envelope_shape { ENVELOPE_LIST, ENVELOPE_SINGLE };

/* An answer that is being decoded, in steps: one of a thousand records takes milliseconds. */
struct decoder;

/*
 * What was there the last time. Most records come again unchanged, and in the same order. One
 * that is just what was expected is used once more. It is not laid out, and not allocated.
 */
struct decoder_past {
    /* Return the record whose ID is the next one above ID, or below it: BELOW. It is borrowed
     * until the next call, and was made by a decoder with the same ID_NAME. NULL: none. HINT is
     * the decoder's, 0 at first, for where the last one was found. */
    struct record *(*beside)(void *data, uint64_t id, bool below, size_t *hint);
    void *data;
};

/*
 * Begin to decode SIZE bytes of BODY into ENVELOPE, which is overwritten; both are borrowed to
 * the end. ID_NAME is the member that holds a record's ID ("userID"), borrowed as well. PAST is
 * copied; NULL, or without `beside`: nothing is expected. Return NULL when memory is out.
 */
struct decoder *decoder_create(struct envelope *envelope, const char *body, size_t size,
                               enum envelope_shape shape, const char *id_name,
                               const struct decoder_past *past);

/* The most records that one step decodes. */
#define DECODER_STEP 64

/*
 * Return 1 while there is more to do. In the end return 0; -EBADMSG with `why`; or -ENOMEM. A
 * list without "response", a record without a proper ID, or anything that is not JSON fails as
 * a whole: a page of which a part could be read is no page. After an error the envelope is
 * empty.
 */
int decoder_step(struct decoder *decoder);

/* Take NULL. Before the last step, leave in the envelope what has been decoded. */
void decoder_destroy(struct decoder *decoder);

#endif
