/* Makes one call: its time, its tries, and what is learnt from it. */
#include "api/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "api/endpoint.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/objects.h"

/* Tries after the first one, for what may pass by itself. */
#define CALL_RETRIES 3

/* The most for which all calls are held back, whatever a single answer says. */
#define CALL_HOLD_MAX_MS 60000

#define CALL_BACKOFF_MS    500
#define CALL_DOUBLINGS_MAX 4

/*
 * A call is in the queue, or has a transfer, or waits for its retry timer. Besides, or alone,
 * it may have a silent transfer. Its time
 *   - runs while it has a transfer, silent or not, and while it waits for the timer;
 *   - runs in the queue while the service holds all calls back;
 *   - stands still in the queue while the call waits for its turn by our own rate.
 */
struct call {
    struct client *client;
    struct queue_ticket ticket;
    struct transfer *transfer;
    struct transfer *silent; /* of a try before, which may be answered yet */
    enum endpoint_name endpoint;
    struct loop_timer deadline;
    struct loop_timer retry;
    bool asked_again;    /* that has been done once */
    bool anew;           /* no cache in between may answer */
    bool probe;          /* the one that tries whether the service answers again */
    bool time_runs;      /* until deadline_ms; or left_ms is left of it */
    int64_t deadline_ms; /* clock_ms() */
    int64_t left_ms;
    int64_t held_ms; /* the part of its time that holds took before it was first sent */
    unsigned tries;
    unsigned key_number; /* of the key that it was last sent with */
    unsigned silent_key; /* of the key that `silent` was sent with */
    bool has_new_key;    /* it was refused, and tried once more with another key */
    struct answer last;  /* of the try before, without its body */
    call_done_fn *done;
    void *data;
    char path[ENDPOINT_PATH_MAX];
};

int64_t call_backoff_ms(unsigned try, uint32_t random)
{
    unsigned doublings = try > 1 ? try - 1 : 0;
    if (doublings > CALL_DOUBLINGS_MAX)
        doublings = CALL_DOUBLINGS_MAX;
    int64_t whole = (int64_t)CALL_BACKOFF_MS << doublings;
    return whole / 2 + (int64_t)(random % (uint32_t)(whole / 2 + 1));
}

/* Return whether the last try had the key that is used now. */
static bool call_has_current_key(const struct call *call)
{
    return call->key_number == call->client->key_number;
}

/* Take back the try that was counted last: the service has not seen it. */
static void call_take_back(struct call *call)
{
    call->client->queue.requests--;
    if (call_has_current_key(call)) /* else another ledger has it */
        ledger_take_back(call->client->queue.ledger);
}

/* Give up *TRANSFER, if there is one. Return false if its request never left this machine. */
static bool call_drop(struct call *call, struct transfer **transfer)
{
    if (!*transfer)
        return true;
    bool sent = transfer_cancel(*transfer);
    *transfer = NULL;
    if (sent)
        call->client->meter.calls[call->endpoint]++;
    return sent;
}

void call_cancel(struct call *call)
{
    if (!call)
        return;
    if (call->probe)
        circuit_abandoned(&call->client->queue.circuit);
    queue_leave(&call->client->queue, &call->ticket);
    loop_timer_stop(&call->retry);
    loop_timer_stop(&call->deadline);
    if (!call_drop(call, &call->transfer))
        call_take_back(call);
    call_drop(call, &call->silent);
    free(call);
    objects_remove(OBJECTS_CALL);
}

/* End CALL: nothing is learnt from it. */
static void call_end(struct call *call, const struct answer *answer)
{
    call_done_fn *done = call->done;
    void *data = call->data;
    call_cancel(call);
    done(data, answer);
}

/* Tell the circuit what the end of a call, with all its tries, says about the service. Calls
 * that were never sent say nothing. */
static void call_tell_circuit(struct call *call, const struct answer *answer)
{
    if (call->tries == 0 || !call_has_current_key(call))
        return;
    queue_note_end(&call->client->queue, call->probe, answer);
    call->probe = false;
}

/* After the key was refused, a call that fails in another way gets that refusal as its answer:
 * the failure is no reason to show anything old. */
static void call_finish(struct call *call, const struct answer *answer)
{
    call_tell_circuit(call, answer);
    const struct answer *verdict = circuit_verdict(&call->client->queue.circuit);
    call_end(call, answer->error && verdict ? verdict : answer);
}

