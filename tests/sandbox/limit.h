/* The service's two limits: calls in a sliding minute, and calls in all. */
#ifndef SANDBOX_LIMIT_H
#define SANDBOX_LIMIT_H

#include <stdint.h>

struct limit;

enum limit_verdict {
    LIMIT_PASS,
    LIMIT_RATE,      /* passes by waiting */
    LIMIT_ALLOWANCE, /* never passes */
};

/* 0 stands for no limit. NULL: out of memory. */
struct limit *limit_create(uint64_t rate, uint64_t allowance);
void limit_destroy(struct limit *limit);

/* As if no call had been made yet. */
void limit_reset(struct limit *limit);

/*
 * Judges a call at `now` (milliseconds, never falling). A refused call takes nothing from
 * either limit. With LIMIT_RATE, `retry_after` is set, in whole seconds.
 */
enum limit_verdict limit_admit(struct limit *limit, uint64_t now, uint64_t *retry_after);

#endif
