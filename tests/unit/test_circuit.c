/* Tests when calls fail at once because the service, the key or the allowance is at fault. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "api/circuit.h"
#include "capture.h"

static struct circuit circuit;

static const struct answer fine = {.status = 200}, silent = {.error = -ETIMEDOUT},
                           refused = {.status = 401, .error = -EACCES, .why = "HTTP 401"},
                           used_up = {.status = 429, .error = -EDQUOT, .why = "HTTP 429"};

static void end_times(unsigned times, int64_t now, const struct answer *answer)
{
    capture_begin();
    for (unsigned i = 0; i < times; i++)
        circuit_ended(&circuit, now, false, answer);
    capture_end();
}

/* The call that tries at NOW ends with ANSWER. Returns what is logged. */
static const char *try_at(int64_t now, const struct answer *answer)
{
    assert_null(circuit_blocks(&circuit, now));
    assert_true(circuit_begin(&circuit));
    capture_begin();
    circuit_ended(&circuit, now, true, answer);
    return capture_end();
}

static void start(void)
{
    circuit_reset(&circuit);
}

static void assert_closed(void)
{
    assert_null(circuit_blocks(&circuit, 0));
    assert_false(circuit_begin(&circuit));
}

TEST(circuit_lets_calls_through_after_two_failures)
{
    start();
    end_times(2, 1000, &silent);
    assert_closed();
}

TEST(circuit_opens_at_the_third_failure_in_a_row)
{
    static const struct answer *const answers[] = {&silent, &refused, &used_up};
    for (size_t i = 0; i < LENGTH(answers); i++) {
        start();
        end_times(3, 1000, answers[i]);
        const struct answer *blocked = circuit_blocks(&circuit, 1999);
        assert_non_null(blocked);
        assert_int_equal(blocked->error, answers[i]->error);
        assert_int_equal(blocked->status, answers[i]->status);
        assert_string_equal(blocked->why, answers[i]->why);
    }
}

TEST(circuit_keeps_nothing_that_goes_with_the_call)
{
    struct answer answer = refused;
    answer.body = "x";
    answer.size = 1;
    start();
    end_times(3, 1000, &answer);
    const struct answer *blocked = circuit_blocks(&circuit, 1999);
    assert_null(blocked->body);
    assert_int_equal(blocked->size, 0);
}

TEST(circuit_counts_only_failures_of_one_kind)
{
    start();
    end_times(2, 1000, &silent);
    end_times(2, 1000, &refused);
    end_times(2, 1000, &used_up);
    assert_closed();
}

TEST(circuit_forgets_failures_at_an_answer)
{
    start();
    end_times(2, 1000, &silent);
    end_times(1, 1000, &fine);
    end_times(2, 1000, &silent);
    assert_closed();
}

TEST(circuit_lets_one_call_try_after_a_second)
{
    start();
    end_times(3, 1000, &silent);
    assert_null(circuit_blocks(&circuit, 2000));
    assert_true(circuit_begin(&circuit));
    assert_non_null(circuit_blocks(&circuit, 2000));
}

TEST(circuit_waits_twice_as_long_after_each_try_up_to_a_limit)
{
    static const struct {
        const struct answer *answer;
        int64_t longest;
    } rows[] = {{&silent, 30000}, {&refused, 60000}, {&used_up, 300000}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t now = 0;
        start();
        end_times(3, now, rows[i].answer);
        for (int64_t pause = 1000; pause <= 1024000; pause *= 2) {
            int64_t expected = pause < rows[i].longest ? pause : rows[i].longest;
            assert_non_null(circuit_blocks(&circuit, now + expected - 1));
            now += expected;
            assert_string_equal(try_at(now, rows[i].answer), "");
        }
    }
}

TEST(circuit_closes_at_the_first_answer)
{
    static const struct answer answers[] = {{.status = 200}, {.status = 404, .error = -EIO}};
    for (size_t i = 0; i < LENGTH(answers); i++) {
        start();
        end_times(3, 0, &silent);
        assert_string_equal(try_at(1000, &answers[i]), "qpfs: the service answers again\n");
        assert_closed();
        start();
        end_times(3, 0, &refused);
        assert_string_equal(try_at(1000, &answers[i]),
                            "qpfs: the service takes the key again\n");
        assert_closed();
    }
}

/* A call at NOW is not sent. Return what is logged. */
static const char *refuse_at(int64_t now)
{
    capture_begin();
    circuit_blocked(&circuit, now);
    return capture_end();
}

TEST(circuit_tells_once_a_minute_of_calls_that_were_not_sent)
{
    start();
    end_times(3, 0, &silent);
    for (int64_t now = 0; now < 60000; now += 1000)
        assert_string_equal(refuse_at(now), "");
    assert_string_equal(refuse_at(60000), "qpfs: warning: the service still does not answer; "
                                          "61 calls more failed at once ()\n");
    assert_string_equal(refuse_at(119999), "");
    assert_string_equal(refuse_at(200000), "qpfs: warning: the service still does not answer; "
                                           "2 calls more failed at once ()\n");
    assert_string_equal(try_at(200000, &fine),
                        "qpfs: the service answers again; 63 calls failed at once meanwhile\n");
}

