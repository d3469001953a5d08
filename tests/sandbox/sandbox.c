/* All that the requests of a sandbox share. */
#include "sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct sandbox *sandbox_create(const struct flags *flags)
{
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (!sandbox)
        return NULL;
    pthread_mutex_init(&sandbox->lock, NULL);
    sandbox->flags = flags;
    sandbox->latency_ms = flags->latency_ms;
    sandbox->halt = halt_create();
    sandbox->key = strdup(flags->key);
    sandbox->roster = roster_create(&flags->plan);
    sandbox->tally = tally_create();
    sandbox->limit = limit_create(flags->rate, flags->allowance);
    sandbox->traps = traps_create();
    sandbox->noise = noise_create();
    /* Ids that are only unique within one run are as good, should this fail. */
    if (getrandom(&sandbox->requests, sizeof sandbox->requests, GRND_NONBLOCK) < 0)
        sandbox->requests = halt_clock();
    if (sandbox->halt && sandbox->key && sandbox->roster && sandbox->tally && sandbox->limit &&
        sandbox->traps && sandbox->noise)
        return sandbox;
    sandbox_destroy(sandbox);
    return NULL;
}

void sandbox_destroy(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    noise_destroy(sandbox->noise);
    traps_destroy(sandbox->traps);
    limit_destroy(sandbox->limit);
    tally_destroy(sandbox->tally);
    roster_destroy(sandbox->roster);
    free(sandbox->key);
    halt_destroy(sandbox->halt);
    pthread_mutex_destroy(&sandbox->lock);
    free(sandbox);
}
