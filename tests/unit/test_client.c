/* Tests the client: retries, pauses, deadlines, the count of calls. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/call.h"
#include "api/transfer.h"
#include "fake_clock.h"

/* -------- transfers: they wait until the test answers -------- */

struct transfer {
    const struct transfer_events *events;
    void *data;
    bool doubted, unsent, anew;
    char path[200];
};

static struct transfer *transfers[600];
static unsigned transfers_waiting, transfers_started, transfers_doubted;
static bool transfers_fail;

struct transfer *__wrap_transfer_start(struct transfers *all, const char *path, bool anew,
                                       const struct transfer_events *events, void *data);
bool __wrap_transfer_cancel(struct transfer *transfer);
void __wrap_transfer_doubt(const struct transfer *transfer);

struct transfer *__wrap_transfer_start(struct transfers *all, const char *path, bool anew,
                                       const struct transfer_events *events, void *data)
{
    (void)all;
    if (transfers_fail)
        return NULL;
    struct transfer *transfer = calloc(1, sizeof *transfer);
    *transfer = (struct transfer){.events = events, .data = data, .anew = anew};
    snprintf(transfer->path, sizeof transfer->path, "%s", path);
    transfers[transfers_waiting++] = transfer;
    transfers_started++;
    return transfer;
}

static void transfer_forget(struct transfer *transfer)
{
    unsigned index = 0;
    while (transfers[index] != transfer)
        index++;
    transfers[index] = transfers[--transfers_waiting];
    free(transfer);
}

static void transfer_swap(void)
{
    struct transfer *first = transfers[0];
    transfers[0] = transfers[1];
    transfers[1] = first;
}

bool __wrap_transfer_cancel(struct transfer *transfer)
{
    bool sent = !transfer || !transfer->unsent;
    if (transfer)
        transfer_forget(transfer);
    return sent;
}

void __wrap_transfer_doubt(const struct transfer *transfer)
{
    (void)transfer;
    transfers_doubted++;
}

/* Ends the first transfer, as the real ones end. */
static void transfer_answer(struct answer answer)
{
    assert_true(transfers_waiting > 0);
    struct transfer *transfer = transfers[0];
    if (!answer.body)
        answer.body = answer.status == 200 ? "{}" : "";
    answer.size = strlen(answer.body);
    if (answer.status)
        answer_judge(&answer);
    answer.doubted = transfer->doubted;
    transfer->events->done(transfer->data, &answer);
    transfer_forget(transfer);
}

static void transfer_answer_status(long status)
{
    transfer_answer((struct answer){.status = status});
}

/* -------- calls -------- */

struct outcome {
    unsigned calls;
    int error;
    long status;
    int64_t at;
    char why[384];
};

static struct loop *loop;
static struct client *client;
static struct ledger *ledger; /* of the next client; NULL: none */
static struct outcome outcome;
static unsigned keys_left, keys_asked_for; /* that there are in place of the first one */

/* As one that finds another key in the file. */
static bool refused(void *data)
{
    (void)data;
    keys_asked_for++;
    if (keys_left == 0)
        return false;
    keys_left--;
    client_set_key(client, "another-key");
    return true;
}

static void on_done(void *data, const struct answer *answer)
{
    struct outcome *came = data;
    came->calls++;
    came->error = answer->error;
    came->status = answer->status;
    came->at = fake_now;
    snprintf(came->why, sizeof came->why, "%s", answer->why);
}

/* Time passes, in steps in which the loop can do what is due. */
static void pass(int64_t ms)
{
    for (int64_t end = fake_now + ms;; fake_now += 10) {
        for (int i = 0; i < 4; i++)
            assert_int_equal(loop_turn(loop, 0), 0);
        if (fake_now >= end)
            return;
    }
}

static void create(int64_t timeout_ms, unsigned rate, uint64_t max_calls)
{
    struct client_options options = {.base_url = "http://127.0.0.1",
                                     .key = "k",
                                     .timeout_ms = timeout_ms,
                                     .rate = rate,
                                     .max_calls = max_calls,
                                     .key_refused = refused,
                                     .ledger = ledger};
    loop = loop_create();
    client = client_create(loop, &options);
    assert_non_null(client);
    memset(&outcome, 0, sizeof outcome);
    transfers_started = 0;
    transfers_fail = false;
    keys_left = keys_asked_for = 0;
}

static struct call *get(void)
{
    struct call *call = call_create(client, ENDPOINT_USER, "users/1", false, on_done, &outcome);
    assert_non_null(call);
    return call;
}

static int tear_down(void **state)
{
    (void)state;
    client_destroy(client);
    ledger_destroy(ledger);
    ledger = NULL;
    loop_destroy(loop);
    assert_int_equal(transfers_waiting, 0);
    return 0;
}

static void assert_outcome(int error, const char *why)
{
    assert_int_equal(outcome.calls, 1);
    assert_int_equal(outcome.error, error);
    assert_string_equal(outcome.why, why);
}

TEST(client_answers_from_the_loop)
{
    create(30000, 300, 0);
    get();
    assert_int_equal(transfers_started, 0); /* not from call_create() */
    pass(0);
    assert_string_equal(transfers[0]->path, "users/1");
    transfer_answer_status(200);
    assert_outcome(0, "");
    assert_int_equal(client->queue.requests, 1);
}

TEST(client_tries_four_times_what_may_pass)
{
    create(300000, 300, 0);
    get();
    for (int i = 0; i < 4; i++) {
        assert_int_equal(outcome.calls, 0);
        pass(17000);
        transfer_answer_status(503);
    }
    assert_outcome(-EIO, "HTTP 503");
    assert_int_equal(client->queue.requests, 4);
}

TEST(client_tries_again_after_a_pause)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer_status(500);
    pass(240);
    assert_int_equal(transfers_waiting, 0);
    pass(260);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

