/* All that the requests of a sandbox share. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <pthread.h>

#include "sandbox/account.h"
#include "sandbox/calls.h"
#include "sandbox/fault.h"
#include "sandbox/halt.h"
#include "sandbox/limit.h"
#include "sandbox/noise.h"
#include "sandbox/options.h"

struct sandbox {
    const struct options *options;
    struct halt *halt;
    pthread_mutex_t lock; /* for everything below; never held while waiting or sending */
    char *key; /* the one to expect now; what stands in the options is for control alone */
    struct account *account;
    struct calls *calls;
    struct limit *limit;
    struct faults *faults;
    struct noise *noise;
    uint64_t latency_ms;
    uint64_t requests; /* a number for the id of the next request */
};

/* Borrows the options. NULL: out of memory. */
struct sandbox *sandbox_create(const struct options *options);
void sandbox_destroy(struct sandbox *sandbox);

#endif
