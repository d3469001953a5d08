#ifndef QPFS_BASE_CLOCK_H
#define QPFS_BASE_CLOCK_H

#include <stdint.h>

/*
 * Milliseconds of a clock that never goes back and goes on while the machine sleeps: a listing
 * that was fetched before a laptop was closed must not be fresh when it is opened again.
 */
int64_t clock_ms(void);

/* For how many milliseconds the machine has slept since it was started. Never too many; too few
 * where this process had to wait between its looks at two clocks. */
int64_t clock_asleep_ms(void);

/* Microseconds, for how long something takes while the machine is awake. Not comparable with
 * the above. */
int64_t clock_us(void);

#endif
