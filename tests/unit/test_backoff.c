#include "unit.h"

#include "api/backoff.h"

TEST(backoff_doubles_up_to_16_seconds)
{
    static const int64_t whole[] = {500, 500, 1000, 2000, 4000, 8000, 16000, 16000, 16000};
    for (unsigned try = 0; try < LENGTH(whole); try++) {
        assert_int_equal(backoff_ms(try, 0), whole[try] / 2);
        assert_int_equal(backoff_ms(try, (uint32_t)(whole[try] / 2)), whole[try]);
    }
    assert_int_equal(backoff_ms(1000000, 0), 8000);
    assert_int_equal(backoff_ms(UINT32_MAX, 8000), 16000);
}

TEST(backoff_takes_off_no_more_than_half)
{
    bool low = false, high = false;
    for (uint64_t random = 0; random <= UINT32_MAX; random += 65537) {
        int64_t delay = backoff_ms(3, (uint32_t)random);
        assert_between(delay, 1000, 2000);
        low = low || delay < 1100;
        high = high || delay > 1900;
    }
    assert_true(low && high);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_doubles_up_to_16_seconds),
        cmocka_unit_test(backoff_takes_off_no_more_than_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
