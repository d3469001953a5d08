/* Stands in for the client: a test gives the answers to calls. */
#ifndef QPFS_TESTS_FAKE_CLIENT_H
#define QPFS_TESTS_FAKE_CLIENT_H

#include "api/call.h"

/* Stands in for the client where its functions are wrapped: calls wait until the test answers
 * them, in any order. There is no loop; see fake_work.h. */

struct call *__wrap_call_create(struct client *client, enum endpoint_name endpoint,
                                const char *path, bool anew, call_done_fn *done, void *data);
void __wrap_call_cancel(struct call *call);
struct loop *__wrap_client_loop(const struct client *client);
void __wrap_client_renew_connections(struct client *client);

/* Begins anew; nothing may wait. */
void fake_client_reset(void);

/* How many calls were made, and how many of them wait. */
unsigned fake_calls_made(void);
unsigned fake_calls_waiting(void);

/* Return how often other connections were asked for. */
unsigned fake_connections_renewed(void);

/* The path of a call that waits, oldest first. Borrowed. */
const char *fake_call_path(unsigned index);

/* Whether no cache in between may answer it. */
bool fake_call_is_anew(unsigned index);

/* Answers the call INDEX of those that wait, as the real client would. */
void fake_call_answer(unsigned index, long status, const char *body);

/* Answers from now on say this of their age. */
void fake_call_say(int64_t age_s, int64_t max_age_s);

/* Memory for a fake, also where a test lets one allocation fail. */
void *fake_allocate(size_t size);

/* The next call_create() finds no memory. */
void fake_client_fail_next(void);

#endif
