/* Waiting that shutdown ends at once. */
#ifndef SANDBOX_HALT_H
#define SANDBOX_HALT_H

#include <stdbool.h>
#include <stdint.h>

struct halt;

/* NULL: out of memory. */
struct halt *halt_create(void);

/* Nobody may be waiting any more. */
void halt_destroy(struct halt *halt);

/* Ends all waits, now and later. */
void halt_raise(struct halt *halt);

/* Waits that many milliseconds; false if the halt was raised, at once or meanwhile. */
bool halt_wait(struct halt *halt, uint64_t ms);

/* Milliseconds of a clock that only goes forward. */
uint64_t halt_clock(void);

#endif
