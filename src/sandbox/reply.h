/* An HTTP answer before it is sent, and the bodies of errors. */
#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include <microhttpd.h>

#include "sandbox/draft.h"

struct reply {
    unsigned status;
    const char *content_type; /* static */
    bool allow_get;           /* send "Allow: GET" */
    uint64_t retry_after;     /* seconds, 0: no such header */
    struct draft body;
};

/* An empty 200 of JSON. */
void reply_init(struct reply *reply);
void reply_finish(struct reply *reply);

/*
 * The documented error of a status, in the documentation's own form, which is not valid JSON;
 * or, for the proxies' statuses 502 to 504, a page of HTML. Replaces the body.
 */
void reply_error(struct reply *reply, unsigned status);

/* The 429 that waiting does not help. */
void reply_exhausted(struct reply *reply);

/* Add to RESPONSE the headers that REPLY needs beside its type. */
void reply_add_headers(const struct reply *reply, struct MHD_Response *response);

#endif
