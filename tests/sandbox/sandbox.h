/* All that the requests of a sandbox share. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <pthread.h>

#include "flags.h"
#include "halt.h"
#include "limit.h"
#include "noise.h"
#include "roster.h"
#include "tally.h"
#include "trap.h"

struct sandbox {
    const struct flags *flags;
    struct halt *halt;
    pthread_mutex_t lock; /* for everything below; never held while waiting or sending */
    char *key; /* the one to expect now; what stands in the options is for control alone */
    struct roster *roster;
    struct tally *tally;
    struct limit *limit;
    struct traps *traps;
    struct noise *noise;
    uint64_t latency_ms;
    uint64_t requests; /* a number for the id of the next request */
};

/* Borrows the options. NULL: out of memory. */
struct sandbox *sandbox_create(const struct flags *flags);
void sandbox_destroy(struct sandbox *sandbox);

#endif