TEST(client_asks_past_caches_where_it_is_told_to)
{
    create(30000, 300, 0);
    call_create(client, ENDPOINT_USER, "users/1", true, on_done, &outcome);
    pass(0);
    assert_true(transfers[0]->anew);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

/* A cache keeps a 200, whatever is in it. It keeps no other error. */
TEST(client_asks_past_caches_after_an_error_in_a_200)
{
    static const char body[] = "{\"response\":{\"error\":{\"httpStatusCode\":503}}}";
    create(300000, 300, 0);
    get();
    pass(0);
    assert_false(transfers[0]->anew);
    transfer_answer_status(503);
    pass(17000);
    assert_false(transfers[0]->anew);
    transfer_answer((struct answer){.status = 200, .body = body});
    pass(17000);
    assert_true(transfers[0]->anew);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

TEST(client_does_not_repeat_what_does_not_pass)
{
    static const struct {
        long status;
        int error;
    } rows[] = {{400, -EINVAL}, {401, -EACCES},  {403, -EACCES},
                {404, -EIO},    {302, -EBADMSG}, {204, -EBADMSG}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        create(30000, 300, 0);
        get();
        pass(0);
        transfer_answer_status(rows[i].status);
        assert_int_equal(outcome.calls, 1);
        assert_int_equal(outcome.error, rows[i].error);
        assert_int_equal(client->queue.requests, 1);
        tear_down(NULL);
    }
    create(30000, 300, 0);
}

TEST(client_does_not_wait_for_an_allowance)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.status = 429, .body = "{\"id\":1013}"});
    assert_outcome(-EDQUOT, "HTTP 429, error 1013");
}

TEST(client_waits_as_long_as_retry_after_says)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.status = 503, .wait_ms = 7000});
    pass(6900);
    assert_int_equal(transfers_waiting, 0);
    pass(200);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

TEST(client_waits_out_the_rate_until_the_deadline)
{
    create(30000, 300, 0);
    int64_t began = fake_now;
    get();
    while (!outcome.calls) {
        pass(10);
        if (transfers_waiting)
            transfer_answer_status(429);
    }
    assert_outcome(-EAGAIN, "HTTP 429");
    assert_between(outcome.at - began, 14000, 30100);
    assert_true(client->queue.requests > 4);
}

TEST(client_gives_up_at_once_when_retry_after_lies_behind_the_deadline)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.status = 429, .wait_ms = 60000});
    assert_outcome(-EAGAIN, "HTTP 429");
}

TEST(client_holds_other_calls_while_it_is_over_the_rate)
{
    struct outcome other = {0};
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.status = 429, .wait_ms = 5000});
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &other);
    pass(4900);
    assert_int_equal(transfers_waiting, 0);
    assert_true(queue_is_held(&client->queue));
    pass(200);
    assert_int_equal(transfers_waiting, 1);
    assert_true(queue_is_held(&client->queue)); /* nobody knows better before it is answered */
    transfer_answer_status(200);
    assert_false(queue_is_held(&client->queue));
    pass(0);
    transfer_answer_status(200);
    assert_int_equal(outcome.calls + other.calls, 2);
}

TEST(client_holds_other_calls_for_a_minute_at_most)
{
    struct outcome other = {0};
    create(600000, 300, 0);
    struct call *call = get();
    pass(0);
    transfer_answer((struct answer){.status = 429, .wait_ms = 500000});
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &other);
    pass(60100);
    transfer_answer_status(200);
    assert_int_equal(other.calls, 1);
    assert_int_equal(outcome.calls, 0);
    call_cancel(call);
}

TEST(client_asks_no_more_when_three_calls_got_no_answer)
{
    create(30000, 300, 0);
    for (int i = 0; i < 3; i++) {
        get();
        pass(0);
        transfer_answer((struct answer){.error = -ECONNREFUSED});
    }
    memset(&outcome, 0, sizeof outcome);
    get();
    pass(0);
    assert_int_equal(transfers_waiting, 0);
    assert_outcome(-ECONNREFUSED, "");
}

static void open_circuit(long status, const char *body)
{
    for (int i = 0; i < 3; i++) {
        get();
        pass(0);
        transfer_answer((struct answer){.status = status, .body = body});
    }
    memset(&outcome, 0, sizeof outcome);
}

TEST(client_sends_nothing_with_a_key_that_is_refused)
{
    create(30000, 300, 0);
    open_circuit(401, NULL);
    get();
    pass(0);
    assert_outcome(-EACCES, "HTTP 401");
    assert_int_equal(outcome.status, 401);
    assert_int_equal(client->queue.requests, 3);
}

TEST(client_tries_once_more_with_another_key)
{
    create(30000, 300, 0);
    keys_left = 1;
    get();
    pass(0);
    transfer_answer_status(401);
    pass(0);
    assert_int_equal(outcome.calls, 0);
    transfer_answer_status(200);
    assert_outcome(0, "");
    assert_int_equal(client->queue.requests, 2);
    assert_false(client_key_is_refused(client));
}

TEST(client_does_not_try_a_key_for_ever)
{
    create(30000, 300, 0);
    keys_left = 100; /* a file that changes each time */
    get();
    pass(0);
    transfer_answer_status(401);
    pass(0);
    transfer_answer_status(401);
    assert_outcome(-EACCES, "HTTP 401");
    assert_int_equal(client->queue.requests, 2);
    assert_int_equal(keys_asked_for, 1);
    assert_true(client_key_is_refused(client));
}

TEST(client_tries_calls_once_more_whose_key_was_replaced_meanwhile)
{
    struct outcome other = {0}, third = {0};
    create(30000, 300, 0);
    keys_left = 1;
    get();
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &other);
    call_create(client, ENDPOINT_USER, "users/3", false, on_done, &third);
    pass(0);
    for (int i = 0; i < 3; i++)
        transfer_answer_status(401);
    pass(0);
    assert_int_equal(keys_asked_for, 1);
    for (int i = 0; i < 3; i++)
        transfer_answer_status(200);
    assert_outcome(0, "");
    assert_int_equal(other.calls + third.calls, 2);
    assert_int_equal(other.error | third.error, 0);
    assert_int_equal(client->queue.requests, 6);
}

TEST(client_takes_another_key_from_the_call_that_tries_whether_it_is_refused_still)
{
    struct outcome other = {0};
    create(30000, 300, 0);
    open_circuit(401, NULL);
    pass(1000);
    keys_left = 1;
    get();
    pass(0);
    transfer_answer_status(401);
    pass(0);
    transfer_answer_status(200);
    assert_outcome(0, "");
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &other);
    pass(0);
    transfer_answer_status(200);
    assert_int_equal(other.calls, 1);
    assert_int_equal(other.error, 0);
}

