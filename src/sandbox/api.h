/* The API's endpoints: from a path and its query to the body of an answer. */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

#include "sandbox/account.h"
#include "sandbox/answer.h"
#include "sandbox/fault.h"

struct api_call {
    const struct account *account;
    const char *path; /* without the prefix of the API */
    const char *page; /* the parameters as sent, or NULL */
    const char *per_page;
    uint64_t page_max;                 /* items */
    bool page_max_silent;              /* report the page size that was asked for */
    const struct fault_effect *effect; /* NULL: none */
    uint64_t request;                  /* a number for the id of the request */
};

/* Fills in an initialized answer. */
void api_answer(const struct api_call *call, struct answer *answer);

#endif
