/* What was called how often: the counters that tests read. */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include "sandbox/text.h"

struct calls;

/* NULL: out of memory. */
struct calls *calls_create(void);
void calls_destroy(struct calls *calls);

/* All counters back to zero, but for the calls that are in flight. */
void calls_reset(struct calls *calls);

/* A call begins. */
void calls_enter(struct calls *calls);
void calls_leave(struct calls *calls);

/* Counts a call. `target` is its path, of `path_length` bytes, and its query. */
void calls_count(struct calls *calls, const char *target, size_t path_length);

/* The first call on a connection. */
void calls_connection(struct calls *calls);

/* A JSON object of everything. */
void calls_write(const struct calls *calls, struct text *out);

#endif
