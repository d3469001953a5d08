/* One call, from when it is asked for until its end: its time, its tries, what is learnt. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "api/backoff.h"
#include "api/client_parts.h"
#include "base/clock.h"
#include "base/live.h"
#include "base/log.h"

/* Tries after the first one, for what may pass by itself. */
#define CALL_RETRIES 3

/* For no longer are all calls held back, whatever a single answer says. */
#define CLIENT_HOLD_MAX_MS 60000

/* Whether the last try had the key that is used now. */
static bool call_has_current_key(const struct call *call)
{
    return call->key_number == call->client->key_number;
}

/* The service has not seen the try that was counted last. */
static void call_take_back(struct call *call)
{
    call->client->requests--;
    if (call_has_current_key(call)) /* else another ledger has it */
        ledger_take_back(call->client->ledger);
}

/* Takes the call out of whatever it is in; it stays the caller's to free or to put elsewhere.
 */
static void call_detach(struct call *call)
{
    if (call->queued)
        TAILQ_REMOVE(&call->client->queue, call, link);
    call->queued = false;
    loop_timer_stop(&call->retry);
    if (!transfer_cancel(call->transfer))
        call_take_back(call);
    call->transfer = NULL;
    transfer_cancel(call->silent);
    call->silent = NULL;
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

void call_end(struct call *call, const struct answer *answer)
{
    call_done_fn *done = call->done;
    void *data = call->data;
    call_cancel(call);
    done(data, answer);
}

void call_refuse(struct call *call, int error, const char *why)
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
    if (call->tries == 0 || !call_has_current_key(call))
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
    if (call->transfer)
        transfer_doubt(call->transfer);
    if (call->last.error) {
        struct answer last = call->last;
        call_finish(call, &last);
    } else if (call->queued && !call->silent) {
        call_refuse(call, -EAGAIN, CLIENT_HELD);
    } else {
        call_fail(call, -ETIMEDOUT, "no answer within the timeout");
    }
}

void call_run_time(struct call *call)
{
    if (call->time_runs)
        return;
    call->time_runs = true;
    call->deadline_ms = clock_ms() + call->left_ms;
    loop_timer_start(call->client->loop, &call->deadline, call->left_ms, call_on_deadline,
                     call);
}

void call_stop_time(struct call *call)
{
    if (!call->time_runs || call->silent)
        return;
    call->time_runs = false;
    call->left_ms = call->deadline_ms - clock_ms();
    loop_timer_stop(&call->deadline);
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

/* Whether CALL, which the key was refused to, is to be tried with another one. */
static bool call_gets_new_key(struct call *call, const struct answer *answer)
{
    struct client *client = call->client;
    bool refused = answer->status == 401, used_up = answer->error == -EDQUOT;
    bool current = call_has_current_key(call);
    if (call->has_new_key || !(refused || (used_up && !current)))
        return false;
    if (current && !(client->refused && client->refused(client->data)))
        return false;
    call->has_new_key = true;
    call->probe = false; /* what was learnt of the key of before is forgotten */
    return true;
}

/* Whether another try of CALL may still succeed, after ANSWER to the one that was silent. A 401
 * may be about the key of before. */
static bool call_waits_on(const struct call *call, const struct answer *answer)
{
    bool other = call->transfer || call->queued || call->retry.loop;
    bool may_differ = answer->passing || answer->status == 401;
    return answer->error && may_differ && answer->doubted && other;
}

static void call_on_answer(void *data, struct answer *answer)
{
    struct call *call = data;
    *(answer->doubted ? &call->silent : &call->transfer) = NULL;
    if (call->client->heard)
        call->client->heard(call->client->heard_data, call->path, answer);
    client_compare_clocks(call->client, answer);
    log_debug("%s: try %u: %s (%zu bytes)", call->path, call->tries,
              answer->error ? answer->why : "HTTP 200", answer->size);
    int64_t delay = call_retry_delay_ms(call, answer);
    if (answer->over_rate)
        client_hold(call->client, delay < CLIENT_HOLD_MAX_MS ? delay : CLIENT_HOLD_MAX_MS);
    if (call_waits_on(call, answer))
        return;
    if (answer->unsent)
        call_take_back(call);
    if (answer->error == -EDQUOT && call_has_current_key(call))
        ledger_hear_refusal(call->client->ledger);
    bool new_key = call_gets_new_key(call, answer);
    if (new_key)
        delay = 0;
    if (!(new_key || call_may_retry(call, answer)) || clock_ms() + delay >= call->deadline_ms) {
        call_finish(call, answer);
        return;
    }
    call->last = *answer;
    call->last.body = NULL;
    call->last.size = 0;
    loop_timer_start(call->client->loop, &call->retry, delay, call_on_retry, call);
}

static void call_count(void *data)
{
    struct client *client = ((struct call *)data)->client;
    client->requests++;
    ledger_count(client->ledger);
}

/* The first try may have been sent, or not; it was counted. */
static void call_on_silence(void *data)
{
    struct call *call = data;
    log_debug("%s: try %u: nothing comes over a connection that was used before; it is asked "
              "for over a new one as well",
              call->path, call->tries);
    call->silent = call->transfer;
    call->transfer = NULL;
    call->asked_again = true;
    call_enqueue(call);
}

static const struct transfer_events call_events = {
    .done = call_on_answer,
    .resent = call_count,
    .again = call_on_silence,
};
static const struct transfer_events call_events_waiting = {
    .done = call_on_answer,
    .resent = call_count,
};

void call_send(struct call *call)
{
    struct client *client = call->client;
    call->probe = circuit_begin(&client->circuit);
    bucket_take(client->bucket, clock_ms());
    call_count(call);
    call->key_number = client->key_number;
    if (call->tries++ == 0) { /* what it waited before is no time for its answer */
        call_stop_time(call);
        call->left_ms = client->timeout_ms;
    }
    call_run_time(call);
    call->transfer =
        transfer_start(client->transfers, call->path,
                       call->asked_again ? &call_events_waiting : &call_events, call);
    if (!call->transfer) {
        call_take_back(call);
        call_refuse(call, -ENOMEM, "out of memory");
    }
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
