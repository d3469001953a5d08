/* The HTTP server: a thread for each connection, on the loopback device only. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include "sandbox/sandbox.h"

struct server;

/*
 * Listens on `port`, 0 for any. Borrows the sandbox. On failure prints why and what to do,
 * and returns NULL.
 */
struct server *server_start(struct sandbox *sandbox, uint16_t port);

uint16_t server_port(const struct server *server);

/* Ends all that waits, and returns when no request runs any more. */
void server_stop(struct server *server);

#endif
