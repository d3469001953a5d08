#include "sandbox/answer.h"

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

void answer_init(struct answer *answer)
{
    *answer = (struct answer){.status = 200, .content_type = "application/json"};
    text_init(&answer->body, BODY_LIMIT);
}

void answer_finish(struct answer *answer)
{
    text_finish(&answer->body);
}

static void error_write(struct answer *answer, const struct error *error)
{
    struct text *body = &answer->body;

    answer->status = error->status;
    text_finish(body);
    text_printf(body,
                "{\n    \"response\": {\n     \"error\": {\n"
                "         \"docs\": www.questionpro.com/api/error-codes.html\n"
                "         \"name\": \"%s\",\n"
                "         \"httpStatusCode\": %u,\n",
                error->name, error->status);
    if (error->id)
        text_printf(body, "         \"id\" : \"%s\",\n", error->id);
    text_printf(body,
                "         \"message\": \"%s\",\n"
                "         \"resourceUrl\":\"resource_url\"\n"
                "        }\n    }\n}\n",
                error->message);
}

static void proxy_write(struct answer *answer, unsigned status)
{
    static const char *const names[] = {"Bad Gateway", "Service Unavailable",
                                        "Gateway Timeout"};
    const char *name = names[status - 502];

    answer->status = status;
    answer->content_type = "text/html";
    text_finish(&answer->body);
    text_printf(&answer->body,
                "<html>\n<head><title>%u %s</title></head>\n<body>\n"
                "<center><h1>%u %s</h1></center>\n<hr><center>nginx</center>\n"
                "</body>\n</html>\n",
                status, name, status, name);
}

void answer_error(struct answer *answer, unsigned status)
{
    const struct error other = {status, "ERROR", NULL, "The request was not answered"};
    const struct error *error = &other;

    if (status >= 502 && status <= 504) {
        proxy_write(answer, status);
        return;
    }
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].status == status)
            error = &errors[i];
    }
    answer->allow_get = status == 405;
    error_write(answer, error);
}

void answer_exhausted(struct answer *answer)
{
    error_write(answer, &exhausted);
}

void answer_refusal(struct answer *answer, unsigned status, const char *reason)
{
    answer->status = status;
    text_finish(&answer->body);
    text_puts(&answer->body, "{\"error\":");
    text_quote(&answer->body, reason);
    text_putc(&answer->body, '}');
}
