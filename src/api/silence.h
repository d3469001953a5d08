/* Finds connections that died without a word. */
#ifndef QPFS_API_SILENCE_H
#define QPFS_API_SILENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/loop.h"

/*
 * A NAT may have forgotten a connection, the machine may be in another network, or something on
 * the way still acknowledges and passes nothing on. Such a connection looks like a service that
 * is slow. Nothing tells them apart for certain, and asking again costs a call. So:
 *   - Only a connection that has brought an answer before is doubted, and only if nothing at
 *     all comes over it for a quarter of the timeout, 1 to 10 seconds. A new one is waited for.
 *   - Then all connections are given up for what comes later, and one request is made again.
 *     The others that wait follow when a new connection has brought something.
 *   - The first try goes on waiting: the answer that comes first counts.
 *   - A wait that was worth it is learnt: for ten minutes twice as long is waited.
 */
TAILQ_HEAD(silence_list, silence);

struct silences {
    struct loop *loop;
    struct silence_list all;
    /* Make new connections for what comes later; calls silences_renew(). */
    void (*renew)(void *data);
    void *data;
    int64_t default_ms;
    int64_t learnt_ms;      /* the longest wait that was worth it lately */
    int64_t learnt_at_ms;   /* clock_ms() */
    unsigned generation;    /* of connections: it rises when all are made anew */
    bool answered;          /* something came over a connection of this generation */
    int64_t scout_until_ms; /* clock_ms(): no second request is made again before */
};

/* Of one request. Embedded in its owner. */
struct silence {
    TAILQ_ENTRY(silence) link;
    struct silences *silences;
    struct loop_timer timer;
    unsigned generation;
    int connection;            /* what tells those of a generation apart */
    int64_t sent_ms;           /* clock_ms(); 0: not yet */
    int64_t last_ms;           /* when something came over its connection, or it was sent */
    bool heard;                /* some of its answer has come */
    bool looked;               /* time was over, and what had come was read since */
    void (*again)(void *data); /* NULL: it is waited for in any case */
    void *data;
};

void silences_init(struct silences *silences, struct loop *loop, int64_t timeout_ms,
                   void (*renew)(void *data), void *data);

/* From here on there are new connections. */
void silences_renew(struct silences *silences);

/* Return how long a connection may be silent at NOW, in milliseconds. */
int64_t silences_patience_ms(const struct silences *silences, int64_t now);

/* A request begins. AGAIN is called once at most, from the loop: its connection is dead, or the
 * service slow; the request is to be made again, and its answer still to be waited for. */
void silence_begin(struct silence *silence, struct silences *silences,
                   void (*again)(void *data), void *data);

/* The request goes out over CONNECTION, which is a new one or was used before. */
void silence_sent(struct silence *silence, int connection, bool is_new);

/* Some of its answer has come. */
void silence_heard(struct silence *silence);

/* To be called before its owner is freed. */
void silence_end(struct silence *silence);

#endif
