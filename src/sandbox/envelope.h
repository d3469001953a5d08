/* What the service wraps around records: lists with their pagination, and single records. */
#ifndef SANDBOX_ENVELOPE_H
#define SANDBOX_ENVELOPE_H

#include "sandbox/text.h"

struct envelope {
    const char *path;     /* of the list, without the prefix of the API */
    uint64_t page;        /* from 1 on */
    uint64_t per_page;    /* as reported */
    uint64_t total_items; /* as reported */
    uint64_t total_pages; /* as reported */
    bool bare;            /* no link but a template of "self", as communities have it */
    uint64_t request;     /* a number from which the request's id is made */
};

/* Around the items of a list, which the caller writes in between. */
void envelope_open(struct text *out);
void envelope_close(const struct envelope *envelope, struct text *out);

/* Around a single record. */
void envelope_open_single(struct text *out);
void envelope_close_single(uint64_t request, struct text *out);

#endif
