/* Answers the requests of the demo: each at once, and to nobody who has not its key. */
#include "sandbox/visit.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/sample.h"

struct visit {
    struct visit_house *house;
    bool began;
    char target[]; /* path and query as sent */
};

static void *visit_begin(void *data, const char *target)
{
    size_t size = strlen(target) + 1;
    struct visit *visit = calloc(1, sizeof *visit + size);
    if (!visit)
        return NULL;
    visit->house = data;
    memcpy(visit->target, target, size);
    return visit;
}

static const char *visit_argument(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static void visit_answer(struct visit *visit, struct MHD_Connection *connection,
                         const char *method, struct reply *reply)
{
    const char *key = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "api-key");
    size_t prefix = strlen(API_PREFIX);
    visit->target[strcspn(visit->target, "?")] = '\0';
    if (!key || strcmp(key, visit->house->key) != 0) {
        reply_error(reply, 401);
    } else if (strcmp(method, "GET") != 0) {
        reply_error(reply, 405);
    } else if (strncmp(visit->target, API_PREFIX, prefix) != 0) {
        reply_error(reply, 404);
    } else {
        const struct api_call call = {
            .source = &sample_source,
            .data = &visit->house->plan,
            .path = visit->target + prefix,
            .page = visit_argument(connection, "page"),
            .per_page = visit_argument(connection, "perPage"),
            .page_max = API_PAGE_MAX,
            .request = atomic_fetch_add(&visit->house->requests, 1),
        };
        api_answer(&call, reply);
    }
}

static enum MHD_Result visit_send(struct MHD_Connection *connection, struct reply *reply)
{
    size_t length;
    char *body = draft_take(&reply->body, &length);
    if (!body)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", reply->content_type);
    reply_add_headers(reply, response);
    enum MHD_Result result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* What is sent along is not read. */
static enum MHD_Result visit_step(void *data, struct MHD_Connection *connection,
                                  const char *method, const char *upload, size_t *upload_size)
{
    struct visit *visit = data;
    struct reply reply;
    (void)upload;
    if (!visit->began || *upload_size > 0) {
        visit->began = true;
        *upload_size = 0;
        return MHD_YES;
    }
    reply_init(&reply);
    visit_answer(visit, connection, method, &reply);
    enum MHD_Result result = visit_send(connection, &reply);
    reply_finish(&reply);
    return result;
}

struct server_site visit_site(struct visit_house *house)
{
    return (struct server_site){
        .begin = visit_begin,
        .step = visit_step,
        .end = free,
        .data = house,
    };
}
