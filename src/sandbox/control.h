/* The control endpoint: reading the counters, changing the account, planting faults. It is for
 * whoever started the sandbox: who has the key of the start. */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "sandbox/answer.h"
#include "sandbox/sandbox.h"

/* `path` begins with /control/; `body` is NUL-terminated. Fills in an initialized answer. */
void control_answer(struct sandbox *sandbox, const char *method, const char *path,
                    const char *body, struct answer *answer);

#endif
