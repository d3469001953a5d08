#ifndef QPFS_API_BACKOFF_H
#define QPFS_API_BACKOFF_H

#include <stdint.h>

/*
 * Milliseconds to wait before try number TRY + 1, when TRY (from 1) has failed: 500 doubled
 * each time, at most 16,000, of which a random half is taken off (RANDOM: any 32 random bits),
 * so that calls which failed together do not come back together. The vendor recommends
 * exponential backoff.
 */
int64_t backoff_ms(unsigned try, uint32_t random);

#endif