TEST(client_takes_back_from_no_other_ledger_what_never_left)
{
    struct ledger_options options = {.key = "k"};
    ledger = ledger_create(&options);
    create(30000, 300, 0);
    struct call *call = get();
    pass(0);
    client_set_key(client, "another-key");
    transfer_answer((struct answer){.error = -ECONNREFUSED, .transient = true, .unsent = true});
    assert_int_equal(ledger_calls(ledger), 1);
    assert_int_equal(client->queue.requests, 0);
    call_cancel(call);
}

TEST(client_sends_nothing_when_the_allowance_is_used_up)
{
    create(30000, 300, 0);
    open_circuit(429, "{\"id\":1013}");
    get();
    pass(0);
    assert_outcome(-EDQUOT, "HTTP 429, error 1013");
    assert_int_equal(client->queue.requests, 3);
}

TEST(client_tries_a_refused_key_anew_when_told)
{
    create(30000, 300, 0);
    open_circuit(401, NULL);
    client_try_anew(client);
    get();
    pass(0);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

/* Or the caller would show what is old, as after any failure that passes. */
TEST(client_says_that_the_key_is_refused_though_the_call_that_tries_fails_otherwise)
{
    create(30000, 300, 0);
    open_circuit(401, NULL);
    pass(1000);
    get();
    pass(0);
    transfer_answer_status(503);
    assert_outcome(-EACCES, "HTTP 401");
    assert_int_equal(outcome.status, 401);
}

TEST(client_tries_no_call_again_that_was_under_way_when_the_key_was_refused)
{
    struct outcome other = {0};
    create(30000, 300, 0);
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &other);
    pass(0);
    transfer_answer_status(500);
    open_circuit(401, NULL);
    pass(500);
    assert_int_equal(client->queue.requests, 4);
    assert_int_equal(other.error, -EACCES);
}

/* A walk with a withdrawn key does not wait for the rate. */
TEST(client_fails_those_who_wait_for_the_rate_when_the_key_is_refused)
{
    create(300000, 3, 0);
    for (int i = 0; i < 5; i++)
        get();
    pass(0);
    for (int i = 0; i < 3; i++)
        transfer_answer_status(401);
    pass(0);
    assert_int_equal(outcome.calls, 5);
    assert_int_equal(outcome.error, -EACCES);
}

TEST(client_lets_another_call_try_when_memory_was_out_for_the_one)
{
    create(30000, 300, 0);
    open_circuit(401, NULL);
    pass(1000);
    transfers_fail = true;
    get();
    pass(0);
    assert_outcome(-ENOMEM, "out of memory");
    transfers_fail = false;
    get();
    pass(0);
    transfer_answer_status(200);
    assert_int_equal(outcome.error, 0);
}

TEST(client_makes_no_more_than_max_calls)
{
    create(30000, 300, 2);
    for (int i = 0; i < 2; i++) {
        get();
        pass(0);
        transfer_answer_status(200);
    }
    memset(&outcome, 0, sizeof outcome);
    get();
    pass(0);
    assert_outcome(-EDQUOT, "the option max_calls allows no more calls");
    assert_int_equal(client->queue.requests, 2);
}

TEST(client_counts_retries_among_max_calls)
{
    create(300000, 300, 2);
    get();
    pass(0);
    transfer_answer_status(503);
    pass(1000);
    transfer_answer_status(503);
    pass(10000);
    assert_int_equal(outcome.calls, 1);
    assert_int_equal(outcome.error, -EDQUOT);
    assert_int_equal(client->queue.requests, 2);
}

TEST(client_counts_each_try_in_the_ledger_and_asks_it_before)
{
    const struct ledger_options options = {.key = "k", .allowance = 5, .reserve = 3};
    ledger = ledger_create(&options);
    create(300000, 300, 0);
    get();
    pass(0);
    assert_int_equal(ledger_calls(ledger), 1); /* before it is answered */
    transfer_answer_status(503);
    pass(1000);
    assert_int_equal(ledger_calls(ledger), 2);
    transfer_answer_status(200);
    memset(&outcome, 0, sizeof outcome);
    get();
    pass(0);
    assert_outcome(-EDQUOT, "2 calls are made: of allowance=5, reserve=3 are kept back");
    assert_int_equal(ledger_calls(ledger), 2);
    assert_int_equal(client->queue.requests, 2);
}

TEST(client_says_max_calls_though_the_rate_is_used_up)
{
    create(30000, 1, 1);
    get();
    pass(0);
    transfer_answer_status(200);
    memset(&outcome, 0, sizeof outcome);
    get();
    pass(0);
    assert_outcome(-EDQUOT, "the option max_calls allows no more calls");
}

TEST(client_waits_for_the_rate)
{
    create(300000, 2, 0);
    for (int i = 0; i < 3; i++)
        get();
    pass(0);
    assert_int_equal(transfers_started, 2);
    pass(59000);
    assert_int_equal(transfers_started, 2);
    pass(2000);
    assert_int_equal(transfers_started, 3);
    for (int i = 0; i < 3; i++)
        transfer_answer_status(200);
    assert_int_equal(outcome.calls, 3);
}

TEST(client_waits_for_the_rate_however_low_it_is)
{
    create(30000, 10, 0);
    for (int i = 0; i < 35; i++)
        get();
    while (outcome.calls < 35) {
        pass(100);
        while (transfers_waiting)
            transfer_answer_status(200);
        assert_int_equal(outcome.error, 0);
    }
    assert_int_equal(client->queue.requests, 35);
}

TEST(client_gives_a_call_that_waited_for_the_rate_its_whole_timeout)
{
    create(5000, 1, 0);
    get();
    pass(0);
    transfer_answer_status(200);
    memset(&outcome, 0, sizeof outcome);
    get();
    pass(60500);
    assert_int_equal(transfers_waiting, 1);
    pass(4900);
    assert_int_equal(outcome.calls, 0);
    pass(100);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
}

