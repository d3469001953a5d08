#include "sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct sandbox *sandbox_create(const struct options *options)
{
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);

    if (!sandbox)
        return NULL;
    pthread_mutex_init(&sandbox->lock, NULL);
    sandbox->options = options;
    sandbox->latency_ms = options->latency_ms;
    sandbox->halt = halt_create();
    sandbox->key = strdup(options->key);
    sandbox->account = account_create(&options->plan);
    sandbox->calls = calls_create();
    sandbox->limit = limit_create(options->rate, options->allowance);
    sandbox->faults = faults_create();
    sandbox->noise = noise_create();
    /* Ids that are only unique within one run are as good, should this fail. */
    if (getrandom(&sandbox->requests, sizeof sandbox->requests, GRND_NONBLOCK) < 0)
        sandbox->requests = halt_clock();
    if (sandbox->halt && sandbox->key && sandbox->account && sandbox->calls && sandbox->limit &&
        sandbox->faults && sandbox->noise)
        return sandbox;
    sandbox_destroy(sandbox);
    return NULL;
}

void sandbox_destroy(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    noise_destroy(sandbox->noise);
    faults_destroy(sandbox->faults);
    limit_destroy(sandbox->limit);
    calls_destroy(sandbox->calls);
    account_destroy(sandbox->account);
    free(sandbox->key);
    halt_destroy(sandbox->halt);
    pthread_mutex_destroy(&sandbox->lock);
    free(sandbox);
}
