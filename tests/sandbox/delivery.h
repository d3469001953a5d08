/* Sending a body badly: cut short, with a pause in it, or drop by drop. */
#ifndef SANDBOX_DELIVERY_H
#define SANDBOX_DELIVERY_H

#include <microhttpd.h>

#include "halt.h"
#include "trap.h"

/* Does the effect need any of this? */
bool delivery_needed(const struct trap_effect *effect);

/*
 * A response that sends `body` as the effect wants, or NULL: out of memory. Always takes the
 * body. `done` is called with `argument` before the last byte is sent, at least once if the
 * body is sent to its end.
 */
struct MHD_Response *delivery_response(const struct trap_effect *effect, struct halt *halt,
                                       char *body, size_t length, void (*done)(void *),
                                       void *argument);

#endif
