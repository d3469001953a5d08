#include "api/client.h"

#include <errno.h>
#include <stdlib.h>

#include "api/client_parts.h"
#include "base/clock.h"
#include "json/tidy.h"

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
        .proxy = options->proxy,
        .timeout_ms = options->timeout_ms,
    };
    client->loop = loop;
    client->timeout_ms = options->timeout_ms;
    client->rate = options->rate;
    client->max_calls = options->max_calls;
    client->ledger = options->ledger;
    client->refused = options->refused;
    client->data = options->data;
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

void client_listen(struct client *client, client_heard_fn *heard, void *data)
{
    client->heard = heard;
    client->heard_data = data;
}

struct loop *client_loop(const struct client *client)
{
    return client->loop;
}

void client_renew_connections(struct client *client)
{
    transfers_renew_connections(client->transfers);
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

bool client_is_held(const struct client *client)
{
    return bucket_held_ms(client->bucket, clock_ms()) > 0;
}

void client_try_anew(struct client *client)
{
    circuit_reset(&client->circuit);
}

void client_set_key(struct client *client, const char *key)
{
    transfers_set_key(client->transfers, key);
    client->key_number++;
    client_try_anew(client);
}

bool client_key_is_refused(const struct client *client)
{
    return client->circuit.trouble == CIRCUIT_REFUSED;
}

const struct ledger *client_ledger(const struct client *client)
{
    return client->ledger;
}

void client_dispatch_soon(struct client *client, int64_t delay_ms)
{
    loop_timer_start(client->loop, &client->dispatch, delay_ms, client_dispatch, client);
}

/* Why no call may be made any more, or NULL. */
static const char *client_refusal(struct client *client)
{
    if (client->max_calls && client->requests >= client->max_calls)
        return "the option max_calls allows no more calls";
    return ledger_refusal(client->ledger);
}

static void client_block(struct client *client, struct call *call, const struct answer *answer)
{
    struct answer copy = *answer;
    copy.untried = call->tries == 0;
    circuit_refused(&client->circuit, clock_ms());
    call_end(call, &copy);
}

/* Of those in the queue. */
static void client_set_times(struct client *client)
{
    bool held = bucket_held_ms(client->bucket, clock_ms()) > 0;
    struct call *call;
    TAILQ_FOREACH(call, &client->queue, link) {
        if (held)
            call_run_time(call);
        else
            call_stop_time(call);
    }
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
    if (call->silent && (refusal || blocked || in_vain))
        return true; /* there is no other try; the first one may be answered yet */
    if (refusal)
        call_refuse(call, -EDQUOT, refusal);
    else if (blocked)
        client_block(client, call, blocked);
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