TEST(client_counts_no_time_against_a_retry_that_waits_for_the_rate)
{
    create(5000, 1, 0);
    get();
    pass(0);
    transfer_answer_status(503);
    pass(60500);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

#define HELD                                                                                   \
    "no call was free within the timeout: the service says that there are too many a minute; " \
    "see the option rate"

static struct call *others_call(struct outcome *other)
{
    struct call *call = call_create(client, ENDPOINT_USER, "users/9", false, on_done, other);
    pass(0);
    return call;
}

/* The first transfer is answered with one that holds all calls back. */
static void hold(int64_t hold_ms)
{
    transfer_answer((struct answer){.status = 429, .wait_ms = hold_ms});
}

TEST(client_does_not_let_a_call_wait_in_vain_for_a_service_that_holds_it_back)
{
    struct outcome other = {0};
    create(5000, 300, 0);
    others_call(&other);
    hold(20000);
    get();
    pass(0);
    assert_outcome(-EAGAIN, HELD);
    assert_int_equal(transfers_started, 1);
}

TEST(client_lets_the_service_hold_a_call_back_for_no_longer_than_the_timeout)
{
    struct outcome other = {0};
    create(5000, 300, 0);
    struct call *first = others_call(&other);
    others_call(&other);
    hold(3000);
    get();
    pass(2000);
    hold(4000);
    pass(0);
    assert_outcome(-EAGAIN, HELD);
    call_cancel(first);
}

TEST(client_counts_how_long_the_service_held_a_call_back_and_not_the_wait_for_the_rate)
{
    struct outcome other = {0};
    create(5000, 2, 0);
    struct call *first = others_call(&other), *second = others_call(&other);
    hold(4000);
    get();
    pass(4100);
    call_cancel(first);
    call_cancel(second);
    pass(60000 - 4100);
    assert_int_equal(outcome.calls, 0);
    assert_true(queue_waits_for_rate(&client->queue));
    pass(600);
    assert_false(queue_waits_for_rate(&client->queue));
    pass(4000);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

TEST(client_does_not_wait_for_the_rate_while_the_service_holds_calls_back)
{
    struct outcome other = {0};
    create(5000, 2, 0);
    struct call *first = others_call(&other);
    hold(3000);
    get();
    pass(100);
    assert_false(queue_waits_for_rate(&client->queue));
    pass(3000);
    assert_false(queue_waits_for_rate(&client->queue)); /* but for the call that goes alone */
    transfer_answer_status(200);
    pass(0);
    assert_true(queue_waits_for_rate(&client->queue));
    call_cancel(first);
}

/* All calls are held back, by a 429 to one that has been taken back since. */
static void begin_hold(int64_t hold_ms)
{
    struct outcome other = {0};
    struct call *call = others_call(&other);
    hold(hold_ms);
    call_cancel(call);
}

/* Calls that waited for the service to hold them back no longer: one of them goes alone. */
static void get_held(struct call **calls, size_t count)
{
    begin_hold(1000);
    for (size_t i = 0; i < count; i++)
        calls[i] = get();
    pass(1000);
    assert_int_equal(transfers_waiting, 1);
}

static void cancel_all(struct call **calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        call_cancel(calls[i]);
}

TEST(client_forgets_after_a_minute_that_it_was_over_the_rate)
{
    create(5000, 300, 0);
    for (int i = 0; i < 3; i++) {
        begin_hold(1000);
        pass(1000);
    }
    pass(62000);
    struct call *first = get(), *second = get();
    pass(0);
    assert_int_equal(transfers_waiting, 2);
    transfer_answer_status(429);
    pass(600);
    assert_int_equal(transfers_waiting, 2); /* it was tried again after half a second */
    call_cancel(first);
    call_cancel(second);
}

TEST(client_pauses_longer_each_time_for_a_call_that_alone_gets_429)
{
    unsigned tries = 0;
    create(30000, 300, 0);
    get();
    pass(0);
    for (; outcome.calls == 0; tries++) {
        struct outcome other = {0};
        transfer_answer_status(429);
        struct call *call = others_call(&other);
        while (transfers_waiting == 0)
            pass(100);
        if (other.calls == 0 && outcome.calls == 0)
            transfer_answer_status(200);
        else
            call_cancel(call);
        while (outcome.calls == 0 && transfers_waiting == 0)
            pass(100);
    }
    assert_int_equal(outcome.error, -EAGAIN);
    assert_between(tries, 5, 10);
}

TEST(client_lets_all_calls_go_when_eight_alone_got_no_429)
{
    static const struct answer answers[] = {
        {.status = 200}, {.status = 404}, {.status = 401}, {.error = -ECONNRESET}};
    struct call *calls[12];
    create(30000, 300, 0);
    get_held(calls, LENGTH(calls));
    for (unsigned i = 0; i < 8; i++, pass(0)) {
        assert_int_equal(transfers_waiting, 1);
        transfer_answer(answers[i % LENGTH(answers)]);
    }
    assert_int_equal(transfers_waiting, 4);
    cancel_all(calls + 8, 4);
}

/* Eight pages are asked for while somebody else uses the key up for 20 seconds. */
TEST(client_makes_few_calls_in_vain_while_it_is_over_the_rate)
{
    unsigned in_vain = 0;
    create(30000, 300, 0);
    int64_t free_at = fake_now + 20000;
    for (int i = 0; i < 8; i++)
        get();
    for (; outcome.calls < 8; pass(10)) {
        bool over = fake_now < free_at;
        for (; transfers_waiting; in_vain += over)
            transfer_answer_status(over ? 429 : 200);
    }
    assert_int_equal(outcome.error, 0);
    assert_between(in_vain, 8 + 5, 8 + 8);
    assert_int_equal(client->queue.requests, in_vain + 8);
}

/* Of forty pages eight are asked for at once, while somebody else leaves two calls a second. */
TEST(client_makes_few_calls_in_vain_while_the_rate_comes_back_slowly)
{
    unsigned asked = 0, in_vain = 0;
    create(30000, 300, 0);
    for (int64_t began = fake_now; outcome.calls < 40; pass(10)) {
        for (; asked < 40 && asked - outcome.calls < 8; asked++)
            get();
        while (transfers_waiting) {
            bool over = outcome.calls >= (fake_now - began) / 500;
            in_vain += over;
            transfer_answer_status(over ? 429 : 200);
            assert_int_equal(outcome.error, 0);
        }
    }
    assert_true(in_vain <= 60);
}

TEST(client_waits_as_long_for_the_next_list_as_for_the_one_before)
{
    create(10000, 300, 0);
    for (int i = 0; i < 2; i++) {
        get();
        while (!outcome.calls) {
            pass(10);
            if (transfers_waiting)
                transfer_answer_status(429);
        }
        assert_int_equal(outcome.error, -EAGAIN);
        outcome.calls = 0;
    }
    pass(60000);
    struct call *call = get();
    pass(0);
    transfer_answer_status(429);
    pass(3900);
    assert_int_equal(transfers_waiting, 0);
    pass(4200);
    transfer_answer_status(200);
    call = get();
    pass(0);
    transfer_answer_status(429);
    pass(600);
    assert_int_equal(transfers_waiting, 1);
    call_cancel(call);
}

/* It was asked for before, and says nothing new: neither that it is over nor that it is not. */
TEST(client_takes_no_news_from_a_call_that_was_sent_before_a_429)
{
    struct outcome other = {0};
    create(30000, 300, 0);
    for (int i = 0; i < 8; i++)
        others_call(&other);
    for (int i = 0; i < 7; i++)
        transfer_answer_status(429);
    transfer_answer_status(200);
    assert_true(queue_is_held(&client->queue));
    pass(510);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(429);
    pass(1010);
    assert_int_equal(transfers_waiting, 1);
    for (int i = 0; i < 7; i++, pass(0))
        transfer_answer_status(200);
    assert_int_equal(other.calls, 8);
}

TEST(client_lets_another_call_go_alone_when_the_one_is_taken_back)
{
    struct call *calls[4];
    create(30000, 300, 0);
    get_held(calls, LENGTH(calls));
    call_cancel(calls[0]);
    pass(0);
    assert_int_equal(transfers_waiting, 1);
    transfers[0]->doubted = true;
    transfers[0]->events->again(transfers[0]->data);
    pass(0);
    assert_int_equal(transfers_waiting, 2); /* the silent one, and that of another call */
    transfer_swap();
    transfers_fail = true;
    transfer_answer_status(429);
    pass(1100);
    assert_int_equal(outcome.calls, 3);
    assert_int_equal(outcome.error, -ENOMEM);
}

TEST(client_lets_all_calls_go_when_the_one_is_silent)
{
    struct call *calls[4];
    create(6000, 300, 0);
    get_held(calls, LENGTH(calls));
    pass(1900);
    assert_int_equal(transfers_waiting, 1);
    pass(200);
    assert_int_equal(transfers_waiting, 4);
    assert_false(queue_is_held(&client->queue));
    for (int i = 0; i < 2; i++) { /* two of the others, and one of them goes alone again */
        transfer_swap();
        transfer_answer_status(429);
    }
    assert_true(queue_is_held(&client->queue));
    pass(1100);
    assert_int_equal(transfers_waiting, 3);
    cancel_all(calls, LENGTH(calls));
}

TEST(client_lets_calls_go_alone_for_no_longer_than_a_third_of_the_timeout)
{
    struct call *calls[4];
    create(6000, 300, 0);
    get_held(calls, LENGTH(calls));
    pass(1500);
    transfer_answer_status(200);
    pass(400);
    assert_int_equal(transfers_waiting, 1);
    pass(100);
    assert_int_equal(transfers_waiting, 3);
    cancel_all(calls + 1, 3);
}

TEST(client_waits_behind_the_call_that_goes_alone_for_no_longer_than_the_timeout)
{
    struct outcome other = {0};
    create(5000, 300, 0);
    begin_hold(4000);
    struct call *alone = others_call(&other);
    get();
    pass(4900);
    assert_int_equal(transfers_waiting, 1);
    assert_int_equal(outcome.calls, 0);
    pass(100);
    assert_outcome(-EAGAIN, HELD);
    call_cancel(alone);
}

TEST(client_counts_how_long_a_call_was_held_back_before_when_it_is_again)
{
    create(10000, 300, 0);
    begin_hold(4000);
    get();
    pass(4000);
    hold(2000);
    pass(2000);
    hold(2500);
    pass(2500);
    assert_int_equal(outcome.calls, 0);
    hold(2000);
    assert_outcome(-EAGAIN, "HTTP 429");
}

TEST(client_ends_a_call_at_its_deadline)
{
    create(5000, 300, 0);
    int64_t began = fake_now;
    get();
    pass(4900);
    assert_int_equal(outcome.calls, 0);
    pass(200);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
    assert_between(outcome.at - began, 5000, 5100);
    assert_int_equal(transfers_waiting, 0); /* it was cancelled */
}

TEST(client_counts_retries_into_the_timeout)
{
    create(1500, 300, 0);
    int64_t began = fake_now;
    get();
    while (!outcome.calls) {
        pass(10);
        if (transfers_waiting)
            transfer_answer_status(500);
    }
    assert_outcome(-EIO, "HTTP 500");
    assert_true(outcome.at - began <= 1500);
    assert_true(client->queue.requests < 4);
}

TEST(client_calls_nobody_whose_call_was_cancelled)
{
    create(5000, 300, 0);
    struct call *call = get(); /* in the queue */
    call_cancel(call);
    pass(100);
    assert_int_equal(transfers_started, 0);
    call = get(); /* with a transfer */
    pass(0);
    call_cancel(call);
    assert_int_equal(transfers_waiting, 0);
    call = get(); /* waiting for its next try */
    pass(0);
    transfer_answer_status(500);
    call_cancel(call);
    call_cancel(NULL);
    pass(10000);
    assert_int_equal(outcome.calls, 0);
}

TEST(client_serves_first_who_came_first)
{
    create(300000, 300, 0);
    struct outcome other = {0};
    call_create(client, ENDPOINT_USER, "first", false, on_done, &other);
    call_create(client, ENDPOINT_USER, "second", false, on_done, &other);
    pass(0);
    assert_string_equal(transfers[0]->path, "first");
    assert_string_equal(transfers[1]->path, "second");
    transfer_answer_status(200);
    transfer_answer_status(200);
}

TEST(client_says_when_memory_is_out)
{
    create(30000, 300, 0);
    transfers_fail = true;
    get();
    pass(0);
    assert_outcome(-ENOMEM, "out of memory");
}

static void on_done_get_again(void *data, const struct answer *answer)
{
    (void)data;
    assert_int_equal(answer->error, 0);
    call_create(client, ENDPOINT_USER, "users/2", false, on_done, &outcome);
}

TEST(client_takes_a_call_from_a_callback)
{
    create(30000, 300, 0);
    call_create(client, ENDPOINT_USER, "users/1", false, on_done_get_again, NULL);
    pass(0);
    transfer_answer_status(200);
    pass(0);
    assert_string_equal(transfers[0]->path, "users/2");
    transfer_answer_status(200);
    assert_outcome(0, "");
}

/* Or the last pages of a long listing would time out behind its first ones. */
TEST(client_counts_no_time_against_a_call_while_the_queue_moves)
{
    create(5000, 300, 0);
    for (int i = 0; i < 255; i++)
        get();
    while (outcome.calls < 255) {
        pass(100);
        while (transfers_waiting)
            transfer_answer_status(200);
        assert_int_equal(outcome.error, 0);
    }
    assert_int_equal(client->queue.requests, 255);
}

/* -------- a connection that died -------- */

/* A call whose connection falls silent after seven seconds. It is asked for again. */
static void get_silence(unsigned rate, uint64_t max_calls)
{
    create(30000, rate, max_calls);
    get();
    pass(7000);
    transfers[0]->doubted = true;
    transfers[0]->events->again(transfers[0]->data);
}

/* The other try of that call. */
enum other_try { OTHER_UNDER_WAY, OTHER_WAITS_FOR_RATE, OTHER_WAITS_FOR_RETRY, OTHER_TRIES };

static void get_silence_beside(enum other_try other)
{
    get_silence(other == OTHER_WAITS_FOR_RATE ? 1 : 300, 0);
}

static void bring_other_about(enum other_try other)
{
    pass(0);
    if (other == OTHER_WAITS_FOR_RETRY) {
        transfer_swap();
        transfer_answer_status(503);
    }
    assert_int_equal(transfers_waiting, other == OTHER_UNDER_WAY ? 2 : 1);
}

/* The silent connection has brought something. The call ends with what the other try brings. */
static void assert_other_is_waited_for(enum other_try other)
{
    assert_int_equal(outcome.calls, 0);
    pass(other == OTHER_WAITS_FOR_RATE ? 60000 : 2000);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
    tear_down(NULL);
}

TEST(client_asks_again_over_a_new_connection_and_takes_the_answer_that_comes_first)
{
    for (unsigned first = 0; first < 2; first++) {
        get_silence(300, 0);
        pass(0);
        assert_int_equal(transfers_waiting, 2);
        assert_null(transfers[1]->events->again);
        if (first == 1)
            transfer_swap();
        transfer_answer_status(200);
        assert_outcome(0, "");
        assert_int_equal(transfers_waiting, 0);
        assert_int_equal(client->queue.requests, 2);
        tear_down(NULL);
    }
    create(30000, 300, 0);
}

TEST(client_waits_on_when_the_silent_connection_breaks)
{
    get_silence(300, 0);
    pass(0);
    transfer_answer((struct answer){.error = -ECONNRESET, .transient = true});
    assert_int_equal(outcome.calls, 0);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

/* It waits for a token beside the silent one. That breaks, and so its time is to stand still.
 */
TEST(client_stops_the_time_of_a_call_whose_silent_connection_broke)
{
    get_silence(1, 0);
    pass(0);
    transfer_answer((struct answer){.error = -ECONNRESET, .transient = true});
    pass(60000);
    assert_int_equal(outcome.calls, 0);
    assert_int_equal(transfers_waiting, 1);
    transfer_answer_status(200);
    assert_outcome(0, "");
}

/* What came for the key of before says nothing of a try that is under way, or waits. */
TEST(client_waits_on_when_the_silent_connection_brings_a_refusal_of_the_key)
{
    for (enum other_try other = 0; other < OTHER_TRIES; other++) {
        get_silence_beside(other);
        keys_left = 1;
        bring_other_about(other);
        transfer_answer_status(401);
        assert_other_is_waited_for(other);
    }
    create(30000, 300, 0);
}

static void answer_used_up(void)
{
    transfer_answer((struct answer){.status = 429, .body = "{\"id\":1013}"});
}

/* The same of an allowance that is used up: it is that of the key of before. */
TEST(client_waits_on_when_the_silent_connection_says_that_the_key_of_before_is_used_up)
{
    for (enum other_try other = 0; other < OTHER_TRIES; other++) {
        get_silence_beside(other);
        bring_other_about(other);
        client_set_key(client, "another-key");
        answer_used_up();
        assert_other_is_waited_for(other);
    }
    create(30000, 300, 0);
}

TEST(client_waits_on_for_a_try_with_a_new_key_when_that_of_before_is_used_up)
{
    get_silence_beside(OTHER_UNDER_WAY);
    client_set_key(client, "another-key");
    bring_other_about(OTHER_UNDER_WAY);
    answer_used_up();
    assert_other_is_waited_for(OTHER_UNDER_WAY);
    create(30000, 300, 0);
}

TEST(client_waits_on_the_silent_connection_when_no_other_call_is_allowed)
{
    get_silence(300, 1);
    pass(10000);
    assert_int_equal(transfers_waiting, 1);
    assert_int_equal(outcome.calls, 0);
    transfer_answer_status(200);
    assert_outcome(0, "");
    assert_int_equal(client->queue.requests, 1);
}

TEST(client_ends_a_call_with_a_silent_connection_at_its_deadline)
{
    get_silence(1, 0);
    pass(23000);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
}

TEST(client_makes_new_connections_when_a_call_had_no_answer)
{
    create(5000, 300, 0);
    transfers_doubted = 0;
    get();
    pass(5100);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
    assert_int_equal(transfers_doubted, 1);
}

TEST(client_takes_back_what_never_left_the_machine)
{
    create(5000, 300, 0);
    get();
    pass(0);
    transfers[0]->unsent = true;
    pass(5100);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
    assert_int_equal(client->queue.requests, 0);
}

/* As curl does when it finds a connection closed. */
TEST(client_counts_what_is_sent_twice)
{
    create(5000, 300, 0);
    get();
    pass(0);
    transfers[0]->events->resent(transfers[0]->data);
    transfer_answer_status(200);
    assert_int_equal(client->queue.requests, 2);
    assert_int_equal(client_last_minute(client), 2);
}

/* A count that fell would be taken for that of a new mount. */
TEST(client_meters_a_call_when_it_has_ended)
{
    create(30000, 300, 0);
    get();
    pass(0);
    const uint64_t *calls = client->meter.calls;
    assert_int_equal(calls[ENDPOINT_USER], 0);
    transfer_answer_status(503);
    assert_int_equal(calls[ENDPOINT_USER], 1);
    pass(600);
    transfers[0]->events->resent(transfers[0]->data);
    assert_int_equal(calls[ENDPOINT_USER], 2);
    transfer_answer_status(200);
    assert_int_equal(calls[ENDPOINT_USER], 3);
    assert_int_equal(calls[ENDPOINT_USERS], 0);
    assert_int_equal(client->queue.requests, 3);
}

TEST(client_meters_a_call_that_was_given_up)
{
    create(30000, 300, 0);
    for (unsigned unsent = 0; unsent < 2; unsent++) {
        struct call *call = get();
        pass(0);
        transfers[0]->unsent = unsent > 0;
        call_cancel(call);
        assert_int_equal(client->meter.calls[ENDPOINT_USER], 1);
        assert_int_equal(client->queue.requests, 1);
    }
}

TEST(client_does_not_meter_what_never_left_the_machine)
{
    create(5000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.error = -ECONNREFUSED, .unsent = true});
    assert_int_equal(outcome.calls, 1);
    assert_int_equal(client->meter.calls[ENDPOINT_USER], 0);
}

static uint64_t metered(const char *error)
{
    size_t row = 0;
    while (strcmp(meter_error_name(row), error) != 0)
        row++;
    return client->meter.errors.counts[row];
}

TEST(client_meters_each_try_that_failed)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer_status(503);
    pass(600);
    transfer_answer_status(200);
    assert_outcome(0, "");
    assert_int_equal(metered("EIO"), 1);
    outcome.calls = 0;
    get();
    pass(30100);
    assert_outcome(-ETIMEDOUT, "no answer within the timeout");
    assert_int_equal(metered("ETIMEDOUT"), 1);
}

TEST(client_meters_the_time_of_each_answer)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer((struct answer){.status = 503, .took_us = 300000});
    pass(600);
    transfer_answer((struct answer){.status = 200, .took_us = 90000});
    assert_int_equal(client->meter.answers[0], 1);
    assert_int_equal(client->meter.answers[2], 1);
    assert_int_equal(client->meter.answers_us, 390000);
}

