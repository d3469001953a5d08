/* Tests how the age that answers tell shortens the time for which a list serves. */
#include "unit.h"

#include "api/answer.h"

#define MOST FRESHNESS_SECONDS_MAX

/* Header lines one after the other, and what is known afterwards. */
static const struct row {
    const char *lines[3];
    int64_t age_s, max_age_s;
} rows[] = {
    {{"Age: 7\r\n"}, 7, 0},
    {{"age:7\r\n"}, 7, 0},
    {{"AGE:  \t7 \r\n"}, 7, 0},
    {{"Age: 7"}, 7, 0},
    {{"Age:\t7 \t\r\n"}, 7, 0},
    {{"Age: 0"}, 0, 0},
    {{"Age: 007"}, 7, 0},
    {{"Age: 7, 90"}, 7, 0},
    {{"Age: 7", "Age: 90"}, 90, 0},
    {{"Age: 90", "Age: 7"}, 90, 0},
    {{"Age: x", "Age: 7"}, 7, 0},
    {{"Age:"}, 0, 0},
    {{"Age: \r\n"}, 0, 0},
    {{"Age: -7"}, 0, 0},
    {{"Age: +7"}, 0, 0},
    {{"Age: 7.5"}, 0, 0},
    {{"Age: 7 s"}, 0, 0},
    {{"Age: 0x7"}, 0, 0},
    {{"Age: 2147483649"}, MOST, 0},
    {{"Age: 99999999999999999999999999999999999999"}, MOST, 0},
    {{"Age"}, 0, 0},
    {{"Ages: 7"}, 0, 0},
    {{"Page: 7"}, 0, 0},
    {{"X-Age: 7"}, 0, 0},
    {{""}, 0, 0},

    {{"Cache-Control: max-age=60\r\n"}, 0, 60},
    {{"cache-control:MAX-AGE=60\r\n"}, 0, 60},
    {{"Cache-Control: public, max-age=60"}, 0, 60},
    {{"Cache-Control: max-age=60, must-revalidate"}, 0, 60},
    {{"Cache-Control: ,, max-age=60 ,,"}, 0, 60},
    {{"Cache-Control: max-age=\"60\""}, 0, 60},
    {{"Cache-Control: max-age=60, max-age=30"}, 0, 30},
    {{"Cache-Control: max-age=60", "Cache-Control: max-age=30", "Age: 2"}, 2, 30},
    {{"Cache-Control: max-age=30", "Cache-Control: max-age=60"}, 0, 30},
    {{"Cache-Control: max-age=99999999999999999999999999"}, 0, MOST},
    {{"Cache-Control: private=\"a, max-age=5, b\", max-age=60"}, 0, 60},
    {{"Cache-Control: private=\"a\\\", max-age=5, b\", max-age=60"}, 0, 60},
    {{"Cache-Control: private=\"never closed, max-age=5"}, 0, 0},
    {{"Cache-Control: private=\"\\"}, 0, 0},

    /* What frameworks send by themselves. */
    {{"Cache-Control: no-cache"}, 0, 0},
    {{"Cache-Control: no-store"}, 0, 0},
    {{"Cache-Control: no-cache, no-store, max-age=0, must-revalidate"}, 0, 0},
    {{"Cache-Control: max-age=0", "Cache-Control: max-age=60"}, 0, 60},
    {{"Cache-Control: s-maxage=5"}, 0, 0},
    {{"Cache-Control: s-maxage=5, max-age=60"}, 0, 60},

    {{"Cache-Control:"}, 0, 0},
    {{"Cache-Control: max-age"}, 0, 0},
    {{"Cache-Control: max-age="}, 0, 0},
    {{"Cache-Control: max-age=\""}, 0, 0},
    {{"Cache-Control: max-age=\"\""}, 0, 0},
    {{"Cache-Control: max-age=-60"}, 0, 0},
    {{"Cache-Control: max-age=1.5"}, 0, 0},
    {{"Cache-Control: max-age=60s"}, 0, 0},
    {{"Cache-Control: max-age=x, max-age=60"}, 0, 60},
    {{"X-Cache-Control: max-age=60"}, 0, 0},
};

TEST(freshness_reads_header_lines)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct freshness freshness = {0};
        for (size_t j = 0; j < LENGTH(rows[i].lines) && rows[i].lines[j]; j++) {
            /* Of a size to the byte: ASan sees who reads on. */
            size_t size = strlen(rows[i].lines[j]);
            char *line = malloc(size ? size : 1);
            assert_non_null(line);
            memcpy(line, rows[i].lines[j], size);
            freshness_read(&freshness, line, size);
            free(line);
        }
        assert_row(rows[i].lines[0], freshness.age_s == rows[i].age_s);
        assert_row(rows[i].lines[0], freshness.max_age_s == rows[i].max_age_s);
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
        cmocka_unit_test(freshness_reads_header_lines),
        cmocka_unit_test(freshness_of_several_answers_is_the_least),
        cmocka_unit_test(freshness_shortens_a_ttl_and_never_makes_it_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
