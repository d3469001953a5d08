/* Makes one call: its time, its tries, and what is learnt from it. */
#ifndef QPFS_API_CALL_H
#define QPFS_API_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/meter.h"
#include "api/queue.h"
#include "api/transfer.h"

struct call;

/* Called once, from the loop, never from where the call was made. ANSWER and its body are
 * borrowed. */
typedef void call_done_fn(void *data, const struct answer *answer);

/* Called for each answer, of each try, before anything is made of it: PATH was asked for. All
 * is borrowed. */
typedef void call_heard_fn(void *data, const char *path, const struct answer *answer);

/* What all calls of a client share. Its owner fills it in. */
struct calls {
    struct queue queue;
    struct transfers *transfers;
    struct meter meter;
    int64_t timeout_ms;
    bool (*refused)(void *data); /* as in struct client_options */
    void *data;
    unsigned key_number; /* each key has another one */
    bool clock_known;    /* an answer came with a date */
    int64_t clock_ahead_s;
    call_heard_fn *heard; /* NULL: nobody listens */
    void *heard_data;
};

/* Make a call of PATH, which is counted as one of ENDPOINT. ANEW: no cache in between may
 * answer with what it has. Return NULL when memory is out; else DONE is called within the
 * timeout after the call was sent, unless the call is cancelled before. */
struct call *call_create(struct calls *calls, enum endpoint_name endpoint, const char *path,
                         bool anew, call_done_fn *done, void *data);

/* Take a call back: DONE is not called. Take NULL. */
void call_cancel(struct call *call);

/*
 * Return the milliseconds to wait before try number TRY + 1, when TRY (from 1) has failed: 500
 * doubled each time, at most 16,000. A random half is taken off, so that calls which failed
 * together do not come back together. RANDOM is any 32 random bits. The vendor recommends
 * exponential backoff.
 */
int64_t call_backoff_ms(unsigned try, uint32_t random);

#endif
