/* An HTTP answer before it is sent, and the bodies of errors. */
#include "sandbox/reply.h"

#include <stdio.h>
#include <string.h>

#define BODY_LIMIT ((size_t)1 << 30)

struct error {
    unsigned status;
    const char *name;
    const char *id; /* NULL: the error page knows none */
    const char *message;
};

static const struct error errors[] = {
    {400, "BAD_REQUEST", "1000", "Invalid URL parameters"},
    {401, "UNAUTHORIZED", "1010", "Incorrect API Key"},
    {403, "FORBIDDEN", "1013", "The user does not have permission to access the resource"},
    {404, "NOT_FOUND", "1040", "The resource that you're trying to access doesn't exist"},
    {405, "METHOD_NOT_ALLOWED", NULL, "The resource cannot be accessed in this way"},
    {429, "TOO_MANY_REQUESTS", NULL, "Too many requests"},
    {500, "INTERNAL_SERVER_ERROR", "1026", "We are not able to process your request"},
};

static const struct error exhausted = {429, "TOO_MANY_REQUESTS", "1013",
                                       "API call limit exceeded. Please contact your account "
                                       "representative to extend the limits."};

void reply_init(struct reply *reply)
{
    *reply = (struct reply){.status = 200, .content_type = "application/json"};
    draft_init(&reply->body, BODY_LIMIT);
}

void reply_finish(struct reply *reply)
{
    draft_finish(&reply->body);
}

static void error_write(struct reply *reply, const struct error *error)
{
    struct draft *body = &reply->body;
    reply->status = error->status;
    draft_finish(body);
    draft_printf(body,
                 "{\n    \"response\": {\n     \"error\": {\n"
                 "         \"docs\": www.questionpro.com/api/error-codes.html\n"
                 "         \"name\": \"%s\",\n"
                 "         \"httpStatusCode\": %u,\n",
                 error->name, error->status);
    if (error->id)
        draft_printf(body, "         \"id\" : \"%s\",\n", error->id);
    draft_printf(body,
                 "         \"message\": \"%s\",\n"
                 "         \"resourceUrl\":\"resource_url\"\n"
                 "        }\n    }\n}\n",
                 error->message);
}

static void proxy_write(struct reply *reply, unsigned status)
{
    static const char *const names[] = {"Bad Gateway", "Service Unavailable",
                                        "Gateway Timeout"};
    const char *name = names[status - 502];
    reply->status = status;
    reply->content_type = "text/html";
    draft_finish(&reply->body);
    draft_printf(&reply->body,
                 "<html>\n<head><title>%u %s</title></head>\n<body>\n"
                 "<center><h1>%u %s</h1></center>\n<hr><center>nginx</center>\n"
                 "</body>\n</html>\n",
                 status, name, status, name);
}

void reply_error(struct reply *reply, unsigned status)
{
    const struct error other = {status, "ERROR", NULL, "The request was not answered"};
    const struct error *error = &other;
    if (status >= 502 && status <= 504) {
        proxy_write(reply, status);
        return;
    }
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].status == status)
            error = &errors[i];
    }
    reply->allow_get = status == 405;
    error_write(reply, error);
}

void reply_exhausted(struct reply *reply)
{
    error_write(reply, &exhausted);
}

void reply_add_headers(const struct reply *reply, struct MHD_Response *response)
{
    if (reply->allow_get)
        MHD_add_response_header(response, "Allow", "GET");
    if (reply->retry_after > 0) {
        char seconds[24];
        snprintf(seconds, sizeof seconds, "%llu", (unsigned long long)reply->retry_after);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
}
