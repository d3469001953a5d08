/* Answers the requests of tests: calls of the API, and those of the control endpoint. */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "delivery.h"
#include "sandbox/api.h"
#include "service.h"

#define UPLOAD_LIMIT ((size_t)256 << 20)

struct request {
    struct sandbox *sandbox;
    char *target; /* path and query as sent */
    struct draft upload;
    bool started;
    bool is_starters; /* it has the key of whoever started the sandbox */
    bool in_flight;   /* a call that has not left yet */
};

static void *request_begin(void *data, const char *target)
{
    struct sandbox *sandbox = data;
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->sandbox = sandbox;
    draft_init(&request->upload, UPLOAD_LIMIT);
    request->target = strdup(target);
    if (!request->target) {
        free(request);
        return NULL;
    }
    return request;
}

static void request_leave(void *cls)
{
    struct request *request = cls;
    if (!request->in_flight)
        return;
    request->in_flight = false;
    service_leave(request->sandbox);
}

static void request_end(void *data)
{
    struct request *request = data;
    if (!request)
        return;
    request_leave(request);
    draft_finish(&request->upload);
    free(request->target);
    free(request);
}

static void add_headers(struct MHD_Response *response, const struct reply *reply,
                        const struct trap_effect *effect)
{
    const char *name, *value;
    bool typed = false;
    for (int i = 0; effect && trap_header(effect, i, &name, &value); i++) {
        MHD_add_response_header(response, name, value);
        typed = typed || strcasecmp(name, "Content-Type") == 0;
    }
    if (!typed)
        MHD_add_response_header(response, "Content-Type", reply->content_type);
    reply_add_headers(reply, response);
}

/*
 * A call leaves before its answer is sent: were it after, a client that makes one call after
 * the other would at times be counted as two in flight.
 */
static enum MHD_Result send_answer(struct request *request, struct MHD_Connection *connection,
                                   struct reply *reply, const struct trap_effect *effect)
{
    struct MHD_Response *response;
    size_t length;
    char *body = draft_take(&reply->body, &length);
    if (!body)
        return MHD_NO;
    if (effect && delivery_needed(effect) && length > 0) {
        response = delivery_response(effect, request->sandbox->halt, body, length,
                                     request_leave, request);
    } else {
        request_leave(request);
        response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_FREE);
        if (!response)
            free(body);
    }
    if (!response)
        return MHD_NO;
    add_headers(response, reply, effect);
    enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static const char *argument(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static const char *sent_key(struct MHD_Connection *connection)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "api-key");
}

static void count_connection(struct sandbox *sandbox, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    bool *used = info ? info->socket_context : NULL;
    if (!used || *used)
        return;
    *used = true;
    service_connection(sandbox);
}

static enum MHD_Result answer_call(struct request *request, struct MHD_Connection *connection,
                                   const char *method)
{
    const char *target = request->target + strlen(API_PREFIX);
    size_t path_length = strcspn(target, "?");
    char *path = strndup(target, path_length);
    struct service_call call = {
        .target = target,
        .path = path,
        .query = target[path_length] ? target + path_length + 1 : "",
        .page = argument(connection, "page"),
        .per_page = argument(connection, "perPage"),
        .key = sent_key(connection),
        .is_get = strcmp(method, "GET") == 0,
        .calm = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Calm"),
    };
    struct reply reply;
    struct trap *trap = NULL;
    enum MHD_Result result = MHD_NO;
    if (!path)
        return MHD_NO;
    reply_init(&reply);
    count_connection(request->sandbox, connection);
    request->in_flight = true;
    if (service_answer(request->sandbox, &call, &reply, &trap))
        result = send_answer(request, connection, &reply, trap ? trap_effect(trap) : NULL);
    if (result == MHD_NO)
        request_leave(request);
    service_forget(request->sandbox, trap);
    reply_finish(&reply);
    free(path);
    return result;
}

static enum MHD_Result answer_other(struct request *request, struct MHD_Connection *connection,
                                    const char *method)
{
    struct reply reply;
    reply_init(&reply);
    if (strncmp(request->target, "/control/", strlen("/control/")) != 0) {
        reply_error(&reply, 404);
    } else if (!request->is_starters) {
        control_refuse(&reply, 401, "give the key of the start as the header api-key");
    } else {
        char *body = draft_take(&request->upload, NULL);
        if (body)
            control_answer(request->sandbox, method, request->target, body, &reply);
        else
            control_refuse(&reply, 413, "the body is too large");
        free(body);
    }
    enum MHD_Result result = send_answer(request, connection, &reply, NULL);
    reply_finish(&reply);
    return result;
}

static bool is_call(const char *target)
{
    size_t length = strlen(API_PREFIX);
    return strncmp(target, API_PREFIX, length) == 0 && target[length] == '/';
}

static enum MHD_Result request_step(void *data, struct MHD_Connection *connection,
                                    const char *method, const char *upload, size_t *upload_size)
{
    struct request *request = data;
    if (!request->started) {
        const char *key = sent_key(connection);
        request->started = true;
        request->is_starters = key && strcmp(key, request->sandbox->flags->key) == 0;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        if (request->is_starters)
            draft_add(&request->upload, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (is_call(request->target))
        return answer_call(request, connection, method);
    return answer_other(request, connection, method);
}

static void request_halt(void *data)
{
    const struct sandbox *sandbox = data;
    halt_raise(sandbox->halt);
}

struct server_site request_site(struct sandbox *sandbox)
{
    return (struct server_site){
        .begin = request_begin,
        .step = request_step,
        .end = request_end,
        .halt = request_halt,
        .data = sandbox,
    };
}
