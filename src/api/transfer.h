/* Makes single HTTP requests over connections that are kept and shared. */
#ifndef QPFS_API_TRANSFER_H
#define QPFS_API_TRANSFER_H

#include <stdbool.h>

#include "api/answer.h"
#include "base/loop.h"

/*
 * A transfer is one request. Only transfer.c, what it includes, and url.c know libcurl. They do
 * not know limits, retries or what is asked for.
 */
struct transfers;
struct transfer;

/* A client certificate, with those between it and its authority, and its private key: texts
 * (PEM), borrowed. NULL: none. */
struct credentials {
    const char *certificates;
    const char *private_key;
};

/* A request is about to go to the PORT of ADDRESS, a text: of the service, or of the proxy.
 * Called from within curl: only to note that. */
typedef void transfer_sending_fn(void *data, const char *address, int port);

struct transfers_options {
    const char *base_url; /* checked by base_url_problem() */
    const char *key;      /* sent as the header "api-key", to base_url and nowhere else; it is
                             borrowed until another one is set; NULL: none is sent */
    struct credentials credentials; /* for base_url alone; borrowed until others are set */
    const char *cacert;             /* NULL: the system's */
    const char *proxy;              /* as proxy_url_read() returns it; NULL: none */
    int64_t timeout_ms; /* what the caller waits; a part of it tells that a connection died */
    transfer_sending_fn *sending; /* called for each request; or NULL */
    void *sending_data;
};

struct transfer_events {
    /* Called once, from the loop. ANSWER is borrowed; the transfer is gone afterwards. */
    void (*done)(void *data, struct answer *answer);
    /* The request goes out once more, since its connection was closed. Called from within curl:
     * only to count. */
    void (*resent)(void *data);
    /* Called once at most, from the loop: nothing comes over a connection that was used before
     * (silence.h). Start another transfer for it, and let this one wait on. NULL: no need. */
    void (*again)(void *data);
};

/* Copy the rest of OPTIONS. Return NULL when memory is out. LOOP must outlive the result. */
struct transfers *transfers_create(struct loop *loop, const struct transfers_options *options);

/* Every transfer must be done or cancelled. Take NULL. */
void transfers_destroy(struct transfers *transfers);

/* Start GET base_url/PATH. ANEW: no cache in between may answer with what it has. EVENTS are
 * borrowed, and called later, never from here. There is no time limit: the caller cancels.
 * Return NULL when memory is out. */
struct transfer *transfer_start(struct transfers *transfers, const char *path, bool anew,
                                const struct transfer_events *events, void *data);

/* Send no further request over a connection that is open now, and resolve the host's name anew.
 * What is under way goes on. */
void transfers_renew_connections(struct transfers *transfers);

/* Send KEY, which is borrowed, from here on, over new connections: one that is open holds the
 * key of before. What is under way goes on with it, and overwrites its copy at the end. */
void transfers_set_key(struct transfers *transfers, const char *key);

/* Show CREDENTIALS from here on, over new connections. */
void transfers_set_credentials(struct transfers *transfers,
                               const struct credentials *credentials);

/* Do as transfers_renew_connections(), for TRANSFER gets no answer; unless it was done since
 * TRANSFER was started. */
void transfer_doubt(const struct transfer *transfer);

/* End a transfer without a word: none of its events is called. Return whether its request may
 * have left this machine. Take NULL. */
bool transfer_cancel(struct transfer *transfer);

#endif
