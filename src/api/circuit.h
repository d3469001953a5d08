/* Fails calls at once that would fail anyway. */
#ifndef QPFS_API_CIRCUIT_H
#define QPFS_API_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

#include "api/answer.h"

/* What is wrong with all calls alike. */
enum circuit_trouble {
    CIRCUIT_FINE,
    CIRCUIT_NO_ANSWER, /* no connection, a timeout, 502 to 504 (a 500 is an answer) */
    CIRCUIT_REFUSED,   /* the key is: 401 */
    CIRCUIT_USED_UP,   /* the allowance of calls is: 429 with 1013 */
};

/*
 * A circuit breaker. A walk over a thousand directories does not wait for a thousand timeouts,
 * nor send a thousand calls with a key that was withdrawn. The circuit opens when three calls
 * in a row, each with its retries, had the same trouble: one alone may be about what was asked
 * for. While it is open, one call is let through after 1 second, then after 2, 4, … until the
 * longest pause. It closes at the first answer that shows that the trouble is over.
 */
struct circuit {
    enum circuit_trouble trouble; /* of the last calls in a row */
    unsigned failures;            /* how many those are */
    int64_t next_try_ms;          /* clock_ms() */
    int64_t pause_ms;             /* 0: closed */
    bool trying;                  /* the one call is under way */
    struct answer answer;         /* of the last call with the trouble, without its body */
    unsigned blocked;             /* calls that were not sent, since it opened */
    unsigned blocked_told;        /* of them, those that a line in the log has told of */
    int64_t next_line_ms;         /* when the log may tell of more */
};

/* Return what a call gets at NOW instead of being sent, borrowed; NULL if it may be sent. */
const struct answer *circuit_blocks(const struct circuit *circuit, int64_t now);

/* A call was not sent because of the circuit. Log once a minute how many there were. */
void circuit_blocked(struct circuit *circuit, int64_t now);

/* A call is sent that is not blocked. Return whether it is the one that tries: it must be
 * followed by one of the two below. */
bool circuit_begin(struct circuit *circuit);

/* A call came to its end with ANSWER; PROBE as circuit_begin() returned it. */
void circuit_ended(struct circuit *circuit, int64_t now, bool probe,
                   const struct answer *answer);

/* The call that tried was taken back. */
void circuit_abandoned(struct circuit *circuit);

/* Return what stands until an answer proves that it is over, whatever else fails meanwhile:
 * that the key is refused, or that no calls are left. Borrowed; NULL if neither is so. */
const struct answer *circuit_verdict(const struct circuit *circuit);

/* Close it: the caller knows better. */
void circuit_reset(struct circuit *circuit);

/* Return the trouble that ANSWER is a sign of. */
enum circuit_trouble circuit_trouble_of(const struct answer *answer);

#endif
