/* Stands in for the clock: time passes when the test says so. */
#ifndef QPFS_TESTS_FAKE_CLOCK_H
#define QPFS_TESTS_FAKE_CLOCK_H

#include <stdint.h>

/* What clock_ms() says in tests that are linked with --wrap=clock_ms: time passes when the test
 * says so. */
extern int64_t fake_now;

int64_t __wrap_clock_ms(void);

#endif
