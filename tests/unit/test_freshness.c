/* Tests how the age that answers tell shortens the time for which a list serves. */
#include "unit.h"

#include "api/answer.h"

#define MOST FRESHNESS_SECONDS_MAX

/* What a header says, and what is known afterwards. */
static const struct row {
    const char *value;
    int64_t seconds;
} ages[] =
    {
        {"7", 7},
        {"7 \t", 7},
        {"\"7\"", 7},
        {"0", 0},
        {"007", 7},
        {"7, 90", 7},
        {"", 0},
        {"-7", 0},
        {"7.5", 0},
        {"7 s", 0},
        {"0x7", 0},
        {"x", 0},
        {"2147483649", MOST},
        {"99999999999999999999999999999999999999", MOST},
        {"-99999999999999999999999999999999999999", 0},
},
  controls[] = {
      {"max-age=60", 60},
      {"MAX-AGE=60", 60},
      {"public, max-age=60", 60},
      {"public,max-age=60 ,must-revalidate", 60},
      {"max-age=60, must-revalidate", 60},
      {",, max-age=60 ,,", 60},
      {"max-age=\"60\"", 60},
      {"max-age=60, max-age=30", 30},
      {"max-age=30, max-age=60", 30},
      {"max-age=99999999999999999999999999", MOST},
      {"private=\"a, max-age=90, b\", max-age=60", 60},
      {"private=\"never closed, max-age=5", 5},

      /* What frameworks send by themselves. */
      {"no-cache", 0},
      {"no-store", 0},
      {"no-cache, no-store, max-age=0, must-revalidate", 0},
      {"s-maxage=5", 0},
      {"s-maxage=5, max-age=60", 60},

      {"", 0},
      {"x-max-age=5", 0},
      {"max-age", 0},
      {"max-age=", 0},
      {"max-age=,60", 0},
      {"max-age=\"", 0},
      {"max-age=\"\"", 0},
      {"max-age=-60", 0},
      {"max-age=1.5", 0},
      {"max-age=60s", 0},
      {"max-age=max-age=60", 0},
      {"max-age=x, max-age=60", 60},
};

TEST(freshness_reads_headers)
{
    for (size_t i = 0; i < LENGTH(ages); i++) {
        struct freshness freshness = {0};
        freshness_take_age(&freshness, ages[i].value);
        assert_row(ages[i].value, freshness.age_s == ages[i].seconds);
        assert_row(ages[i].value, freshness.max_age_s == 0);
    }
    for (size_t i = 0; i < LENGTH(controls); i++) {
        struct freshness freshness = {0};
        freshness_take_control(&freshness, controls[i].value);
        assert_row(controls[i].value, freshness.age_s == 0);
        assert_row(controls[i].value, freshness.max_age_s == controls[i].seconds);
    }
}

TEST(freshness_of_several_answers_is_the_least)
{
    struct freshness all = {0};
    const struct freshness silent = {0}, young = {.age_s = 1, .max_age_s = 9},
                           old = {.age_s = 5, .max_age_s = 90};
    freshness_narrow(&all, &silent);
    assert_int_equal(all.age_s + all.max_age_s, 0);
    freshness_narrow(&all, &old);
    freshness_narrow(&all, &silent);
    freshness_narrow(&all, &young);
    assert_int_equal(all.age_s, 5);
    assert_int_equal(all.max_age_s, 9);
}

TEST(freshness_shortens_a_ttl_and_never_makes_it_longer)
{
    static const struct {
        struct freshness freshness;
        int64_t ttl_ms, expected_ms;
    } times[] = {
        {{0, 0}, 60000, 60000},
        {{0, 10}, 60000, 10000},
        {{0, 600}, 60000, 60000},
        {{0, MOST}, 60000, 60000},
        {{20, 0}, 60000, 40000},
        {{20, 30}, 60000, 10000},
        {{20, 600}, 60000, 40000},
        {{58, 0}, 60000, 2000},
        {{59, 0}, 60000, 1500},
        {{20, 10}, 60000, 1500},
        {{MOST, 0}, 60000, 1500},
        {{MOST, MOST}, 60000, 1500},
        {{0, 1}, 60000, 1500},
        {{0, 1}, 1200, 1200},
        {{7, 7}, 1000, 1000},
        {{7, 7}, 0, 0},
        {{0, 0}, 0, 0},
    };
    for (size_t i = 0; i < LENGTH(times); i++)
        assert_int_equal(freshness_ttl_ms(&times[i].freshness, times[i].ttl_ms, 1500),
                         times[i].expected_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freshness_reads_headers),
        cmocka_unit_test(freshness_of_several_answers_is_the_least),
        cmocka_unit_test(freshness_shortens_a_ttl_and_never_makes_it_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
