#ifndef QPFS_API_CIRCUIT_H
#define QPFS_API_CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Fails calls at once while the service is down, so that a walk over a thousand directories
 * does not wait for a thousand timeouts. It opens when three calls in a row, each with its
 * retries, got no answer (a connection that failed, a timeout, 502, 503, 504; a 500 is an
 * answer). While it is open, one call is let through after 1 second, then after 2, 4, … 30. Any
 * answer closes it.
 */
struct circuit {
    unsigned failures;   /* calls in a row that got no answer */
    int64_t next_try_ms; /* clock_ms() */
    int64_t pause_ms;    /* 0: closed */
    bool trying;         /* the one call is under way */
    int error;           /* what the last one failed with, -errno */
    char why[256];
};

/* Whether a call may be sent at NOW. If the circuit is open it is the one that tries, and PROBE
 * is set: it must be followed by one of the three below. */
bool circuit_allows(struct circuit *circuit, int64_t now, bool *probe);

/* A call was answered, whatever the answer. */
void circuit_answered(struct circuit *circuit);

/* A call was not answered; PROBE as circuit_allows() set it. */
void circuit_failed(struct circuit *circuit, int64_t now, bool probe, int error,
                    const char *why);

/* The call that tried was taken back. */
void circuit_abandoned(struct circuit *circuit);

/* Whether ERROR, with HTTP STATUS (0: none), means that there was no answer. */
bool circuit_counts(int error, long status);

#endif
