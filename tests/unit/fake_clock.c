/* Stands in for the clock: time passes when the test says so. */
#include "fake_clock.h"

int64_t fake_now = 1000000;

int64_t __wrap_clock_ms(void)
{
    return fake_now;
}
