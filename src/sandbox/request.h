/* One HTTP request on its way through libmicrohttpd. */
#ifndef SANDBOX_REQUEST_H
#define SANDBOX_REQUEST_H

#include <microhttpd.h>

#include "sandbox/sandbox.h"

#define REQUEST_API_PREFIX "/a/api/v2"

struct request;

/* `target` is copied. NULL: out of memory. */
struct request *request_create(struct sandbox *sandbox, const char *target);
void request_destroy(struct request *request);

/* libmicrohttpd calls this first with the headers, then for each piece of the body. */
enum MHD_Result request_step(struct request *request, struct MHD_Connection *connection,
                             const char *method, const char *upload, size_t *upload_size);

#endif