/* None of these comes from somebody who has looked at the key. */
TEST(circuit_takes_a_key_for_refused_until_an_answer_shows_that_it_is_not)
{
    static const struct answer answers[] = {
        {.status = 500, .error = -EIO, .transient = true},
        {.status = 503, .error = -EIO, .transient = true},
        {.status = 429, .error = -EAGAIN, .transient = true, .over_rate = true},
        {.status = 302, .error = -EBADMSG},
        {.status = 304, .error = -EBADMSG},
        {.error = -ETIMEDOUT},
        {.error = -EPROTO},
    };
    for (size_t i = 0; i < LENGTH(answers); i++) {
        start();
        end_times(3, 0, &refused);
        assert_string_equal(try_at(1000, &answers[i]), "");
        assert_int_equal(circuit_blocks(&circuit, 2999)->status, 401);
        assert_int_equal(circuit_verdict(&circuit)->status, 401);
    }
}

TEST(circuit_that_is_open_for_silence_closes_at_a_500)
{
    static const struct answer failed = {.status = 500, .error = -EIO, .transient = true};
    start();
    end_times(3, 0, &silent);
    assert_null(circuit_verdict(&circuit));
    try_at(1000, &failed);
    assert_closed();
}

TEST(circuit_says_once_what_is_wrong_now)
{
    start();
    end_times(3, 0, &silent);
    assert_string_equal(try_at(1000, &refused),
                        "qpfs: warning: the service refuses the key; until it takes it, calls "
                        "fail at once; check the key, then send SIGHUP or wait a minute (HTTP "
                        "401)\n");
    assert_string_equal(try_at(2000, &refused), "");
    assert_string_equal(
        try_at(4000, &used_up),
        "qpfs: warning: no calls are left; until there are, calls fail at once; "
        "wait for new ones or buy some, then send SIGHUP or wait five minutes "
        "(HTTP 429)\n");
    assert_string_equal(try_at(5000, &fine), "qpfs: there are calls again\n");
}

TEST(circuit_lets_another_call_try_when_the_one_was_taken_back)
{
    start();
    end_times(3, 0, &silent);
    assert_true(circuit_begin(&circuit));
    circuit_abandoned(&circuit);
    assert_null(circuit_blocks(&circuit, 1000));
}

TEST(circuit_ignores_calls_that_were_under_way_when_it_opened)
{
    start();
    end_times(10, 0, &silent);
    end_times(10, 0, &refused);
    assert_null(circuit_blocks(&circuit, 1000));
    assert_null(circuit_verdict(&circuit));
}

TEST(circuit_that_was_reset_lets_all_through)
{
    start();
    end_times(3, 0, &refused);
    circuit_reset(&circuit);
    assert_closed();
    end_times(2, 0, &refused);
    assert_closed();
}

/* The key may be another one by now. */
TEST(circuit_that_was_reset_does_not_open_for_the_call_that_tried_before)
{
    start();
    end_times(3, 0, &refused);
    assert_true(circuit_begin(&circuit));
    circuit_reset(&circuit);
    circuit_ended(&circuit, 1000, true, &refused);
    assert_closed();
}

TEST(circuit_knows_what_is_wrong_with_all_calls)
{
    static const struct {
        struct answer answer;
        enum circuit_trouble trouble;
    } rows[] = {
        {{.error = -ECONNREFUSED}, CIRCUIT_NO_ANSWER},
        {{.error = -ETIMEDOUT}, CIRCUIT_NO_ANSWER},
        {{.error = -EIO, .status = 503}, CIRCUIT_NO_ANSWER},
        {{.error = -EIO, .status = 500}, CIRCUIT_FINE},
        {{.error = -ETIMEDOUT, .status = 408}, CIRCUIT_FINE},
        {{.error = -EACCES, .status = 401}, CIRCUIT_REFUSED},
        {{.error = -EACCES, .status = 403}, CIRCUIT_FINE},
        {{.error = -EAGAIN, .status = 429}, CIRCUIT_FINE},
        {{.error = -EDQUOT, .status = 429}, CIRCUIT_USED_UP},
        {{.status = 200}, CIRCUIT_FINE},
        {{.error = -EPROTO}, CIRCUIT_FINE},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(circuit_trouble_of(&rows[i].answer), rows[i].trouble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(circuit_lets_calls_through_after_two_failures),
        cmocka_unit_test(circuit_opens_at_the_third_failure_in_a_row),
        cmocka_unit_test(circuit_keeps_nothing_that_goes_with_the_call),
        cmocka_unit_test(circuit_counts_only_failures_of_one_kind),
        cmocka_unit_test(circuit_forgets_failures_at_an_answer),
        cmocka_unit_test(circuit_lets_one_call_try_after_a_second),
        cmocka_unit_test(circuit_waits_twice_as_long_after_each_try_up_to_a_limit),
        cmocka_unit_test(circuit_closes_at_the_first_answer),
        cmocka_unit_test(circuit_tells_once_a_minute_of_calls_that_were_not_sent),
        cmocka_unit_test(circuit_takes_a_key_for_refused_until_an_answer_shows_that_it_is_not),
        cmocka_unit_test(circuit_that_is_open_for_silence_closes_at_a_500),
        cmocka_unit_test(circuit_says_once_what_is_wrong_now),
        cmocka_unit_test(circuit_lets_another_call_try_when_the_one_was_taken_back),
        cmocka_unit_test(circuit_ignores_calls_that_were_under_way_when_it_opened),
        cmocka_unit_test(circuit_that_was_reset_lets_all_through),
        cmocka_unit_test(circuit_that_was_reset_does_not_open_for_the_call_that_tried_before),
        cmocka_unit_test(circuit_knows_what_is_wrong_with_all_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