TEST(client_tells_how_many_calls_wait)
{
    create(30000, 1, 0);
    struct call *calls[] = {get(), get(), get()};
    pass(0);
    assert_int_equal(queue_length(&client->queue), 2);
    for (size_t i = 0; i < LENGTH(calls); i++)
        call_cancel(calls[i]);
    assert_int_equal(queue_length(&client->queue), 0);
}

/* How many calls of those that are made one after the other are spare. */
static unsigned spare_calls(void)
{
    unsigned count = 0;
    for (; count < 500 && queue_has_spare(&client->queue); count++)
        get();
    pass(0);
    while (transfers_waiting > 0)
        transfer_answer_status(200);
    return count;
}

TEST(client_spares_seven_tenths_of_the_rate)
{
    create(30000, 300, 0);
    assert_int_equal(spare_calls(), 210);
    pass(61000);
    assert_int_equal(spare_calls(), 210);
}

TEST(client_spares_none_of_the_last_calls)
{
    create(30000, 300, 25);
    assert_int_equal(spare_calls(), 25 - 20 - 1);
}

TEST(client_spares_none_of_the_last_of_the_allowance)
{
    const struct ledger_options options = {.key = "k", .allowance = 100, .reserve = 10};
    ledger = ledger_create(&options);
    create(30000, 300, 0);
    assert_int_equal(spare_calls(), 100 - 10 - 20 - 5);
}

