/* Answers the control endpoint: reads counters, changes the account, plants faults. */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "sandbox.h"
#include "sandbox/reply.h"

/* It is for the program that started the sandbox, which has the key of the start. `path` begins
 * with /control/; `body` is NUL-terminated. Fills in an initialized answer. */
void control_answer(struct sandbox *sandbox, const char *method, const char *path,
                    const char *body, struct reply *reply);

/* Make REPLY {"error": REASON} with STATUS. */
void control_refuse(struct reply *reply, unsigned status, const char *reason);

#endif
