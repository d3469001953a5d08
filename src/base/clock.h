/* Tells the time of clocks that never go back. */
#ifndef QPFS_BASE_CLOCK_H
#define QPFS_BASE_CLOCK_H

#include <stdint.h>

/* Return milliseconds of a clock that goes on while the machine sleeps. A listing that was
 * fetched before a laptop was closed must not be fresh when it is opened again. */
int64_t clock_ms(void);

/* Return for how many milliseconds the machine has slept since it was started. Never too many;
 * too few where this process had to wait between its looks at two clocks. */
int64_t clock_asleep_ms(void);

/* Return by how many milliseconds the clock on the wall is ahead of clock_ms(). That changes
 * only when the clock on the wall is set. */
int64_t clock_wall_ahead_ms(void);

/* Return microseconds of a clock that stands still while the machine sleeps: for how long
 * something takes. Not comparable with clock_ms(). */
int64_t clock_us(void);

#endif
