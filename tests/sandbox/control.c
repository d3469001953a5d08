/* Answers the control endpoint: reads counters, changes the account, plants faults. */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

#define WHY_LIMIT   4096u
#define MAX_LATENCY 3600000u

/* What an operation reads and writes; all operations run under the sandbox's lock. */
struct control {
    struct sandbox *sandbox;
    const cJSON *input; /* NULL for the methods without a body */
    struct draft why;
    struct draft *out;
};

void control_refuse(struct reply *reply, unsigned status, const char *reason)
{
    reply->status = status;
    draft_finish(&reply->body);
    draft_puts(&reply->body, "{\"error\":");
    draft_quote(&reply->body, reason);
    draft_putc(&reply->body, '}');
}

static int tally_get(struct control *control)
{
    tally_write(control->sandbox->tally, control->out);
    return 0;
}

static int tally_delete(struct control *control)
{
    tally_reset(control->sandbox->tally);
    limit_reset(control->sandbox->limit);
    draft_puts(control->out, "{}");
    return 0;
}

static int key_put(struct control *control)
{
    const char *key = input_string(control->input, "key");
    if (!key || !*key || input_unknown(control->input, "key")) {
        draft_puts(&control->why, "give {\"key\": \"…\"}");
        return -EINVAL;
    }
    char *copy = strdup(key);
    if (!copy)
        return -ENOMEM;
    free(control->sandbox->key);
    control->sandbox->key = copy;
    draft_puts(control->out, "{}");
    return 0;
}

static int latency_put(struct control *control)
{
    const cJSON *ms = cJSON_GetObjectItemCaseSensitive(control->input, "ms");
    uint64_t latency;
    if (!input_integer(ms, &latency) || latency > MAX_LATENCY ||
        input_unknown(control->input, "ms")) {
        draft_puts(&control->why, "give {\"ms\": N}, an hour at most");
        return -EINVAL;
    }
    control->sandbox->latency_ms = latency;
    draft_printf(control->out, "{\"ms\":%llu}", (unsigned long long)latency);
    return 0;
}

static int changes_post(struct control *control)
{
    int error = roster_change(control->sandbox->roster, control->input, &control->why);
    draft_printf(control->out, "{\"applied\":%d}", cJSON_GetArraySize(control->input));
    return error;
}

static int changes_delete(struct control *control)
{
    draft_puts(control->out, "{}");
    return roster_reset(control->sandbox->roster);
}

static int traps_get(struct control *control)
{
    return traps_write(control->sandbox->traps, control->out);
}

static int traps_post(struct control *control)
{
    int error = traps_add(control->sandbox->traps, control->input, &control->why);
    draft_printf(control->out, "{\"rules\":%zu}", traps_count(control->sandbox->traps));
    return error;
}

static int traps_delete(struct control *control)
{
    traps_clear(control->sandbox->traps);
    draft_puts(control->out, "{}");
    return 0;
}

static int noise_get(struct control *control)
{
    return noise_write(control->sandbox->noise, control->out);
}

static int noise_put(struct control *control)
{
    draft_puts(control->out, "{}");
    return noise_set(control->sandbox->noise, control->input, &control->why);
}

static const struct operation {
    const char *method;
    const char *path;
    bool input;
    int (*run)(struct control *);
} operations[] = {
    {"GET", "/control/calls", false, tally_get},
    {"DELETE", "/control/calls", false, tally_delete},
    {"PUT", "/control/key", true, key_put},
    {"PUT", "/control/latency", true, latency_put},
    {"POST", "/control/changes", true, changes_post},
    {"DELETE", "/control/changes", false, changes_delete},
    {"GET", "/control/faults", false, traps_get},
    {"POST", "/control/faults", true, traps_post},
    {"DELETE", "/control/faults", false, traps_delete},
    {"GET", "/control/noise", false, noise_get},
    {"PUT", "/control/noise", true, noise_put},
};

/* NULL with the answer filled in if there is none. */
static const struct operation *operation_find(const char *method, const char *path,
                                              struct reply *reply)
{
    unsigned status = 404;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].path, path) != 0)
            continue;
        if (strcmp(operations[i].method, method) == 0)
            return &operations[i];
        status = 405;
    }
    control_refuse(reply, status, status == 405 ? "not by this method" : "no such control");
    return NULL;
}

static void operation_run(const struct operation *operation, struct control *control,
                          struct reply *reply)
{
    pthread_mutex_lock(&control->sandbox->lock);
    int error = operation->run(control);
    pthread_mutex_unlock(&control->sandbox->lock);
    if (error == 0)
        return;
    char *why = draft_take(&control->why, NULL);
    if (error == -EINVAL)
        control_refuse(reply, 400, why ? why : "bad input");
    else
        control_refuse(reply, 500, "out of memory");
    free(why);
}

void control_answer(struct sandbox *sandbox, const char *method, const char *path,
                    const char *body, struct reply *reply)
{
    const struct operation *operation = operation_find(method, path, reply);
    struct control control = {.sandbox = sandbox, .out = &reply->body};
    if (!operation)
        return;
    cJSON *input = operation->input ? cJSON_ParseWithOpts(body, NULL, true) : NULL;
    if (operation->input && !input) {
        control_refuse(reply, 400, "the body is not JSON");
        return;
    }
    control.input = input;
    draft_init(&control.why, WHY_LIMIT);
    operation_run(operation, &control, reply);
    draft_finish(&control.why);
    cJSON_Delete(input);
}
