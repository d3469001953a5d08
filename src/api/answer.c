/* Says what became of a call: an errno, what the service said, and how old that is. */
#include "api/answer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "json/fault.h"

#define FAULT_ID_ALLOWANCE 1013
#define FAULT_ID_MISSING   1040

/* -------- its age -------- */

/* A part of a line. */
struct freshness_part {
    const char *text; /* borrowed, and not terminated */
    size_t size;
};

static bool freshness_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct freshness_part freshness_trim(struct freshness_part part)
{
    while (part.size > 0 && freshness_is_blank(part.text[part.size - 1]))
        part.size--;
    while (part.size > 0 && freshness_is_blank(part.text[0])) {
        part.text++;
        part.size--;
    }
    return part;
}

/* Return whether PART begins with PREFIX, in any case. Then REST is what comes behind it. */
static bool freshness_behind(struct freshness_part part, const char *prefix,
                             struct freshness_part *rest)
{
    size_t length = strlen(prefix);
    if (part.size < length || strncasecmp(part.text, prefix, length) != 0)
        return false;
    *rest = freshness_trim((struct freshness_part){part.text + length, part.size - length});
    return true;
}

/* Cut the first member off LIST, and return it. A comma in quotes parts nothing. */
static struct freshness_part freshness_member(struct freshness_part *list)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < list->size && (quoted || list->text[at] != ','); at++) {
        if (quoted && list->text[at] == '\\' && at + 1 < list->size)
            at++;
        else if (list->text[at] == '"')
            quoted = !quoted;
    }
    struct freshness_part member = {list->text, at};
    size_t gone = at < list->size ? at + 1 : at;
    list->text += gone;
    list->size -= gone;
    return freshness_trim(member);
}

/* Return the number that PART is; -1 for anything but digits. */
static int64_t freshness_seconds(struct freshness_part part)
{
    int64_t seconds = part.size > 0 ? 0 : -1;
    for (size_t i = 0; i < part.size; i++) {
        if (part.text[i] < '0' || part.text[i] > '9')
            return -1;
        seconds = seconds * 10 + (part.text[i] - '0');
        if (seconds > FRESHNESS_SECONDS_MAX)
            seconds = FRESHNESS_SECONDS_MAX;
    }
    return seconds;
}

static void freshness_take_max_age(struct freshness *freshness, int64_t seconds)
{
    if (seconds > 0 && (!freshness->max_age_s || seconds < freshness->max_age_s))
        freshness->max_age_s = seconds;
}

static void freshness_take_age(struct freshness *freshness, int64_t seconds)
{
    if (seconds > freshness->age_s)
        freshness->age_s = seconds;
}

void freshness_read(struct freshness *freshness, const char *line, size_t size)
{
    const struct freshness_part header = {line, size};
    struct freshness_part value, seconds;
    if (freshness_behind(header, "Age:", &value)) {
        freshness_take_age(freshness, freshness_seconds(freshness_member(&value)));
        return;
    }
    if (!freshness_behind(header, "Cache-Control:", &value))
        return;
    while (value.size > 0) {
        if (!freshness_behind(freshness_member(&value), "max-age=", &seconds))
            continue;
        if (seconds.size > 2 && seconds.text[0] == '"' && seconds.text[seconds.size - 1] == '"')
            seconds = (struct freshness_part){seconds.text + 1, seconds.size - 2};
        freshness_take_max_age(freshness, freshness_seconds(seconds));
    }
}

void freshness_narrow(struct freshness *all, const struct freshness *one)
{
    freshness_take_age(all, one->age_s);
    freshness_take_max_age(all, one->max_age_s);
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

void answer_judge(struct answer *answer)
{
    struct fault fault;
    long status = answer->status;
    answer_judge_status(answer);
    bool own = fault_is_body(answer->body, answer->size);
    if (!answer->error && !own)
        return;
    fault_read(&fault, answer->body, answer->size);
    if (!answer->error)
        answer_judge_error_in_200(answer, &fault);
    answer->missing = answer->status == 404 && own &&
                      (fault.status == 404 || (!fault.status && fault.id == FAULT_ID_MISSING));
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
