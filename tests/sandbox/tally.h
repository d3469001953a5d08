/* What was called how often: the counters that tests read. */
#ifndef SANDBOX_TALLY_H
#define SANDBOX_TALLY_H

#include "sandbox/draft.h"

struct tally;

/* NULL: out of memory. */
struct tally *tally_create(void);
void tally_destroy(struct tally *tally);

/* All counters back to zero, but for the calls that are in flight. */
void tally_reset(struct tally *tally);

/* A call begins. */
void tally_enter(struct tally *tally);
void tally_leave(struct tally *tally);

/* Counts a call. `target` is its path, of `path_length` bytes, and its query. */
void tally_count(struct tally *tally, const char *target, size_t path_length);

/* The first call on a connection. */
void tally_connection(struct tally *tally);

/* A JSON object of everything. */
void tally_write(const struct tally *tally, struct draft *out);

#endif
