/* Makes one call: its time, its tries, and what is learnt from it. */
#ifndef QPFS_API_CALL_H
#define QPFS_API_CALL_H

#include "api/client.h"
#include "api/endpoint.h"

/* A call is tried until it is answered, fails for good, or its time is over. */
struct call;

/* Called once, from the loop, never from where the call was made. ANSWER and its body are
 * borrowed. */
typedef void call_done_fn(void *data, const struct answer *answer);

/* Ask for base_url/PATH, a call of ENDPOINT. ANEW: no cache in between may answer with what it
 * has. Return NULL when memory is out; else DONE is called within the timeout after the call
 * was sent, unless it is cancelled before. */
struct call *call_create(struct client *client, enum endpoint_name endpoint, const char *path,
                         bool anew, call_done_fn *done, void *data);

/* Take a call back: DONE is not called. Take NULL. */
void call_cancel(struct call *call);

/*
 * Return the milliseconds to wait before try number TRY + 1, when TRY (from 1) has failed: 500
 * doubled each time, at most 8,000. A random half is taken off, so that calls which failed
 * together do not come back together. RANDOM is any 32 random bits. The vendor recommends
 * exponential backoff.
 */
int64_t call_backoff_ms(unsigned try, uint32_t random);

#endif
