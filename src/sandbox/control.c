#include "sandbox/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/input.h"

#define WHY_LIMIT   4096u
#define MAX_LATENCY 3600000u

/* What an operation reads and writes; all operations run under the sandbox's lock. */
struct control {
    struct sandbox *sandbox;
    const cJSON *input; /* NULL for the methods without a body */
    struct text why;
    struct text *out;
};

static int calls_get(struct control *control)
{
    calls_write(control->sandbox->calls, control->out);
    return 0;
}

static int calls_delete(struct control *control)
{
    calls_reset(control->sandbox->calls);
    limit_reset(control->sandbox->limit);
    text_puts(control->out, "{}");
    return 0;
}

static int key_put(struct control *control)
{
    const char *key = input_string(control->input, "key");

    if (!key || !*key || input_unknown(control->input, "key")) {
        text_puts(&control->why, "give {\"key\": \"…\"}");
        return -EINVAL;
    }
    char *copy = strdup(key);
    if (!copy)
        return -ENOMEM;
    free(control->sandbox->key);
    control->sandbox->key = copy;
    text_puts(control->out, "{}");
    return 0;
}

static int latency_put(struct control *control)
{
    const cJSON *ms = cJSON_GetObjectItemCaseSensitive(control->input, "ms");
    uint64_t latency;

    if (!input_integer(ms, &latency) || latency > MAX_LATENCY ||
        input_unknown(control->input, "ms")) {
        text_puts(&control->why, "give {\"ms\": N}, an hour at most");
        return -EINVAL;
    }
    control->sandbox->latency_ms = latency;
    text_printf(control->out, "{\"ms\":%llu}", (unsigned long long)latency);
    return 0;
}

static int changes_post(struct control *control)
{
    int err = account_change(control->sandbox->account, control->input, &control->why);

    text_printf(control->out, "{\"applied\":%d}", cJSON_GetArraySize(control->input));
    return err;
}

static int changes_delete(struct control *control)
{
    text_puts(control->out, "{}");
    return account_reset(control->sandbox->account);
}

static int faults_get(struct control *control)
{
    return faults_write(control->sandbox->faults, control->out);
}

static int faults_post(struct control *control)
{
    int err = faults_add(control->sandbox->faults, control->input, &control->why);

    text_printf(control->out, "{\"rules\":%zu}", faults_count(control->sandbox->faults));
    return err;
}

static int faults_delete(struct control *control)
{
    faults_clear(control->sandbox->faults);
    text_puts(control->out, "{}");
    return 0;
}

static int noise_get(struct control *control)
{
    return noise_write(control->sandbox->noise, control->out);
}

static int noise_put(struct control *control)
{
    text_puts(control->out, "{}");
    return noise_set(control->sandbox->noise, control->input, &control->why);
}

static const struct operation {
    const char *method;
    const char *path;
    bool input;
    int (*run)(struct control *);
} operations[] = {
    {"GET", "/control/calls", false, calls_get},
    {"DELETE", "/control/calls", false, calls_delete},
    {"PUT", "/control/key", true, key_put},
    {"PUT", "/control/latency", true, latency_put},
    {"POST", "/control/changes", true, changes_post},
    {"DELETE", "/control/changes", false, changes_delete},
    {"GET", "/control/faults", false, faults_get},
    {"POST", "/control/faults", true, faults_post},
    {"DELETE", "/control/faults", false, faults_delete},
    {"GET", "/control/noise", false, noise_get},
    {"PUT", "/control/noise", true, noise_put},
};

/* NULL with the answer filled in if there is none. */
static const struct operation *operation_find(const char *method, const char *path,
                                              struct answer *answer)
{
    unsigned status = 404;

    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].path, path) != 0)
            continue;
        if (strcmp(operations[i].method, method) == 0)
            return &operations[i];
        status = 405;
    }
    answer_refusal(answer, status, status == 405 ? "not by this method" : "no such control");
    return NULL;
}

static void operation_run(const struct operation *operation, struct control *control,
                          struct answer *answer)
{
    pthread_mutex_lock(&control->sandbox->lock);
    int err = operation->run(control);
    pthread_mutex_unlock(&control->sandbox->lock);
    if (err == 0)
        return;
    char *why = text_take(&control->why, NULL);
    if (err == -EINVAL)
        answer_refusal(answer, 400, why ? why : "bad input");
    else
        answer_refusal(answer, 500, "out of memory");
    free(why);
}

void control_answer(struct sandbox *sandbox, const char *method, const char *path,
                    const char *body, struct answer *answer)
{
    const struct operation *operation = operation_find(method, path, answer);
    struct control control = {.sandbox = sandbox, .out = &answer->body};

    if (!operation)
        return;
    cJSON *input = operation->input ? cJSON_ParseWithOpts(body, NULL, true) : NULL;
    if (operation->input && !input) {
        answer_refusal(answer, 400, "the body is not JSON");
        return;
    }
    control.input = input;
    text_init(&control.why, WHY_LIMIT);
    operation_run(operation, &control, answer);
    text_finish(&control.why);
    cJSON_Delete(input);
}
