#include "api/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "api/backoff.h"
#include "api/bucket.h"
#include "api/circuit.h"
#include "api/endpoint.h"
#include "api/transfer.h"
#include "base/clock.h"
#include "base/live.h"
#include "base/log.h"
#include "json/tidy.h"

/* Tries after the first one, for what may pass by itself. */
#define CALL_RETRIES 3

/* For no longer are all calls held back, whatever a single answer says. */
#define CLIENT_HOLD_MAX_MS 60000

#define CLIENT_HELD                                                                            \
    "no call was free within the timeout: the service says that there are too many a minute; " \
    "see the option rate"

TAILQ_HEAD(call_queue, call);

struct client {
    struct loop *loop;
    struct transfers *transfers;
    struct bucket *bucket;
    struct circuit circuit;
    struct call_queue queue;    /* those that wait for a token, first come, first served */
    struct loop_timer dispatch; /* runs when the first of them may go */
    int64_t timeout_ms;
    unsigned rate;
    uint64_t max_calls;
    struct ledger *ledger;
    uint64_t requests;
    bool clock_known; /* an answer came with a date */
    int64_t clock_ahead_s;
};

/*
 * A call is in the queue, or has a transfer, or waits for its retry timer. In the last two its
 * time runs. In the queue it stands still while the call waits for its turn by our own rate,
 * which takes as long as it takes; it runs while the service holds all calls back.
 */
struct call {
    TAILQ_ENTRY(call) link;
    struct client *client;
    struct transfer *transfer;
    struct loop_timer deadline;
    struct loop_timer retry;
    bool queued;
    bool probe;          /* the one that tries whether the service answers again */
    bool time_runs;      /* until deadline_ms; or left_ms is left of it */
    int64_t deadline_ms; /* clock_ms() */
    int64_t left_ms;
    unsigned tries;
    struct answer last; /* of the try before, without its body */
    call_done_fn *done;
    void *data;
    char path[ENDPOINT_PATH_MAX];
};

static void client_dispatch(void *data);

struct client *client_create(struct loop *loop, const struct client_options *options)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    struct transfers_options transfers_options = {
        .base_url = options->base_url,
        .key = options->key,
        .cacert = options->cacert,
    };
    client->loop = loop;
    client->timeout_ms = options->timeout_ms;
    client->rate = options->rate;
    client->max_calls = options->max_calls;
    client->ledger = options->ledger;
    TAILQ_INIT(&client->queue);
    tidy_json();
    client->bucket = bucket_create(options->rate);
    client->transfers = transfers_create(loop, &transfers_options);
    if (!client->bucket || !client->transfers) {
        client_destroy(client);
        return NULL;
    }
    return client;
}

void client_destroy(struct client *client)
{
    if (!client)
        return;
    loop_timer_stop(&client->dispatch);
    transfers_destroy(client->transfers);
    bucket_destroy(client->bucket);
    free(client);
}

struct loop *client_loop(const struct client *client)
{
    return client->loop;
}

uint64_t client_requests(const struct client *client)
{
    return client->requests;
}

bool client_clock_ahead(const struct client *client, int64_t *seconds)
{
    *seconds = client->clock_ahead_s;
    return client->clock_known;
}

unsigned client_last_minute(const struct client *client)
{
    return bucket_taken(client->bucket, clock_ms());
}

unsigned client_rate(const struct client *client)
{
    return client->rate;
}

uint64_t client_max_calls(const struct client *client)
{
    return client->max_calls;
}

bool client_waits_for_rate(const struct client *client)
{
    int64_t now = clock_ms();
    return !TAILQ_EMPTY(&client->queue) && bucket_held_ms(client->bucket, now) == 0 &&
           bucket_wait_ms(client->bucket, now) > 0;
}

void client_try_anew(struct client *client)
{
    circuit_reset(&client->circuit);
}

const struct ledger *client_ledger(const struct client *client)
{
    return client->ledger;
}

static void client_dispatch_soon(struct client *client, int64_t delay_ms)
{
    loop_timer_start(client->loop, &client->dispatch, delay_ms, client_dispatch, client);
}

