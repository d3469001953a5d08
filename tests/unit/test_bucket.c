/* Tests the rate: how many calls go in any minute, and how long one waits. */
#include "unit.h"

#include <stdlib.h>

#include "api/bucket.h"

#define MINUTE 60000

/* Takes all that can be had at once. */
static unsigned burst(struct bucket *bucket, int64_t now)
{
    unsigned count = 0;
    while (bucket_wait_ms(bucket, now) == 0) {
        bucket_take(bucket, now);
        count++;
    }
    return count;
}

TEST(bucket_gives_four_fifths_at_once)
{
    struct bucket *bucket = bucket_create(300);
    assert_int_equal(burst(bucket, 5000), 240);
    assert_int_equal(bucket_taken(bucket, 5000), 240);
    assert_true(bucket_wait_ms(bucket, 5000) > 0);
    bucket_destroy(bucket);
}

TEST(bucket_gives_all_at_once_where_there_is_no_fifth)
{
    for (unsigned rate = 1; rate < 5; rate++) {
        struct bucket *bucket = bucket_create(rate);
        assert_int_equal(burst(bucket, 5000), rate);
        assert_between(bucket_wait_ms(bucket, 5000), MINUTE, MINUTE + 1000);
        bucket_destroy(bucket);
    }
}

TEST(bucket_spaces_the_last_fifth)
{
    struct bucket *bucket = bucket_create(300);
    int64_t now = 5000;
    burst(bucket, now);
    for (int i = 0; i < 59; i++) {
        int64_t wait = bucket_wait_ms(bucket, now);
        assert_between(wait, 900, 1100);
        now += wait;
        assert_int_equal(burst(bucket, now), 1);
    }
    bucket_destroy(bucket);
}

TEST(bucket_gives_a_token_back_after_a_minute)
{
    struct bucket *bucket = bucket_create(1);
    bucket_take(bucket, 5000);
    assert_true(bucket_wait_ms(bucket, 5000 + MINUTE) > 0);
    assert_int_equal(bucket_wait_ms(bucket, 5000 + MINUTE + 1000), 0);
    assert_int_equal(bucket_taken(bucket, 5000 + MINUTE + 1000), 0);
    bucket_destroy(bucket);
}

/* curl sends again by itself what a closed connection did not answer. */
TEST(bucket_waits_longer_after_a_call_without_a_token)
{
    for (unsigned rate = 1; rate < 8; rate++) {
        struct bucket *bucket = bucket_create(rate);
        for (unsigned i = 0; i < rate; i++)
            bucket_take(bucket, 5000 + i);
        bucket_take(bucket, 9000);
        assert_int_equal(bucket_taken(bucket, 9000), rate);
        int64_t back = bucket_wait_ms(bucket, 9000) + 9000 - 5000;
        assert_between(back, MINUTE, MINUTE + (rate > 1 ? 1000 : 5000));
        assert_int_equal(bucket_taken(bucket, 5000 + MINUTE + 1000), 1);
        bucket_destroy(bucket);
    }
}

TEST(bucket_says_exactly_how_long_to_wait)
{
    static const unsigned rates[] = {1, 4, 5, 6, 10, 300};
    for (size_t i = 0; i < LENGTH(rates); i++) {
        struct bucket *bucket = bucket_create(rates[i]);
        int64_t now = 5000;
        for (int round = 0; round < 2000; round++) {
            int64_t wait = bucket_wait_ms(bucket, now);
            assert_between(wait, 0, MINUTE + 1000);
            if (wait > 0)
                assert_true(bucket_wait_ms(bucket, now + wait - 1) > 0);
            now += wait;
            assert_int_equal(bucket_wait_ms(bucket, now), 0);
            bucket_take(bucket, now);
        }
        bucket_destroy(bucket);
    }
}

/* Whether more than RATE of the sorted TIMES lie in some 60 seconds. */
static bool exceeds(const int64_t *times, size_t count, unsigned rate)
{
    for (size_t i = rate; i < count; i++) {
        if (times[i] - times[i - rate] < MINUTE)
            return true;
    }
    return false;
}

TEST(bucket_never_gives_more_than_its_rate_in_any_minute)
{
    enum { COUNT = 3000 };
    static const unsigned rates[] = {1, 4, 5, 7, 60, 300};
    static int64_t times[COUNT];
    unsigned seed = 3;
    for (size_t i = 0; i < LENGTH(rates); i++) {
        for (unsigned pause = 1; pause < 100000; pause *= 10) {
            struct bucket *bucket = bucket_create(rates[i]);
            int64_t now = 5000;
            for (size_t taken = 0; taken < COUNT; taken++) {
                now += rand_r(&seed) % (int)pause; /* the next caller arrives */
                now += bucket_wait_ms(bucket, now);
                bucket_take(bucket, now);
                times[taken] = now;
            }
            assert_false(exceeds(times, COUNT, rates[i]));
            bucket_destroy(bucket);
        }
    }
}

TEST(bucket_gives_four_fifths_of_its_rate_in_the_long_run)
{
    struct bucket *bucket = bucket_create(300);
    unsigned taken = 0;
    for (int64_t now = 5000; now < 5000 + 10 * MINUTE; now += 10)
        taken += burst(bucket, now);
    assert_between(taken, 2400, 3300);
    bucket_destroy(bucket);
}

TEST(bucket_holds_until_it_is_told)
{
    struct bucket *bucket = bucket_create(10);
    bucket_hold(bucket, 8000);
    bucket_hold(bucket, 6000);
    assert_int_equal(bucket_wait_ms(bucket, 5000), 3000);
    assert_int_equal(bucket_held_ms(bucket, 5000), 3000);
    assert_int_equal(bucket_wait_ms(bucket, 8000), 0);
    assert_int_equal(bucket_held_ms(bucket, 9000), 0);
    bucket_destroy(bucket);
}

TEST(bucket_has_spare_up_to_seven_tenths)
{
    struct bucket *bucket = bucket_create(10);
    for (int i = 0; i < 5; i++)
        bucket_take(bucket, 5000);
    assert_true(bucket_has_spare(bucket, 5000, 1));
    assert_false(bucket_has_spare(bucket, 5000, 2));
    bucket_hold(bucket, 8000);
    assert_false(bucket_has_spare(bucket, 5000, 0));
    bucket_destroy(bucket);
}

TEST(bucket_destroy_takes_null)
{
    bucket_destroy(NULL);
    struct bucket *bucket = bucket_create(BUCKET_RATE_MAX);
    assert_non_null(bucket);
    bucket_destroy(bucket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bucket_gives_four_fifths_at_once),
        cmocka_unit_test(bucket_gives_all_at_once_where_there_is_no_fifth),
        cmocka_unit_test(bucket_spaces_the_last_fifth),
        cmocka_unit_test(bucket_gives_a_token_back_after_a_minute),
        cmocka_unit_test(bucket_waits_longer_after_a_call_without_a_token),
        cmocka_unit_test(bucket_says_exactly_how_long_to_wait),
        cmocka_unit_test(bucket_never_gives_more_than_its_rate_in_any_minute),
        cmocka_unit_test(bucket_gives_four_fifths_of_its_rate_in_the_long_run),
        cmocka_unit_test(bucket_holds_until_it_is_told),
        cmocka_unit_test(bucket_has_spare_up_to_seven_tenths),
        cmocka_unit_test(bucket_destroy_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
