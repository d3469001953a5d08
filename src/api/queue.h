/* Lets calls go one after the other, within the limits that hold for all of them. */
#ifndef QPFS_API_QUEUE_H
#define QPFS_API_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "api/bucket.h"
#include "api/circuit.h"
#include "api/ledger.h"
#include "base/loop.h"

/* What the queue calls, from the loop, with the data of a ticket. */
struct queue_events {
    /* Its turn has come: a token is there, and the ticket has left the queue. Send the call. */
    void (*go)(void *data);
    /* The call may not be sent. ANSWER, borrowed, says why. The ticket has left the queue. */
    void (*refuse)(void *data, const struct answer *answer);
    /* The service holds all calls back, at least until UNTIL_MS (clock_ms()); or no longer: 0.
     * Return whether it is worth waiting for that. */
    bool (*hold)(void *data, int64_t until_ms);
};

/* A call's place in the queue. Embedded in its owner. Zeroed, it is in no queue. */
struct queue_ticket {
    TAILQ_ENTRY(queue_ticket) link;
    const struct queue_events *events;
    void *data;
    bool waits;
};

TAILQ_HEAD(queue_tickets, queue_ticket);

/*
 * The queue of one client. Calls wait for a token of the bucket, first come, first served.
 *
 * Each 429 may cost a call. So when the service says that there are too many, all calls wait,
 * and then one goes alone, the scout. The others wait until it is answered:
 *   - With a 429 again, all wait for longer than the last time.
 *   - With anything else, the next one goes alone. After some of these in a row, all go.
 *   - A scout that was taken back, or that asks again over another connection, is followed by
 *     another one.
 *   - `patience_ms` after the first scout, all go: it may be silent, or the service slow. That
 *     is more than silence.h waits for: else all would go over connections that are dead.
 *
 * The rate may come back call by call, while somebody else goes on. If all went after the first
 * scout, most of them would be in vain, again and again.
 */
struct queue {
    struct loop *loop;
    struct bucket *bucket; /* owned */
    struct circuit circuit;
    struct ledger *ledger; /* borrowed; NULL: calls are counted here alone */
    uint64_t max_calls;    /* 0: no limit */
    uint64_t requests;     /* sent so far; each try counts, as the service does it */
    unsigned holds;        /* in a row; 0: the last answer was no 429 */
    int64_t held_until_ms; /* clock_ms() at which the last hold ends */
    int64_t patience_ms;
    const struct queue_ticket *scout; /* its call is under way; NULL: there is none */
    unsigned alone;                   /* so many are still to go alone; 0: all may go */
    int64_t alone_until_ms;           /* no longer than that (clock_ms()); 0: none has gone */
    struct queue_tickets tickets;
    struct loop_timer timer; /* runs when the first of them may go */
};

/* Begin with RATE calls a minute. Return 0 or -ENOMEM. */
int queue_init(struct queue *queue, struct loop *loop, unsigned rate);

/* Take a zeroed queue. No ticket may be in it. */
void queue_finish(struct queue *queue);

/* Wait for a turn. EVENTS are borrowed; they are not called from here. */
void queue_enter(struct queue *queue, struct queue_ticket *ticket,
                 const struct queue_events *events, void *data);

/* Wait no longer, and be no scout. Take a ticket that does not wait, too. */
void queue_leave(struct queue *queue, struct queue_ticket *ticket);

/* Count a call that is about to be sent, and take its token. */
void queue_count(struct queue *queue);

/* The call of TICKET was answered, or has failed. OVER_RATE: the service says that there are
 * too many a minute, and queue_hold() follows. */
void queue_hear(struct queue *queue, const struct queue_ticket *ticket, bool over_rate);

/* Let no call go for HOLD_MS. */
void queue_hold(struct queue *queue, int64_t hold_ms);

/* A call ended with ANSWER. PROBE as circuit_begin() returned it. */
void queue_note_end(struct queue *queue, bool probe, const struct answer *answer);

/* Return how many calls wait for their turn. */
size_t queue_length(const struct queue *queue);

/* Return whether all calls wait for the service: it says that there are too many, or a scout is
 * under way. */
bool queue_is_held(const struct queue *queue);

/* Return whether calls wait for their turn by the rate, and for nothing else. */
bool queue_waits_for_rate(const struct queue *queue);

/* Return whether a call for which nobody waits would hold nobody up: it goes at once, the
 * service answers, and three tenths of the rate are left for others. Of all calls a twentieth
 * is left, and 20. */
bool queue_has_spare(const struct queue *queue);

/* What a call gets that the service holds back for longer than its time. */
#define QUEUE_HELD                                                                             \
    "no call was free within the timeout: the service says that there are too many a minute; " \
    "see the option rate"

#endif