/* Takes the call out of whatever it is in; it stays the caller's to free or to put elsewhere.
 */
static void call_detach(struct call *call)
{
    if (call->queued)
        TAILQ_REMOVE(&call->client->queue, call, link);
    call->queued = false;
    loop_timer_stop(&call->retry);
    transfer_cancel(call->transfer);
    call->transfer = NULL;
}

void call_cancel(struct call *call)
{
    if (!call)
        return;
    if (call->probe)
        circuit_abandoned(&call->client->circuit);
    call_detach(call);
    loop_timer_stop(&call->deadline);
    free(call);
    live_gone(LIVE_CALL);
}

/* For calls that are not sent, or not again: nothing is learnt from them. */
static void call_end(struct call *call, const struct answer *answer)
{
    call_done_fn *done = call->done;
    void *data = call->data;
    call_cancel(call);
    done(data, answer);
}

static void call_refuse(struct call *call, int error, const char *why)
{
    struct answer answer;
    answer_fail(&answer, error, false, why);
    call_end(call, &answer);
}

/* What the end of a call, with all its tries, says about the service. Calls that were never
 * sent say nothing. */
static void call_tell_circuit(struct call *call, const struct answer *answer)
{
    struct client *client = call->client;
    if (call->tries == 0)
        return;
    circuit_ended(&client->circuit, clock_ms(), call->probe, answer);
    call->probe = false;
    if (circuit_blocks(&client->circuit, clock_ms()) && !TAILQ_EMPTY(&client->queue))
        client_dispatch_soon(client, 0);
}

/* What failed otherwise after the key was refused is no reason to show anything old. */
static void call_finish(struct call *call, const struct answer *answer)
{
    call_tell_circuit(call, answer);
    const struct answer *verdict = circuit_verdict(&call->client->circuit);
    call_end(call, answer->error && verdict ? verdict : answer);
}

static void call_fail(struct call *call, int error, const char *why)
{
    struct answer answer;
    answer_fail(&answer, error, false, why);
    call_finish(call, &answer);
}

/* The last answer says more than that the time was over, if there was one. */
static void call_on_deadline(void *data)
{
    struct call *call = data;
    if (call->last.error) {
        struct answer last = call->last;
        call_finish(call, &last);
    } else if (call->queued) {
        call_refuse(call, -EAGAIN, CLIENT_HELD);
    } else {
        call_fail(call, -ETIMEDOUT, "no answer within the timeout");
    }
}

static void call_run_time(struct call *call)
{
    if (call->time_runs)
        return;
    call->time_runs = true;
    call->deadline_ms = clock_ms() + call->left_ms;
    loop_timer_start(call->client->loop, &call->deadline, call->left_ms, call_on_deadline,
                     call);
}

static void call_stop_time(struct call *call)
{
    if (!call->time_runs)
        return;
    call->time_runs = false;
    call->left_ms = call->deadline_ms - clock_ms();
    loop_timer_stop(&call->deadline);
}

/* Of those in the queue. */
static void client_set_times(struct client *client)
{
    bool held = bucket_held_ms(client->bucket, clock_ms()) > 0;
    struct call *call;
    TAILQ_FOREACH(call, &client->queue, link)
    {
        if (held)
            call_run_time(call);
        else
            call_stop_time(call);
    }
}

static void call_enqueue(struct call *call)
{
    TAILQ_INSERT_TAIL(&call->client->queue, call, link);
    call->queued = true;
    client_dispatch_soon(call->client, 0);
}

static void call_on_retry(void *data)
{
    call_enqueue(data);
}

static int64_t call_retry_delay_ms(const struct call *call, const struct answer *answer)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = (uint32_t)clock_ms();
    int64_t delay = backoff_ms(call->tries, random);
    return answer->wait_ms > delay ? answer->wait_ms : delay;
}

/* Being over the rate passes by waiting and nothing else, so only the deadline ends that. */
static bool call_may_retry(const struct call *call, const struct answer *answer)
{
    return answer->passing && !call->probe &&
           (answer->over_rate || call->tries <= CALL_RETRIES);
}