TEST(client_spares_none_while_the_service_is_silent)
{
    create(300, 300, 0);
    get();
    pass(0);
    assert_true(queue_has_spare(&client->queue));
    pass(301);
    assert_int_equal(outcome.error, -ETIMEDOUT);
    assert_false(queue_has_spare(&client->queue));
}

TEST(client_spares_none_until_calls_got_no_429_any_more)
{
    create(30000, 300, 0);
    get();
    pass(0);
    transfer_answer_status(429);
    for (pass(600); outcome.calls < 8; pass(0)) {
        assert_false(queue_has_spare(&client->queue));
        transfer_answer_status(200);
        get();
    }
    assert_true(queue_has_spare(&client->queue));
    transfer_answer_status(200);
}

#define CLIENT_TEST(name) cmocka_unit_test_teardown(name, tear_down)

/* -------- pauses -------- */

TEST(call_pauses_twice_as_long_each_time_up_to_8_seconds)
{
    static const int64_t whole[] = {500, 500, 1000, 2000, 4000, 8000, 8000, 8000};
    for (unsigned try = 0; try < LENGTH(whole); try++) {
        assert_int_equal(call_backoff_ms(try, 0), whole[try] / 2);
        assert_int_equal(call_backoff_ms(try, (uint32_t)(whole[try] / 2)), whole[try]);
    }
    assert_int_equal(call_backoff_ms(1000000, 0), 4000);
    assert_int_equal(call_backoff_ms(UINT32_MAX, 4000), 8000);
}

