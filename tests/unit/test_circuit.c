#include "unit.h"

#include <errno.h>

#include "api/circuit.h"

static struct circuit circuit;
static bool probe;

static void fail_times(unsigned times, int64_t now)
{
    for (unsigned i = 0; i < times; i++)
        circuit_failed(&circuit, now, probe, -ETIMEDOUT, "no answer");
}

static void start(void)
{
    circuit = (struct circuit){.failures = 0};
    probe = false;
}

TEST(circuit_lets_calls_through_after_two_failures)
{
    start();
    fail_times(2, 1000);
    assert_true(circuit_allows(&circuit, 1000, &probe));
    assert_false(probe);
}

TEST(circuit_opens_at_the_third_failure_in_a_row)
{
    start();
    fail_times(3, 1000);
    assert_false(circuit_allows(&circuit, 1999, &probe));
    assert_int_equal(circuit.error, -ETIMEDOUT);
    assert_string_equal(circuit.why, "no answer");
}

TEST(circuit_forgets_failures_at_an_answer)
{
    start();
    fail_times(2, 1000);
    circuit_answered(&circuit);
    fail_times(2, 1000);
    assert_true(circuit_allows(&circuit, 1000, &probe));
}

TEST(circuit_lets_one_call_try_after_a_second)
{
    start();
    fail_times(3, 1000);
    assert_true(circuit_allows(&circuit, 2000, &probe));
    assert_true(probe);
    bool second;
    assert_false(circuit_allows(&circuit, 2000, &second));
}

TEST(circuit_waits_twice_as_long_after_each_try_and_30_seconds_at_most)
{
    start();
    fail_times(3, 0);
    int64_t now = 0;
    for (int64_t pause = 1000; pause <= 64000; pause *= 2) {
        int64_t expected = pause < 30000 ? pause : 30000;
        assert_false(circuit_allows(&circuit, now + expected - 1, &probe));
        now += expected;
        assert_true(circuit_allows(&circuit, now, &probe));
        fail_times(1, now);
    }
}

TEST(circuit_closes_at_the_first_answer)
{
    start();
    fail_times(3, 0);
    assert_true(circuit_allows(&circuit, 1000, &probe));
    circuit_answered(&circuit);
    assert_true(circuit_allows(&circuit, 1000, &probe));
    assert_false(probe);
}

TEST(circuit_lets_another_call_try_when_the_one_was_taken_back)
{
    start();
    fail_times(3, 0);
    assert_true(circuit_allows(&circuit, 1000, &probe));
    circuit_abandoned(&circuit);
    assert_true(circuit_allows(&circuit, 1000, &probe));
}

TEST(circuit_ignores_calls_that_were_under_way_when_it_opened)
{
    start();
    fail_times(10, 0);
    assert_true(circuit_allows(&circuit, 1000, &probe));
}

TEST(circuit_counts_only_what_is_no_answer)
{
    assert_true(circuit_counts(-ECONNREFUSED, 0));
    assert_true(circuit_counts(-ETIMEDOUT, 0));
    assert_true(circuit_counts(-EIO, 503));
    assert_false(circuit_counts(-EIO, 500));
    assert_false(circuit_counts(-EACCES, 403));
    assert_false(circuit_counts(-EAGAIN, 429));
    assert_false(circuit_counts(0, 200));
    assert_false(circuit_counts(-EPROTO, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(circuit_lets_calls_through_after_two_failures),
        cmocka_unit_test(circuit_opens_at_the_third_failure_in_a_row),
        cmocka_unit_test(circuit_forgets_failures_at_an_answer),
        cmocka_unit_test(circuit_lets_one_call_try_after_a_second),
        cmocka_unit_test(circuit_waits_twice_as_long_after_each_try_and_30_seconds_at_most),
        cmocka_unit_test(circuit_closes_at_the_first_answer),
        cmocka_unit_test(circuit_lets_another_call_try_when_the_one_was_taken_back),
        cmocka_unit_test(circuit_ignores_calls_that_were_under_way_when_it_opened),
        cmocka_unit_test(circuit_counts_only_what_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
