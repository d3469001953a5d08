/* Tests what a mount remembers of the service's pages, and for how long. */
#include "unit.h"

#include "api/quirks.h"
#include "capture.h"
#include "fake_clock.h"

#define MINUTES 60000

static struct quirks quirks;

static int set_up(void **state)
{
    (void)state;
    quirks = (struct quirks){.per_page = 1000};
    return 0;
}

TEST(quirks_ask_for_what_was_configured)
{
    assert_int_equal(quirks_per_page(&quirks), 1000);
    assert_int_equal(quirks_sizes(&quirks), PLAN_ANY_SIZE);
    quirks_learn(&quirks, 1000, PLAN_ANY_SIZE);
    assert_int_equal(quirks_per_page(&quirks), 1000);
}

TEST(quirks_ask_for_less_for_a_while_and_twice_as_long_each_time)
{
    int64_t minutes = 10;
    for (int met = 0; met < 10; met++) {
        quirks_learn(&quirks, 100, PLAN_ANY_SIZE);
        assert_int_equal(quirks_per_page(&quirks), 100);
        fake_now += minutes * MINUTES - 1;
        quirks_learn(&quirks, 100, PLAN_ANY_SIZE); /* nothing new */
        assert_int_equal(quirks_per_page(&quirks), 100);
        fake_now++;
        assert_int_equal(quirks_per_page(&quirks), 1000);
        minutes = minutes * 2 < 24 * 60 ? minutes * 2 : 24 * 60;
    }
    assert_int_equal(minutes, 24 * 60);
}

TEST(quirks_forget_a_limit_that_is_gone)
{
    quirks_learn(&quirks, 100, PLAN_ANY_SIZE);
    fake_now += 10 * MINUTES;
    quirks_learn(&quirks, 1000, PLAN_ANY_SIZE);
    quirks_learn(&quirks, 100, PLAN_ANY_SIZE);
    fake_now += 10 * MINUTES;
    assert_int_equal(quirks_per_page(&quirks), 1000);
}

TEST(quirks_keep_to_sizes_that_worked_for_a_while)
{
    quirks_learn(&quirks, 1000, PLAN_ONE_SIZE);
    assert_int_equal(quirks_sizes(&quirks), PLAN_ONE_SIZE);
    fake_now += 10 * MINUTES;
    assert_int_equal(quirks_sizes(&quirks), PLAN_ANY_SIZE);
    quirks_learn(&quirks, 1000, PLAN_ROUND_SIZES);
    fake_now += 20 * MINUTES - 1;
    assert_int_equal(quirks_sizes(&quirks), PLAN_ROUND_SIZES);
    fake_now++;
    assert_int_equal(quirks_sizes(&quirks), PLAN_ANY_SIZE);
}

TEST(quirks_say_once_what_they_have_met)
{
    capture_begin();
    quirks_learn(&quirks, 100, PLAN_ONE_SIZE);
    const char *lines = capture_end();
    assert_non_null(strstr(lines, "refuses perPage=1000; asking for 100 for a while"));
    assert_non_null(strstr(lines, "does not keep to perPage; reading each page twice"));
    fake_now += 10 * MINUTES;
    capture_begin();
    quirks_learn(&quirks, 100, PLAN_ONE_SIZE);
    assert_string_equal(capture_end(), "");
}

TEST(quirks_take_a_smaller_size_from_a_message_or_halve)
{
    static const struct {
        uint64_t size;
        const char *message;
        uint64_t less;
    } rows[] = {
        {1000, "The page size 1000 is too large. Please use perPage 950 or less.", 950},
        {1000, "perPage=950", 950},
        {1000, "(950)", 950},
        {1000, "at most 950.", 950},
        {1000, "between 10 and 500", 500},
        {1000, "", 500},
        {1000, "too large", 500},
        {1000, "HTTP 413", 500},
        {1000, "1000 or 2000", 500},
        {1000, "try again in 5 seconds", 500},
        {1000, "at 2024-11-12, 10.0.0.1:8080 said v200, x300, 400x, 600_a, 1.5, 2,000", 500},
        {1000, "99999999999999999999999999", 500},
        {950, "at most 950", 475},
        {3, "", 1},
        {2, "at most 10", 1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].message,
                   quirks_less_than(rows[i].size, rows[i].message) == rows[i].less);
}

TEST(quirks_ask_for_a_size_that_worked_until_the_time_is_over)
{
    quirks_learn(&quirks, 950, PLAN_ANY_SIZE);
    assert_int_equal(quirks_per_page(&quirks), 950);
    quirks_learn(&quirks, 475, PLAN_ANY_SIZE);
    assert_int_equal(quirks_per_page(&quirks), 475);
    fake_now += 20 * MINUTES;
    assert_int_equal(quirks_per_page(&quirks), 1000);
}

TEST(quirks_see_how_much_a_page_holds)
{
    static const struct {
        size_t count;
        int64_t total, per_page;
        uint64_t page_size;
    } rows[] = {{500, 2000, 1000, 500}, {500, 500, 1000, 1000}, {20, 20, 50, 50},
                {0, 0, -1, 1000},       {50, 250, 50, 50},      {20, -1, 2000, 1000}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct envelope page = {
            .count = rows[i].count, .total_items = rows[i].total, .per_page = rows[i].per_page};
        quirks_see_page(&quirks, 1000, &page);
        assert_int_equal(quirks.page_size, rows[i].page_size);
    }
}

#define QUIRKS_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUIRKS_TEST(quirks_ask_for_what_was_configured),
        QUIRKS_TEST(quirks_ask_for_less_for_a_while_and_twice_as_long_each_time),
        QUIRKS_TEST(quirks_forget_a_limit_that_is_gone),
        QUIRKS_TEST(quirks_keep_to_sizes_that_worked_for_a_while),
        QUIRKS_TEST(quirks_say_once_what_they_have_met),
        QUIRKS_TEST(quirks_take_a_smaller_size_from_a_message_or_halve),
        QUIRKS_TEST(quirks_ask_for_a_size_that_worked_until_the_time_is_over),
        QUIRKS_TEST(quirks_see_how_much_a_page_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