/* If there was an answer, it says more than that the time was over. */
static void call_on_deadline(void *data)
{
    struct call *call = data;
    struct answer answer;
    if (call->transfer)
        transfer_doubt(call->transfer);
    if (call->transfer || call->silent)
        meter_errors_add(&call->client->meter.errors, -ETIMEDOUT);
    if (call->last.error) {
        answer = call->last;
        call_finish(call, &answer);
    } else if (call->ticket.waits && !call->silent) {
        answer_fail(&answer, -EAGAIN, false, QUEUE_HELD);
        call_end(call, &answer);
    } else {
        answer_fail(&answer, -ETIMEDOUT, false, "no answer within the timeout");
        call_finish(call, &answer);
    }
}

static void call_run_time(struct call *call)
{
    if (call->time_runs)
        return;
    call->time_runs = true;
    call->deadline_ms = clock_ms() + call->left_ms;
    loop_timer_start(call->client->queue.loop, &call->deadline, call->left_ms, call_on_deadline,
                     call);
}

static void call_stop_time(struct call *call)
{
    if (!call->time_runs || call->silent)
        return;
    call->time_runs = false;
    call->left_ms = call->deadline_ms - clock_ms();
    loop_timer_stop(&call->deadline);
}

/* A 429 came for CALL: what it waited for holds before counts as well. */
static void call_count_hold(struct call *call)
{
    call->left_ms = call->deadline_ms - clock_ms() - call->held_ms;
    call->held_ms = 0;
    call->time_runs = false;
    call_run_time(call);
}

/* -------- the queue -------- */

static void call_send(void *data);

/* If a try is under way that may still be answered, wait for that alone. */
static void call_on_refusal(void *data, const struct answer *answer)
{
    struct call *call = data;
    struct answer copy = *answer;
    if (call->silent)
        return;
    copy.untried = copy.untried && call->tries == 0;
    call_end(call, &copy);
}

static bool call_on_hold(void *data, int64_t until_ms)
{
    struct call *call = data;
    if (until_ms == 0)
        call_stop_time(call);
    else
        call_run_time(call);
    return until_ms < call->deadline_ms;
}

static const struct queue_events call_queue_events = {
    .go = call_send,
    .refuse = call_on_refusal,
    .hold = call_on_hold,
};

static void call_enqueue(void *data)
{
    struct call *call = data;
    queue_enter(&call->client->queue, &call->ticket, &call_queue_events, call);
}

/* -------- answers -------- */

/* Return how long to wait after ANSWER, failure number TRIES. */
static int64_t call_retry_delay_ms(const struct answer *answer, unsigned tries)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = (uint32_t)clock_ms();
    int64_t delay = call_backoff_ms(tries, random);
    return answer->wait_ms > delay ? answer->wait_ms : delay;
}

/* Being over the rate passes by waiting and nothing else, so only the deadline ends that. */
static bool call_may_retry(const struct call *call, const struct answer *answer)
{
    return answer->transient && !call->probe &&
           (answer->over_rate || call->tries <= CALL_RETRIES);
}

/* An answer that a cache has kept was made as much earlier as the cache says. */
static void call_compare_clocks(struct client *client, const struct answer *answer)
{
    if (answer->date == 0)
        return;
    client->clock_known = true;
    client->clock_ahead_s = (int64_t)(time(NULL) - answer->date) - answer->freshness.age_s;
}

/* Return whether CALL, which the key was refused to, is to be tried with another one. */
static bool call_gets_new_key(struct call *call, const struct answer *answer)
{
    struct client *client = call->client;
    bool refused = answer->status == 401, used_up = answer->error == -EDQUOT;
    bool current = call_has_current_key(call);
    if (call->has_new_key || !(refused || (used_up && !current)))
        return false;
    if (current && !(client->key_refused && client->key_refused(client->key_refused_data)))
        return false;
    call->has_new_key = true;
    call->probe = false; /* what was learnt of the key of before is forgotten */
    return true;
}

/* Return whether another try of CALL may still succeed, after ANSWER to the one that was
 * silent. A 401 may be about the key of before. So is any answer, such as that its allowance is
 * used up, where there is another key by now. */
