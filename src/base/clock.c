/* Tells the time of clocks that never go back. */
#include "base/clock.h"

#include <time.h>

static int64_t clock_read_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_ms(void)
{
    return clock_read_ms(CLOCK_BOOTTIME);
}

int64_t clock_asleep_ms(void)
{
    int64_t with_sleep = clock_ms();
    return with_sleep - clock_us() / 1000;
}

int64_t clock_wall_ahead_ms(void)
{
    int64_t wall = clock_read_ms(CLOCK_REALTIME);
    return wall - clock_ms();
}

int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
