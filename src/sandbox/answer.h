/* An HTTP answer before it is sent, and the bodies of errors. */
#ifndef SANDBOX_ANSWER_H
#define SANDBOX_ANSWER_H

#include "sandbox/text.h"

struct answer {
    unsigned status;
    const char *content_type; /* static */
    bool allow_get;           /* send "Allow: GET" */
    uint64_t retry_after;     /* seconds, 0: no such header */
    struct text body;
};

/* An empty 200 of JSON. */
void answer_init(struct answer *answer);
void answer_finish(struct answer *answer);

/*
 * The documented error of a status, in the documentation's own form, which is not valid JSON;
 * or, for the proxies' statuses 502 to 504, a page of HTML. Replaces the body.
 */
void answer_error(struct answer *answer, unsigned status);

/* The 429 that waiting does not help. */
void answer_exhausted(struct answer *answer);

/* {"error": "…"}, for the control endpoint. */
void answer_refusal(struct answer *answer, unsigned status, const char *reason);

#endif