static bool call_waits_on(const struct call *call, const struct answer *answer)
{
    bool other = call->transfer || call->ticket.waits || call->retry.loop;
    bool other_key = call->silent_key != call->client->key_number;
    bool may_differ =
        answer->transient || answer->status == 401 || answer->error == -ENOMEM || other_key;
    return answer->error && may_differ && answer->doubted && other;
}

static void call_on_answer(void *data, struct answer *answer)
{
    struct call *call = data;
    struct client *client = call->client;
    *(answer->doubted ? &call->silent : &call->transfer) = NULL;
    if (client->heard)
        client->heard(client->heard_data, call->path, answer);
    call_compare_clocks(client, answer);
    meter_add_answer(&client->meter, answer);
    if (!answer->unsent)
        client->meter.calls[call->endpoint]++;
    log_debug("%s: try %u: %s (%zu bytes)", call->path, call->tries,
              answer->error ? answer->why : "HTTP 200", answer->size);
    queue_hear(&client->queue, &call->ticket, answer->over_rate);
    int64_t delay = call_retry_delay_ms(answer, call->tries);
    /* The pause for all calls grows with the 429s in a row, of any call. */
    if (answer->over_rate) {
        int64_t hold_ms = call_retry_delay_ms(answer, client->queue.holds);
        queue_hold(&client->queue, hold_ms < CALL_HOLD_MAX_MS ? hold_ms : CALL_HOLD_MAX_MS);
        delay = delay > hold_ms ? delay : hold_ms;
    }
    if (call_waits_on(call, answer))
        return;
    if (answer->over_rate)
        call_count_hold(call);
    if (answer->unsent)
        call_take_back(call);
    if (answer->error == -EDQUOT && call_has_current_key(call))
        ledger_hear_refusal(client->queue.ledger);
    bool new_key = call_gets_new_key(call, answer);
    if (new_key)
        delay = 0;
    if (!(new_key || call_may_retry(call, answer)) || clock_ms() + delay >= call->deadline_ms) {
        call_finish(call, answer);
        return;
    }
    call->anew = call->anew || answer->in_200; /* a cache may keep such an error */
    call->last = *answer;
    answer_forget_body(&call->last);
    loop_timer_start(client->queue.loop, &call->retry, delay, call_enqueue, call);
}

static void call_on_resent(void *data)
{
    struct call *call = data;
    queue_count(&call->client->queue);
    call->client->meter.calls[call->endpoint]++;
}

/* The first try may have been sent, or not; it was counted. */
static void call_on_silence(void *data)
{
    struct call *call = data;
    log_debug("%s: try %u: nothing comes over a connection that was used before; it is asked "
              "for over a new one as well",
              call->path, call->tries);
    call->silent = call->transfer;
    call->silent_key = call->key_number;
    call->transfer = NULL;
    call->asked_again = true;
    call_enqueue(call);
}

static const struct transfer_events call_events = {
    .done = call_on_answer,
    .resent = call_on_resent,
    .again = call_on_silence,
};
static const struct transfer_events call_events_waiting = {
    .done = call_on_answer,
    .resent = call_on_resent,
};

static void call_send(void *data)
{
    struct call *call = data;
    struct client *client = call->client;
    call->probe = circuit_begin(&client->queue.circuit);
    queue_count(&client->queue);
    call->key_number = client->key_number;
    if (call->tries++ == 0) { /* what it waited before is no time for its answer */
        call_stop_time(call);
        call->held_ms = client->timeout_ms - call->left_ms;
        call->left_ms = client->timeout_ms;
    }
    call_run_time(call);
    call->transfer =
        transfer_start(client->transfers, call->path, call->anew,
                       call->asked_again ? &call_events_waiting : &call_events, call);
    if (!call->transfer) {
        struct answer answer;
        answer_fail(&answer, -ENOMEM, false, "out of memory");
        call_take_back(call);
        call_end(call, &answer);
    }
}

struct call *call_create(struct client *client, enum endpoint_name endpoint, const char *path,
                         bool anew, call_done_fn *done, void *data)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->client = client;
    call->endpoint = endpoint;
    call->anew = anew;
    call->done = done;
    call->data = data;
    strncpy(call->path, path, sizeof call->path - 1);
    call->left_ms = client->timeout_ms;
    call_enqueue(call);
    objects_add(OBJECTS_CALL);
    return call;
}
