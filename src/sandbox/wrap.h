/* What the service wraps around records: lists with their pagination, and single records. */
#ifndef SANDBOX_WRAP_H
#define SANDBOX_WRAP_H

#include "sandbox/draft.h"

struct wrap {
    const char *path;     /* of the list, without the prefix of the API */
    uint64_t page;        /* from 1 on */
    uint64_t per_page;    /* as reported */
    uint64_t total_items; /* as reported */
    uint64_t total_pages; /* as reported */
    bool bare;            /* no link but a template of "self", as communities have it */
    uint64_t request;     /* a number from which the request's id is made */
};

/* Around the items of a list, which the caller writes in between. */
void wrap_open(struct draft *out);
void wrap_close(const struct wrap *wrap, struct draft *out);

/* Around a single record. */
void wrap_open_single(struct draft *out);
void wrap_close_single(uint64_t request, struct draft *out);

#endif
