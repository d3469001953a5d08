/* When a connection that says nothing is doubted. */

#include "unit.h"

#include "api/silence.h"
#include "fake_clock.h"

#define TIMEOUT  30000
#define PATIENCE (TIMEOUT / 4)

static struct loop *loop;
static struct silences silences;
static struct silence requests[4];
static unsigned renewed, asked_again;

static void renew(void *data)
{
    silences_renew(data);
    renewed++;
}

static void again(void *data)
{
    (void)data;
    asked_again++;
}

static void pass(int64_t ms)
{
    for (int64_t end = fake_now + ms;; fake_now += 10) {
        for (int i = 0; i < 4; i++)
            assert_int_equal(loop_turn(loop, 0), 0);
        if (fake_now >= end)
            return;
    }
}

static void send_over(struct silence *request, int connection, bool is_new)
{
    silence_begin(request, &silences, again, NULL);
    silence_sent(request, connection, is_new);
}

static int set_up(void **state)
{
    (void)state;
    loop = loop_create();
    silences_init(&silences, loop, TIMEOUT, renew, &silences);
    memset(requests, 0, sizeof requests);
    renewed = asked_again = 0;
    send_over(&requests[3], 1, true);
    silence_heard(&requests[3]);
    silence_end(&requests[3]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(requests); i++)
        silence_end(&requests[i]);
    loop_destroy(loop);
    return 0;
}

TEST(silence_on_a_connection_that_was_used_before_is_doubted_after_a_quarter_of_the_timeout)
{
    send_over(&requests[0], 1, false);
    pass(PATIENCE - 10);
    assert_int_equal(renewed + asked_again, 0);
    pass(20);
    assert_int_equal(renewed, 1);
    assert_int_equal(asked_again, 1);
    pass(TIMEOUT);
    assert_int_equal(asked_again, 1);
}

TEST(silence_on_a_new_connection_is_waited_for)
{
    send_over(&requests[0], 2, true);
    pass(TIMEOUT);
    assert_int_equal(renewed + asked_again, 0);
}

/* HTTP/2: others use the connection that one of them has made. */
TEST(silence_on_a_connection_that_has_not_answered_yet_is_waited_for)
{
    silences_renew(&silences);
    send_over(&requests[0], 2, true);
    send_over(&requests[1], 2, false);
    pass(TIMEOUT);
    assert_int_equal(renewed + asked_again, 0);
}

TEST(silence_of_one_request_is_no_sign_while_others_are_answered)
{
    send_over(&requests[0], 1, false);
    pass(PATIENCE - 100);
    send_over(&requests[1], 1, false);
    silence_heard(&requests[1]);
    pass(PATIENCE - 100);
    assert_int_equal(asked_again, 0);
    pass(200);
    assert_int_equal(asked_again, 1);
}

TEST(silence_is_not_ended_by_another_connection)
{
    send_over(&requests[0], 1, false);
    pass(PATIENCE - 100);
    send_over(&requests[1], 2, true);
    silence_heard(&requests[1]);
    pass(200);
    assert_int_equal(asked_again, 1);
}

TEST(silence_has_one_asked_again_and_the_others_when_that_is_answered)
{
    for (int i = 0; i < 3; i++)
        send_over(&requests[i], i, false);
    pass(PATIENCE + 100);
    assert_int_equal(renewed, 1);
    assert_int_equal(asked_again, 1);
    send_over(&requests[3], 9, true);
    silence_heard(&requests[3]);
    pass(10);
    assert_int_equal(asked_again, 3);
    assert_int_equal(renewed, 1);
}

TEST(silence_has_the_next_one_asked_again_when_the_first_is_not_answered)
{
    for (int i = 0; i < 3; i++)
        send_over(&requests[i], i, false);
    pass(PATIENCE + 100);
    assert_int_equal(asked_again, 1);
    pass(PATIENCE);
    assert_int_equal(asked_again, 2);
}

TEST(silence_that_was_worth_it_doubles_the_patience_for_ten_minutes)
{
    send_over(&requests[0], 2, true);
    pass(10000);
    silence_heard(&requests[0]);
    assert_int_equal(silences_patience_ms(&silences, fake_now), 20000);
    send_over(&requests[1], 1, false);
    pass(19900);
    assert_int_equal(asked_again, 0);
    assert_int_equal(silences_patience_ms(&silences, fake_now + 600000), PATIENCE);
}

TEST(silence_of_a_service_that_slows_down_slowly_costs_nothing)
{
    for (int64_t wait = 500; wait < TIMEOUT; wait = wait * 3 / 2) {
        send_over(&requests[0], 1, false);
        pass(wait);
        silence_heard(&requests[0]);
        silence_end(&requests[0]);
    }
    assert_int_equal(asked_again, 0);
}

/* The loop runs timers before it reads. */
TEST(silence_of_a_machine_that_stood_still_is_none)
{
    send_over(&requests[0], 1, false);
    fake_now += 60000;
    assert_int_equal(loop_turn(loop, 0), 0);
    silence_heard(&requests[0]);
    pass(TIMEOUT);
    assert_int_equal(renewed + asked_again, 0);
}

TEST(silence_is_a_second_at_least_and_ten_at_most)
{
    silences_init(&silences, loop, 2000, renew, &silences);
    assert_int_equal(silences_patience_ms(&silences, fake_now), 1000);
    silences_init(&silences, loop, 600000, renew, &silences);
    assert_int_equal(silences_patience_ms(&silences, fake_now), 10000);
}

#define SILENCE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SILENCE_TEST(
            silence_on_a_connection_that_was_used_before_is_doubted_after_a_quarter_of_the_timeout),
        SILENCE_TEST(silence_on_a_new_connection_is_waited_for),
        SILENCE_TEST(silence_on_a_connection_that_has_not_answered_yet_is_waited_for),
        SILENCE_TEST(silence_of_one_request_is_no_sign_while_others_are_answered),
        SILENCE_TEST(silence_is_not_ended_by_another_connection),
        SILENCE_TEST(silence_has_one_asked_again_and_the_others_when_that_is_answered),
        SILENCE_TEST(silence_has_the_next_one_asked_again_when_the_first_is_not_answered),
        SILENCE_TEST(silence_that_was_worth_it_doubles_the_patience_for_ten_minutes),
        SILENCE_TEST(silence_of_a_service_that_slows_down_slowly_costs_nothing),
        SILENCE_TEST(silence_of_a_machine_that_stood_still_is_none),
        SILENCE_TEST(silence_is_a_second_at_least_and_ten_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
