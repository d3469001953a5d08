#ifndef QPFS_JSON_DECODER_H
#define QPFS_JSON_DECODER_H

#include <stddef.h>

#include "json/envelope.h"

/* Decodes an answer in steps: one of a thousand records takes milliseconds. */
struct decoder;

/* BODY, SHAPE and ID_NAME as for envelope_decode(), borrowed until the end, as is ENVELOPE,
 * which is overwritten. NULL when memory is out. */
struct decoder *decoder_create(struct envelope *envelope, const char *body, size_t size,
                               enum envelope_shape shape, const char *id_name);

/* Up to DECODER_STEP records. 1 while there is more to do; then what envelope_decode() returns.
 */
int decoder_step(struct decoder *decoder);

#define DECODER_STEP 64

/* Takes NULL. Ended before its last step, it leaves in the envelope what it has decoded. */
void decoder_destroy(struct decoder *decoder);

#endif