/* What a cache in between has kept was made as much earlier as it says. */
static void client_compare_clocks(struct client *client, const struct answer *answer)
{
    if (answer->date == 0)
        return;
    client->clock_known = true;
    client->clock_ahead_s = (int64_t)(time(NULL) - answer->date) - answer->freshness.age_s;
}

static void client_hold(struct client *client, int64_t hold_ms)
{
    bucket_hold(client->bucket, clock_ms() + hold_ms);
    client_dispatch_soon(client, 0);
}

static void call_on_answer(void *data, struct answer *answer)
{
    struct call *call = data;
    call->transfer = NULL;
    client_compare_clocks(call->client, answer);
    log_debug("%s: try %u: %s (%zu bytes)", call->path, call->tries,
              answer->error ? answer->why : "HTTP 200", answer->size);
    int64_t delay = call_retry_delay_ms(call, answer);
    if (answer->error == -EDQUOT)
        ledger_hear_refusal(call->client->ledger);
    if (answer->over_rate)
        client_hold(call->client, delay < CLIENT_HOLD_MAX_MS ? delay : CLIENT_HOLD_MAX_MS);
    if (!call_may_retry(call, answer) || clock_ms() + delay >= call->deadline_ms) {
        call_finish(call, answer);
        return;
    }
    call->last = *answer;
    call->last.body = NULL;
    call->last.size = 0;
    loop_timer_start(call->client->loop, &call->retry, delay, call_on_retry, call);
}

static void call_send(struct call *call)
{
    struct client *client = call->client;
    call->probe = circuit_begin(&client->circuit);
    bucket_take(client->bucket, clock_ms());
    client->requests++;
    ledger_count(client->ledger);
    if (call->tries++ == 0) { /* what it waited before is no time for its answer */
        call_stop_time(call);
        call->left_ms = client->timeout_ms;
    }
    call_run_time(call);
    call->transfer = transfer_start(client->transfers, call->path,
                                    *call->etag ? call->etag : NULL, call_on_answer, call);
    if (!call->transfer)
        call_refuse(call, -ENOMEM, "out of memory");
}

/* Why no call may be made any more, or NULL. */
static const char *client_refusal(struct client *client)
{
    if (client->max_calls && client->requests >= client->max_calls)
        return "the option max_calls allows no more calls";
    return ledger_refusal(client->ledger);
}

/* Whether CALL, the first of the queue, has left it: it is refused or sent. */
static bool client_serve(struct client *client, struct call *call)
{
    int64_t now = clock_ms();
    int64_t held = bucket_held_ms(client->bucket, now);
    int64_t wait = bucket_wait_ms(client->bucket, now);
    const char *refusal = client_refusal(client);
    const struct answer *blocked = circuit_blocks(&client->circuit, now);
    if (held > 0)
        call_run_time(call);
    bool in_vain = held > 0 && now + held >= call->deadline_ms;
    if (wait > 0 && !refusal && !blocked && !in_vain) {
        client_dispatch_soon(client, held > 0 ? held : wait);
        return false;
    }
    TAILQ_REMOVE(&client->queue, call, link);
    call->queued = false;
    if (refusal)
        call_refuse(call, -EDQUOT, refusal);
    else if (blocked)
        call_end(call, blocked);
    else if (in_vain)
        call_refuse(call, -EAGAIN, CLIENT_HELD);
    else
        call_send(call);
    return true;
}

static void client_dispatch(void *data)
{
    struct client *client = data;
    struct call *call;
    while ((call = TAILQ_FIRST(&client->queue)) && client_serve(client, call))
        ;
    client_set_times(client);
}

struct call *client_get(struct client *client, const char *path, call_done_fn *done, void *data)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->client = client;
    call->done = done;
    call->data = data;
    strncpy(call->path, path, sizeof call->path - 1);
    call->left_ms = client->timeout_ms;
    call_enqueue(call);
    live_born(LIVE_CALL);
    return call;
}
