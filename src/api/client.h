/* Keeps what all calls share: limits, connections, the key, what is counted. */
#ifndef QPFS_API_CLIENT_H
#define QPFS_API_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/meter.h"
#include "api/queue.h"
#include "api/transfer.h"

/* Called for each answer, of each try, before anything is made of it: PATH was asked for. All
 * is borrowed. */
typedef void client_heard_fn(void *data, const char *path, const struct answer *answer);

/*
 * A client keeps its calls (call.h) to the limits of calls a minute and of calls in all. The
 * calls of other mounts count, too. Its fields are for client.c and call.c.
 */
struct client {
    struct queue queue;
    struct transfers *transfers; /* owned */
    struct meter meter;
    unsigned rate; /* this and the next three as in struct client_options */
    int64_t timeout_ms;
    bool (*key_refused)(void *data);
    void *key_refused_data;
    unsigned key_number; /* each key has another one */
    bool clock_known;    /* an answer came with a date */
    int64_t clock_ahead_s;
    client_heard_fn *heard; /* NULL: nobody listens */
    void *heard_data;
};

struct client_options {
    const char *base_url;           /* checked by base_url_problem() */
    const char *key;                /* borrowed until another one is set; NULL: none is sent */
    struct credentials credentials; /* borrowed until others are set */
    /* Called from the loop when the service refuses the key. Set another one and return true,
     * or return false. May be NULL. */
    bool (*key_refused)(void *data);
    void *key_refused_data;
    const char *cacert;    /* NULL: the system's */
    const char *proxy;     /* as proxy_url_read() returns it; NULL: none */
    int64_t timeout_ms;    /* for one call, retries included, from when it is sent; and for as
                              long a call that was not sent lets the service hold it back */
    unsigned rate;         /* calls a minute; a call waits for its turn however long */
    uint64_t max_calls;    /* in all; 0: no limit */
    struct ledger *ledger; /* borrowed; NULL: calls are counted for this client alone */
};

/* Copy the rest of OPTIONS. LOOP must outlive the client. Return NULL when memory is out. */
struct client *client_create(struct loop *loop, const struct client_options *options);

/* Have HEARD called for each answer from here on. */
void client_listen(struct client *client, client_heard_fn *heard, void *data);

/* Have SENDING called for each request from here on, as transfers_on_sending() does. */
void client_on_sending(struct client *client, transfer_sending_fn *sending, void *data);

/* Every call must be done or cancelled. Take NULL. */
void client_destroy(struct client *client);

/* Return the loop from which everything is called. */
struct loop *client_loop(const struct client *client);

/* Forget that calls failed: the next one is sent, though the service was down, refused the key
 * or said that no calls are left. */
void client_try_anew(struct client *client);

/* Make all calls from here on with KEY, which is borrowed, as client_try_anew() says. A call
 * that the key of before is refused to is tried once more. */
void client_set_key(struct client *client, const char *key);

/* Make all connections from here on with CREDENTIALS, as client_try_anew() says. */
void client_set_credentials(struct client *client, const struct credentials *credentials);

/* Return whether the service refused the key the last time that it spoke of it. */
bool client_key_is_refused(const struct client *client);

/* Make no further call over a connection that is open now: answers on it may have shifted. */
void client_renew_connections(struct client *client);

/* Return how many requests were sent since the start. Each try counts, as the service does it.
 */
uint64_t client_requests(const struct client *client);

/* Fill in by how many SECONDS this machine's clock is ahead of the service's, by its last
 * answer. Return false if no answer said what time it is there. */
bool client_clock_ahead(const struct client *client, int64_t *seconds);

/* Return how many calls wait for their turn. */
size_t client_waiting(const struct client *client);

/* Return whether calls wait for their turn by the rate, and for nothing else. */
bool client_waits_for_rate(const struct client *client);

/* Return whether the service holds all calls back, for it said that there were too many, or the
 * call that was tried after that is under way. */
bool client_is_held(const struct client *client);

/* Return whether a call for which nobody waits would hold nobody up: it goes at once, the
 * service answers, and three tenths of the rate are left for others. Of all calls a twentieth
 * is left, and 20. */
bool client_has_spare(const struct client *client);

/* Return how many were sent in the last minute, and the limits of the options. */
unsigned client_last_minute(const struct client *client);
unsigned client_rate(const struct client *client);
int64_t client_timeout_ms(const struct client *client);
uint64_t client_max_calls(const struct client *client);

/* Learn what other mounts have counted since the last call of this one. */
void client_look_at_ledger(struct client *client);

/* Return what is counted for monitoring, borrowed. */
const struct meter *client_meter(const struct client *client);

/* Return what counts them over mounts, borrowed; NULL: nothing does. */
const struct ledger *client_ledger(const struct client *client);

#endif
