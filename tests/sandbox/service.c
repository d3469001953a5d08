/* One call of the API from its arrival to its answer: counted, limited, delayed, faulted. */
#include "service.h"

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
    tally_count(sandbox->tally, call->target, strlen(call->path));
    if (reception->authorized)
        reception->verdict = limit_admit(sandbox->limit, halt_clock(), &reception->retry_after);
}

static void receive(struct sandbox *sandbox, const struct service_call *call,
                    struct reception *reception, struct trap **trap)
{
    pthread_mutex_lock(&sandbox->lock);
    *reception = (struct reception){
        .authorized = call->key && strcmp(call->key, sandbox->key) == 0,
    };
    tally_enter(sandbox->tally);
    *trap = traps_pick(sandbox->traps, call->path, call->query);
    struct trap *noise = call->calm ? NULL : noise_pick(sandbox->noise, call->target, *trap);
    if (noise)
        *trap = noise;
    else
        admit(sandbox, call, reception);
    reception->delay_ms = sandbox->latency_ms;
    if (*trap)
        reception->delay_ms += (uint64_t)(trap_effect(*trap)->stall * 1000);
    pthread_mutex_unlock(&sandbox->lock);
}

/* Whoever planted the change reads of its failure in the list of rules. */
static void change(struct sandbox *sandbox, struct trap *trap, const cJSON *changes)
{
    struct draft why;
    if (!changes)
        return;
    draft_init(&why, WHY_LIMIT);
    if (roster_change(sandbox->roster, changes, &why) < 0) {
        char *problem = draft_take(&why, NULL);
        trap_problem(trap, problem && *problem ? problem : "out of memory");
        fprintf(stderr, "qpfs-test-sandbox: a fault's change: %s\n", problem ? problem : "?");
        free(problem);
    }
    draft_finish(&why);
}

/* What makes a list answer otherwise than it should. */
struct bend {
    const struct flags *flags;
    const struct trap_effect *effect; /* NULL: none */
};

static void bend_slice(const void *data, struct api_slice *slice)
{
    const struct bend *bend = data;
    const struct trap_effect *effect = bend->effect;
    if (bend->flags->page_max_silent)
        slice->claimed = slice->asked;
    if (effect && effect->ignore_page)
        slice->page = 1;
    if (effect && effect->ignore_per_page != TRAP_UNSET)
        slice->size = slice->claimed = effect->ignore_per_page;
    slice->pages = api_pages(slice->total, slice->claimed);
    if (effect && effect->lie_total != TRAP_UNSET)
        slice->total = effect->lie_total;
    if (effect && effect->lie_pages != TRAP_UNSET)
        slice->pages = effect->lie_pages;
}

static void answer_properly(struct sandbox *sandbox, const struct service_call *call,
                            const struct reception *reception, const struct trap_effect *effect,
                            struct reply *reply)
{
    const struct bend bend = {sandbox->flags, effect};
    struct api_call api = {
        .source = &roster_source,
        .data = sandbox->roster,
        .path = call->path,
        .page = call->page,
        .per_page = call->per_page,
        .page_max = sandbox->flags->page_max,
        .request = sandbox->requests++,
        .bend = bend_slice,
        .bend_data = &bend,
    };
    if (!reception->authorized) {
        reply_error(reply, 401);
    } else if (reception->verdict == LIMIT_ALLOWANCE) {
        reply_exhausted(reply);
    } else if (reception->verdict == LIMIT_RATE) {
        reply_error(reply, 429);
        reply->retry_after = reception->retry_after;
    } else if (!call->is_get) {
        reply_error(reply, 405);
    } else {
        api_answer(&api, reply);
    }
}

static bool replaces_body(const struct trap_effect *effect)
{
    return effect->body || (effect->status != TRAP_UNSET && effect->status >= 300);
}

static void answer_faulty(const struct trap_effect *effect, struct reply *reply)
{
    if (effect->status != TRAP_UNSET)
        reply_error(reply, (unsigned)effect->status);
    if (effect->body) {
        draft_finish(&reply->body);
        draft_puts(&reply->body, effect->body);
    }
}

bool service_answer(struct sandbox *sandbox, const struct service_call *call,
                    struct reply *reply, struct trap **trap)
{
    struct reception reception;
    receive(sandbox, call, &reception, trap);
    const struct trap_effect *effect = *trap ? trap_effect(*trap) : NULL;
    if (reception.delay_ms > 0 && !halt_wait(sandbox->halt, reception.delay_ms))
        return false;
    pthread_mutex_lock(&sandbox->lock);
    if (effect)
        change(sandbox, *trap, effect->change);
    if (effect && replaces_body(effect))
        answer_faulty(effect, reply);
    else
        answer_properly(sandbox, call, &reception, effect, reply);
    if (effect && effect->status != TRAP_UNSET)
        reply->status = (unsigned)effect->status;
    if (effect)
        change(sandbox, *trap, effect->change_after);
    pthread_mutex_unlock(&sandbox->lock);
    return !(effect && effect->close);
}

void service_forget(struct sandbox *sandbox, struct trap *trap)
{
    if (!trap)
        return;
    pthread_mutex_lock(&sandbox->lock);
    trap_release(trap);
    pthread_mutex_unlock(&sandbox->lock);
}

void service_leave(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    tally_leave(sandbox->tally);
    pthread_mutex_unlock(&sandbox->lock);
}

void service_connection(struct sandbox *sandbox)
{
    pthread_mutex_lock(&sandbox->lock);
    tally_connection(sandbox->tally);
    pthread_mutex_unlock(&sandbox->lock);
}