TEST(call_takes_off_no_more_than_half_of_a_pause)
{
    bool low = false, high = false;
    for (uint64_t random = 0; random <= UINT32_MAX; random += 65537) {
        int64_t delay = call_backoff_ms(3, (uint32_t)random);
        assert_between(delay, 1000, 2000);
        low = low || delay < 1100;
        high = high || delay > 1900;
    }
    assert_true(low && high);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(client_answers_from_the_loop),
        CLIENT_TEST(client_tries_four_times_what_may_pass),
        CLIENT_TEST(client_tries_again_after_a_pause),
        CLIENT_TEST(client_asks_past_caches_where_it_is_told_to),
        CLIENT_TEST(client_asks_past_caches_after_an_error_in_a_200),
        CLIENT_TEST(client_does_not_repeat_what_does_not_pass),
        CLIENT_TEST(client_does_not_wait_for_an_allowance),
        CLIENT_TEST(client_waits_as_long_as_retry_after_says),
        CLIENT_TEST(client_waits_out_the_rate_until_the_deadline),
        CLIENT_TEST(client_gives_up_at_once_when_retry_after_lies_behind_the_deadline),
        CLIENT_TEST(client_holds_other_calls_while_it_is_over_the_rate),
        CLIENT_TEST(client_holds_other_calls_for_a_minute_at_most),
        CLIENT_TEST(client_asks_no_more_when_three_calls_got_no_answer),
        CLIENT_TEST(client_sends_nothing_with_a_key_that_is_refused),
        CLIENT_TEST(client_tries_once_more_with_another_key),
        CLIENT_TEST(client_does_not_try_a_key_for_ever),
        CLIENT_TEST(client_tries_calls_once_more_whose_key_was_replaced_meanwhile),
        CLIENT_TEST(
            client_takes_another_key_from_the_call_that_tries_whether_it_is_refused_still),
        CLIENT_TEST(client_takes_back_from_no_other_ledger_what_never_left),
        CLIENT_TEST(client_sends_nothing_when_the_allowance_is_used_up),
        CLIENT_TEST(client_tries_a_refused_key_anew_when_told),
        CLIENT_TEST(
            client_says_that_the_key_is_refused_though_the_call_that_tries_fails_otherwise),
        CLIENT_TEST(client_tries_no_call_again_that_was_under_way_when_the_key_was_refused),
        CLIENT_TEST(client_fails_those_who_wait_for_the_rate_when_the_key_is_refused),
        CLIENT_TEST(client_lets_another_call_try_when_memory_was_out_for_the_one),
        CLIENT_TEST(client_makes_no_more_than_max_calls),
        CLIENT_TEST(client_counts_retries_among_max_calls),
        CLIENT_TEST(client_counts_each_try_in_the_ledger_and_asks_it_before),
        CLIENT_TEST(client_says_max_calls_though_the_rate_is_used_up),
        CLIENT_TEST(client_waits_for_the_rate),
        CLIENT_TEST(client_waits_for_the_rate_however_low_it_is),
        CLIENT_TEST(client_gives_a_call_that_waited_for_the_rate_its_whole_timeout),
        CLIENT_TEST(client_counts_no_time_against_a_retry_that_waits_for_the_rate),
        CLIENT_TEST(client_does_not_let_a_call_wait_in_vain_for_a_service_that_holds_it_back),
        CLIENT_TEST(client_lets_the_service_hold_a_call_back_for_no_longer_than_the_timeout),
        CLIENT_TEST(
            client_counts_how_long_the_service_held_a_call_back_and_not_the_wait_for_the_rate),
        CLIENT_TEST(client_does_not_wait_for_the_rate_while_the_service_holds_calls_back),
        CLIENT_TEST(client_forgets_after_a_minute_that_it_was_over_the_rate),
        CLIENT_TEST(client_pauses_longer_each_time_for_a_call_that_alone_gets_429),
        CLIENT_TEST(client_lets_all_calls_go_when_eight_alone_got_no_429),
        CLIENT_TEST(client_makes_few_calls_in_vain_while_it_is_over_the_rate),
        CLIENT_TEST(client_makes_few_calls_in_vain_while_the_rate_comes_back_slowly),
        CLIENT_TEST(client_waits_as_long_for_the_next_list_as_for_the_one_before),
        CLIENT_TEST(client_takes_no_news_from_a_call_that_was_sent_before_a_429),
        CLIENT_TEST(client_lets_another_call_go_alone_when_the_one_is_taken_back),
        CLIENT_TEST(client_lets_all_calls_go_when_the_one_is_silent),
        CLIENT_TEST(client_lets_calls_go_alone_for_no_longer_than_a_third_of_the_timeout),
        CLIENT_TEST(
            client_waits_behind_the_call_that_goes_alone_for_no_longer_than_the_timeout),
        CLIENT_TEST(client_counts_how_long_a_call_was_held_back_before_when_it_is_again),
        CLIENT_TEST(client_ends_a_call_at_its_deadline),
        CLIENT_TEST(client_counts_retries_into_the_timeout),
        CLIENT_TEST(client_calls_nobody_whose_call_was_cancelled),
        CLIENT_TEST(client_serves_first_who_came_first),
        CLIENT_TEST(client_says_when_memory_is_out),
        CLIENT_TEST(client_takes_a_call_from_a_callback),
        CLIENT_TEST(client_counts_no_time_against_a_call_while_the_queue_moves),
        CLIENT_TEST(
            client_asks_again_over_a_new_connection_and_takes_the_answer_that_comes_first),
        CLIENT_TEST(client_waits_on_when_the_silent_connection_breaks),
        CLIENT_TEST(client_stops_the_time_of_a_call_whose_silent_connection_broke),
        CLIENT_TEST(client_waits_on_when_the_silent_connection_brings_a_refusal_of_the_key),
        CLIENT_TEST(
            client_waits_on_when_the_silent_connection_says_that_the_key_of_before_is_used_up),
        CLIENT_TEST(client_waits_on_for_a_try_with_a_new_key_when_that_of_before_is_used_up),
        CLIENT_TEST(client_waits_on_the_silent_connection_when_no_other_call_is_allowed),
        CLIENT_TEST(client_ends_a_call_with_a_silent_connection_at_its_deadline),
        CLIENT_TEST(client_makes_new_connections_when_a_call_had_no_answer),
        CLIENT_TEST(client_takes_back_what_never_left_the_machine),
        CLIENT_TEST(client_counts_what_is_sent_twice),
        CLIENT_TEST(client_meters_a_call_when_it_has_ended),
        CLIENT_TEST(client_meters_a_call_that_was_given_up),
        CLIENT_TEST(client_does_not_meter_what_never_left_the_machine),
        CLIENT_TEST(client_meters_each_try_that_failed),
        CLIENT_TEST(client_meters_the_time_of_each_answer),
        CLIENT_TEST(client_tells_how_many_calls_wait),
        CLIENT_TEST(client_spares_seven_tenths_of_the_rate),
        CLIENT_TEST(client_spares_none_of_the_last_calls),
        CLIENT_TEST(client_spares_none_of_the_last_of_the_allowance),
        CLIENT_TEST(client_spares_none_while_the_service_is_silent),
        CLIENT_TEST(client_spares_none_until_calls_got_no_429_any_more),
        cmocka_unit_test(call_pauses_twice_as_long_each_time_up_to_8_seconds),
        cmocka_unit_test(call_takes_off_no_more_than_half_of_a_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
