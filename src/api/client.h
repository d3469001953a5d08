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
 * calls of other mounts count, too. Only client.c and call.c change its fields. Others read
 * what is counted and what the limits are, and ask the queue.
 */
struct client {
    struct queue queue;
    struct transfers *transfers; /* owned */
    struct meter meter;
    unsigned rate; /* this and the next five as in struct client_options */
    int64_t timeout_ms;
    bool (*key_refused)(void *data);
    void *key_refused_data;
    client_heard_fn *heard;
    void *heard_data;
    unsigned key_number;   /* each key has another one */
    bool clock_known;      /* an answer came with a date */
    int64_t clock_ahead_s; /* of the service's, by the last answer with a date */
};

struct client_options {
    const char *base_url;           /* checked by base_url_problem() */
    const char *key;                /* borrowed until another one is set; NULL: none is sent */
    struct credentials credentials; /* borrowed until others are set */
    /* Called from the loop when the service refuses the key. Set another one and return true,
     * or return false. May be NULL. */
    bool (*key_refused)(void *data);
    void *key_refused_data;
    const char *cacert;     /* NULL: the system's */
    const char *proxy;      /* as proxy_url_read() returns it; NULL: none */
    int64_t timeout_ms;     /* for one call, retries included, from when it is sent; and for as
                               long a call that was not sent lets the service hold it back */
    unsigned rate;          /* calls a minute; a call waits for its turn however long */
    uint64_t max_calls;     /* in all; 0: no limit */
    struct ledger *ledger;  /* borrowed; NULL: calls are counted for this client alone */
    client_heard_fn *heard; /* or NULL */
    void *heard_data;
    transfer_sending_fn *sending; /* as in struct transfers_options */
    void *sending_data;
};

/* Copy the rest of OPTIONS. LOOP must outlive the client. Return NULL when memory is out. */
struct client *client_create(struct loop *loop, const struct client_options *options);

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

/* Return how many requests were sent in the last minute. */
unsigned client_last_minute(const struct client *client);

#endif
