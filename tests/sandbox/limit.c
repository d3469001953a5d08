/* The service's two limits: calls in a sliding minute, and calls in all. */
#include "limit.h"

#include <stdlib.h>

#define WINDOW_MS 60000u

struct limit {
    uint64_t rate;
    uint64_t allowance;
    uint64_t admitted;
    uint64_t *times; /* a ring: when the last `rate` calls were admitted */
};

struct limit *limit_create(uint64_t rate, uint64_t allowance)
{
    struct limit *limit = calloc(1, sizeof *limit);
    if (!limit)
        return NULL;
    limit->rate = rate;
    limit->allowance = allowance;
    if (rate > 0) {
        limit->times = calloc((size_t)rate, sizeof *limit->times);
        if (!limit->times) {
            free(limit);
            return NULL;
        }
    }
    return limit;
}

void limit_destroy(struct limit *limit)
{
    if (!limit)
        return;
    free(limit->times);
    free(limit);
}

void limit_reset(struct limit *limit)
{
    limit->admitted = 0;
}

enum limit_verdict limit_admit(struct limit *limit, uint64_t now, uint64_t *retry_after)
{
    if (limit->allowance > 0 && limit->admitted >= limit->allowance)
        return LIMIT_ALLOWANCE;
    if (limit->rate > 0) {
        uint64_t *oldest = &limit->times[limit->admitted % limit->rate];
        if (limit->admitted >= limit->rate && now - *oldest < WINDOW_MS) {
            *retry_after = (WINDOW_MS - (now - *oldest) + 999) / 1000;
            return LIMIT_RATE;
        }
        *oldest = now;
    }
    limit->admitted++;
    return LIMIT_PASS;
}
