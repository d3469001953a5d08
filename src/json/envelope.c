#include "json/envelope.h"

#include <errno.h>

#include "json/decoder.h"
#include "json/reaper.h"

int envelope_decode(struct envelope *envelope, const char *body, size_t size,
                    enum envelope_shape shape, const char *id_name)
{
    struct decoder *decoder = decoder_create(envelope, body, size, shape, id_name);
    if (!decoder)
        return -ENOMEM;
    int left;
    do
        left = decoder_step(decoder);
    while (left > 0);
    decoder_destroy(decoder);
    return left;
}

void envelope_finish(struct envelope *envelope)
{
    reaper_take(envelope->records, envelope->count);
    envelope->records = NULL;
    envelope->count = 0;
}
