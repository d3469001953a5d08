#include "sandbox/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/api.h"

#define WHY_LIMIT 4096u

/* What was decided when the call came in. */
struct reception {
    bool authorized;
    enum limit_verdict verdict;
    uint64_t retry_after;
    uint64_t delay_ms;
};

/* Spoilt answers count for nothing, so that the counts are the same with them and without. */
static void admit(struct sandbox *sandbox, const struct service_call *call,
                  struct reception *reception)
{
    calls_count(sandbox->calls, call->target, strlen(call->path));
    if (reception->authorized)
        reception->verdict = limit_admit(sandbox->limit, halt_clock(), &reception->retry_after);
}

static void receive(struct sandbox *sandbox, const struct service_call *call,
                    struct reception *reception, struct fault **fault)
{
    pthread_mutex_lock(&sandbox->lock);
    *reception = (struct reception){
        .authorized = call->key && strcmp(call->key, sandbox->key) == 0,
    };
    calls_enter(sandbox->calls);
    *fault = faults_pick(sandbox->faults, call->path, call->query);
    struct fault *noise = call->calm ? NULL : noise_pick(sandbox->noise, call->target, *fault);
    if (noise)
        *fault = noise;
    else
        admit(sandbox, call, reception);
    reception->delay_ms = sandbox->latency_ms;
    if (*fault)
        reception->delay_ms += (uint64_t)(fault_effect(*fault)->stall * 1000);
    pthread_mutex_unlock(&sandbox->lock);
}

/* Whoever planted the change reads of its failure in the list of rules. */
static void change(struct sandbox *sandbox, struct fault *fault, const cJSON *changes)
{
    struct text why;

    if (!changes)
        return;
    text_init(&why, WHY_LIMIT);
    if (account_change(sandbox->account, changes, &why) < 0) {
        char *problem = text_take(&why, NULL);
        fault_problem(fault, problem && *problem ? problem : "out of memory");
        fprintf(stderr, "qpfs-sandbox: a fault's change: %s\n", problem ? problem : "?");
        free(problem);
    }
    text_finish(&why);
}

static void answer_properly(struct sandbox *sandbox, const struct service_call *call,
                            const struct reception *reception,
                            const struct fault_effect *effect, struct answer *answer)
{
    struct api_call api = {
        .account = sandbox->account,
        .path = call->path,
        .page = call->page,
        .per_page = call->per_page,
        .page_max = sandbox->options->page_max,
        .page_max_silent = sandbox->options->page_max_silent,
        .effect = effect,
        .request = sandbox->requests++,
    };

    if (!reception->authorized) {
        answer_error(answer, 401);
    } else if (reception->verdict == LIMIT_ALLOWANCE) {
        answer_exhausted(answer);
    } else if (reception->verdict == LIMIT_RATE) {
        answer_error(answer, 429);
        answer->retry_after = reception->retry_after;
    } else if (!call->is_get) {
        answer_error(answer, 405);
    } else {
        api_answer(&api, answer);
    }
}

static bool replaces_body(const struct fault_effect *effect)
{
    return effect->body || (effect->status != FAULT_UNSET && effect->status >= 300);
}

static void answer_faulty(const struct fault_effect *effect, struct answer *answer)
{
    if (effect->status != FAULT_UNSET)
        answer_error(answer, (unsigned)effect->status);
    if (effect->body) {
        text_finish(&answer->body);
        text_puts(&answer->body, effect->body);
    }
}

bool service_answer(struct sandbox *sandbox, const struct service_call *call,
                    struct answer *answer, struct fault **fault)
{
    struct reception reception;

    receive(sandbox, call, &reception, fault);
    const struct fault_effect *effect = *fault ? fault_effect(*fault) : NULL;
    if (reception.delay_ms > 0 && !halt_wait(sandbox->halt, reception.delay_ms))
        return false;
    pthread_mutex_lock(&sandbox->lock);
    if (effect)
        change(sandbox, *fault, effect->change);
    if (effect && replaces_body(effect))
        answer_faulty(effect, answer);
    else
        answer_properly(sandbox, call, &reception, effect, answer);
    if (effect && effect->status != FAULT_UNSET)
        answer->status = (unsigned)effect->status;
    if (effect)
        change(sandbox, *fault, effect->change_after);
    pthread_mutex_unlock(&sandbox->lock);
    return !(effect && effect->close);
}

void service_forget(struct sandbox *sandbox, struct fault *fault)
{
    if (!fault)
        return;
    pthread_mutex_lock(&sandbox->lock);
    fault_release(fault);
    pthread_mutex_unlock(&sandbox->lock);
}

void service_leave(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    calls_leave(sandbox->calls);
    pthread_mutex_unlock(&sandbox->lock);
}

void service_connection(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    calls_connection(sandbox->calls);
    pthread_mutex_unlock(&sandbox->lock);
}
