#ifndef QPFS_API_CLIENT_PARTS_H
#define QPFS_API_CLIENT_PARTS_H

#include "api/bucket.h"
#include "api/circuit.h"
#include "api/client.h"
#include "api/endpoint.h"
#include "api/transfer.h"

/* What client.c, which has the queue, and call.c share. */

#define CLIENT_HELD                                                                            \
    "no call was free within the timeout: the service says that there are too many a minute; " \
    "see the option rate"

TAILQ_HEAD(call_queue, call);

struct client {
    struct loop *loop;
    struct transfers *transfers;
    struct bucket *bucket;
    struct circuit circuit;
    struct call_queue queue;    /* those that wait for a token, first come, first served */
    struct loop_timer dispatch; /* runs when the first of them may go */
    int64_t timeout_ms;
    unsigned rate;
    uint64_t max_calls;
    struct ledger *ledger;
    bool (*refused)(void *data);
    void *data;
    unsigned key_number; /* each key has another one */
    uint64_t requests;
    bool clock_known; /* an answer came with a date */
    int64_t clock_ahead_s;
    client_heard_fn *heard; /* or NULL */
    void *heard_data;
};

/*
 * A call is in the queue, or has a transfer, or waits for its retry timer. In the last two its
 * time runs. In the queue it stands still while the call waits for its turn by our own rate,
 * which takes as long as it takes; it runs while the service holds all calls back. Besides, or
 * alone, it may have a silent transfer; with one its time runs in any case.
 */
struct call {
    TAILQ_ENTRY(call) link;
    struct client *client;
    struct transfer *transfer;
    struct transfer *silent; /* of a try before, which may be answered yet */
    struct loop_timer deadline;
    struct loop_timer retry;
    bool queued;
    bool asked_again;    /* that has been done once */
    bool probe;          /* the one that tries whether the service answers again */
    bool time_runs;      /* until deadline_ms; or left_ms is left of it */
    int64_t deadline_ms; /* clock_ms() */
    int64_t left_ms;
    unsigned tries;
    unsigned key_number; /* of the key that it was last sent with */
    bool has_new_key;    /* it was refused, and tried once more with another key */
    struct answer last;  /* of the try before, without its body */
    call_done_fn *done;
    void *data;
    char path[ENDPOINT_PATH_MAX];
};

/* Run the queue after DELAY_MS. */
void client_dispatch_soon(struct client *client, int64_t delay_ms);

/* Let the time of CALL run, or stand still. Both do nothing if it is so. */
void call_run_time(struct call *call);
void call_stop_time(struct call *call);

/* Send CALL, for which a token is there. */
void call_send(struct call *call);

/* End CALL, which is not sent, or not again: nothing is learnt from it. */
void call_end(struct call *call, const struct answer *answer);
void call_refuse(struct call *call, int error, const char *why);

#endif
