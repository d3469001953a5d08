/* Answers the requests of the demo: each at once, and to nobody who has not its key. */
#ifndef SANDBOX_VISIT_H
#define SANDBOX_VISIT_H

#include <stdatomic.h>

#include "sandbox/blueprint.h"
#include "sandbox/server.h"

/* What all requests share. */
struct visit_house {
    const char *key;               /* borrowed */
    struct blueprint plan;         /* of the account */
    atomic_uint_fast64_t requests; /* a number for the ID of the next one */
};

/* Borrow HOUSE. */
struct server_site visit_site(struct visit_house *house);

#endif
