/* Answers the requests of tests: calls of the API, and those of the control endpoint. */
#ifndef SANDBOX_REQUEST_H
#define SANDBOX_REQUEST_H

#include "sandbox.h"
#include "sandbox/server.h"

/* Borrow SANDBOX. */
struct server_site request_site(struct sandbox *sandbox);

#endif
