/* One call of the API from its arrival to its answer: counted, limited, delayed, faulted. */
#ifndef SANDBOX_SERVICE_H
#define SANDBOX_SERVICE_H

#include "sandbox.h"
#include "sandbox/reply.h"

struct service_call {
    const char *target; /* path and query, without the prefix of the API */
    const char *path;
    const char *query; /* may be empty */
    const char *page;  /* parameters, or NULL */
    const char *per_page;
    const char *key; /* the header's value, or NULL */
    bool is_get;
    bool calm; /* not to be spoilt at random */
};

/*
 * Fills in an initialized answer; waits if it must. `fault`, NULL or to be given back with
 * service_forget, says how to send it. False: close the connection instead.
 */
bool service_answer(struct sandbox *sandbox, const struct service_call *call,
                    struct reply *reply, struct trap **trap);

void service_forget(struct sandbox *sandbox, struct trap *trap);

/* Every call that was answered or not must leave, once, before its last byte is sent. */
void service_leave(struct sandbox *sandbox);

/* A connection was used for its first call. */
void service_connection(struct sandbox *sandbox);

#endif
