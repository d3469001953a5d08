/* Says what became of a call: an errno, what the service said, and how old that is. */
#include "api/answer.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/fault.h"
#include "json/scanner.h"

#define FAULT_ID_ALLOWANCE 1013
#define FAULT_ID_MISSING   1040

/* -------- its age -------- */

/* Return the number that TEXT begins with, in quotes or not. 0: it is none. */
static int64_t freshness_seconds(const char *text)
{
    char *end = NULL;
    int64_t seconds = strtoll(text + strspn(text, "\""), &end, 10);
    end += strspn(end, "\" \t");
    if (*end && *end != ',')
        return 0;
    return seconds < FRESHNESS_SECONDS_MAX ? seconds : FRESHNESS_SECONDS_MAX;
}

void freshness_take_age(struct freshness *freshness, const char *value)
{
    freshness_narrow(freshness, &(struct freshness){.age_s = freshness_seconds(value)});
}

void freshness_take_control(struct freshness *freshness, const char *value)
{
    static const char name[] = "max-age=";
    for (const char *at = value; (at = strcasestr(at, name)); at += strlen(name)) {
        const struct freshness said = {.max_age_s = freshness_seconds(at + strlen(name))};
        if (at == value || strchr(" \t,", at[-1]))
            freshness_narrow(freshness, &said);
    }
}

void freshness_narrow(struct freshness *all, const struct freshness *one)
{
    if (one->age_s > all->age_s)
        all->age_s = one->age_s;
    if (one->max_age_s > 0 && (!all->max_age_s || one->max_age_s < all->max_age_s))
        all->max_age_s = one->max_age_s;
}

int64_t freshness_ttl_ms(const struct freshness *freshness, int64_t ttl_ms, int64_t least_ms)
{
    int64_t limit_ms = freshness->max_age_s * 1000;
    int64_t left_ms =
        (limit_ms > 0 && limit_ms < ttl_ms ? limit_ms : ttl_ms) - freshness->age_s * 1000;
    if (left_ms < least_ms)
        return least_ms < ttl_ms ? least_ms : ttl_ms;
    return left_ms;
}

/* -------- what became of the call -------- */

static const struct {
    long first, last; /* HTTP statuses */
    int error;
    bool transient;
} judgements[] = {
    {200, 200, 0, false},
    {201, 299, -EBADMSG, false}, /* no content, or a part of it */
    {300, 399, -EBADMSG, false},
    {400, 400, -EINVAL, false},
    {401, 401, -EACCES, false},
    {403, 403, -EACCES, false},
    /* Never ENOENT: that a thing is gone is for the list it stood in to say. */
    {404, 404, -EIO, false},
    {408, 408, -ETIMEDOUT, true},
    {429, 429, -EAGAIN, true},
    {500, 599, -EIO, true},
};

/* STATUS is what HTTP said. */
static void answer_explain(struct answer *answer, const struct fault *fault, long status)
{
    char said[64];
    snprintf(said, sizeof said, "HTTP %ld", status);
    if (status != answer->status)
        snprintf(said, sizeof said, "HTTP %ld with an error of status %ld", status,
                 answer->status);
    else if (status == 200)
        snprintf(said, sizeof said, "HTTP 200 with an error");
    char error_id[32] = "", request[96] = "";
    if (fault->id)
        snprintf(error_id, sizeof error_id, ", error %llu", (unsigned long long)fault->id);
    if (*fault->request_id)
        snprintf(request, sizeof request, ", requestID %s", fault->request_id);
    const char *message = *fault->message ? fault->message : fault->name;
    if (answer->status >= 300 && answer->status < 400)
        message = "a redirect, which is not followed: the key must not go elsewhere";
    if (answer->status == 304)
        message = "not modified, which nobody asked; look for a cache in between";
    /* A long message is cut, so that the request ID is whole. */
    snprintf(answer->why, sizeof answer->why, "%s%s%.192s%s%s", said, *message ? ": " : "",
             message, error_id, request);
    snprintf(answer->message, sizeof answer->message, "%s", message);
    snprintf(answer->request_id, sizeof answer->request_id, "%s", fault->request_id);
}

/* Fill error and transient by the status. */
static void answer_judge_status(struct answer *answer)
{
    answer->error = -EIO;
    answer->transient = false;
    for (size_t i = 0; i < sizeof judgements / sizeof *judgements; i++) {
        if (answer->status >= judgements[i].first && answer->status <= judgements[i].last) {
            answer->error = judgements[i].error;
            answer->transient = judgements[i].transient;
        }
    }
}

static bool answer_is_allowance(const struct fault *fault)
{
    return fault->id == FAULT_ID_ALLOWANCE || strstr(fault->message, "API call limit exceeded");
}

/* A 200 with the error body that FAULT is of. */
static void answer_judge_error_in_200(struct answer *answer, const struct fault *fault)
{
    long status = fault->status;
    if (status == 0 && strstr(fault->message, "API call limit exceeded"))
        status = 429;
    if (status >= 400 && status <= 599) {
        answer->status = status;
        answer->in_200 = true;
        answer_judge_status(answer);
    } else {
        answer->error = -EBADMSG;
    }
}

/* Return whether a part of the body is missing. Where the connection's end is that of the body,
 * or the body is compressed, HTTP can't tell. An answer of the service is one JSON object. */
static bool answer_is_cut(const struct answer *answer)
{
    size_t size = answer->size;
    while (size > 0 && isspace((unsigned char)answer->body[size - 1]))
        size--;
    if (size == 0 || answer->body[0] != '{' || answer->body[size - 1] == '}')
        return false;
    struct scanner rest = scanner_of(answer->body, size);
    return scanner_value(&rest, NULL) != 0; /* else it is whole, and something stands behind */
}

/* That a connection broke may pass. The body stays, for who records answers. */
static void answer_refuse_cut(struct answer *answer)
{
    answer->error = -EBADMSG;
    answer->transient = true;
    snprintf(answer->why, sizeof answer->why, "HTTP 200, but: a body that is cut off");
}

void answer_judge(struct answer *answer)
{
    struct fault fault;
    long status = answer->status;
    answer_judge_status(answer);
    bool own = fault_is_body(answer->body, answer->size);
    if (!answer->error && !own) {
        if (answer_is_cut(answer))
            answer_refuse_cut(answer);
        return;
    }
    fault_read(&fault, answer->body, answer->size);
    if (!answer->error)
        answer_judge_error_in_200(answer, &fault);
    answer->own = own && (fault.status ? fault.status == answer->status : fault.id > 0);
    answer->missing =
        answer->own && answer->status == 404 && (fault.status || fault.id == FAULT_ID_MISSING);
    if (answer->status == 429) {
        answer->over_rate = !answer_is_allowance(&fault);
        answer->transient = answer->over_rate;
        answer->error = answer->over_rate ? -EAGAIN : -EDQUOT;
    }
    answer_explain(answer, &fault, status);
}

void answer_forget_body(struct answer *answer)
{
    answer->body = NULL;
    answer->size = 0;
    answer->holder = NULL;
}

void answer_fail(struct answer *answer, int error, bool transient, const char *why)
{
    *answer = (struct answer){.error = error, .transient = transient};
    snprintf(answer->why, sizeof answer->why, "%s", why);
}
