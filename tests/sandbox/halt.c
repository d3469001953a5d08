/* Waiting that shutdown ends at once. */
#include "halt.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct halt {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool raised;
};

struct halt *halt_create(void)
{
    struct halt *halt = calloc(1, sizeof *halt);
    pthread_condattr_t monotonic;
    if (!halt)
        return NULL;
    pthread_mutex_init(&halt->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&halt->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return halt;
}

void halt_destroy(struct halt *halt)
{
    if (!halt)
        return;
    pthread_cond_destroy(&halt->changed);
    pthread_mutex_destroy(&halt->lock);
    free(halt);
}

void halt_raise(struct halt *halt)
{
    pthread_mutex_lock(&halt->lock);
    halt->raised = true;
    pthread_cond_broadcast(&halt->changed);
    pthread_mutex_unlock(&halt->lock);
}

static struct timespec deadline_after(uint64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t nanoseconds = (uint64_t)at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + nanoseconds / 1000000000);
    at.tv_nsec = (long)(nanoseconds % 1000000000);
    return at;
}

bool halt_wait(struct halt *halt, uint64_t ms)
{
    struct timespec deadline = deadline_after(ms);
    int error = ms > 0 ? 0 : 1;
    pthread_mutex_lock(&halt->lock);
    while (!halt->raised && error == 0)
        error = pthread_cond_timedwait(&halt->changed, &halt->lock, &deadline);
    bool raised = halt->raised;
    pthread_mutex_unlock(&halt->lock);
    return !raised;
}

uint64_t halt_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
