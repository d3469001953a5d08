/* Tests the mtime of a file: a day, and a fingerprint of bytes. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "json/record.h"

#define NO_DAY UINT32_MAX

static uint32_t day_of(const char *date)
{
    uint32_t day;
    return mtime_day(date, strlen(date), &day) ? day : NO_DAY;
}

TEST(mtime_reads_days)
{
    static const struct {
        const char *date;
        uint32_t day;
    } rows[] = {
        {"2019-12-18", 1576627200},
        {"2019-12-18T23:59:59Z", 1576627200},
        {"2019-12-18 10:00", 1576627200},
        {"2000-02-29", 951782400},
        {"1970-01-01", 0},
        {"1970-01-02", 86400},
        {"2105-12-31", 4291660800},
        {"2000-01-01", MTIME_DEFAULT_DAY},
        {"2024-02-29", 1709164800},
        {"2000-03-01", 951868800},
        {"2100-03-01", 4107542400},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].date, day_of(rows[i].date) == rows[i].day);
}

TEST(mtime_refuses_what_is_no_day)
{
    static const char *const dates[] = {
        "",           "2019",       "2019-12-1",   "2019-12-1x", "2019-12-180", "2019-13-01",
        "2019-00-01", "2019-01-00", "2019-01-32",  "2019-02-29", "2100-02-29",  "1900-02-29",
        "1969-12-31", "2106-01-01", "0000-00-00",  "2019/12/18", "18-12-2019x", "2019-12-18Z",
        "2019-04-31", "20191218xx", " 2019-12-18", "-019-12-18", "2019-12-18x"};
    for (size_t i = 0; i < LENGTH(dates); i++)
        assert_row(dates[i], day_of(dates[i]) == NO_DAY);
}

TEST(mtime_counts_every_day_once)
{
    uint32_t next = 0;
    char date[32];
    for (int year = 1970; year <= 2105; year++) {
        for (int day = 1; day <= 372; day++) {
            snprintf(date, sizeof date, "%04d-%02d-%02d", year, (day - 1) / 31 + 1,
                     (day - 1) % 31 + 1);
            uint32_t seconds = day_of(date);
            if (seconds == NO_DAY)
                continue;
            assert_row(date, seconds == next);
            next += 86400;
        }
    }
    assert_int_equal(next, 4291660800 + 86400);
}

/* Every backup made so far goes by these. */
TEST(mtime_fingerprint_never_changes)
{
    static const char text[] = "{\n  \"id\": 1\n}\n";
    struct mtime mtime = mtime_fingerprint(MTIME_DEFAULT_DAY, text, sizeof text - 1);
    assert_int_equal(mtime.seconds, 946728623);
    assert_int_equal(mtime.nanoseconds, 47992614);
    mtime = mtime_fingerprint(0, "", 0);
    assert_int_equal(mtime.seconds, 86338);
    assert_int_equal(mtime.nanoseconds, 172933837);
}

TEST(mtime_fingerprint_stays_within_its_day)
{
    for (int i = 0; i < 100000; i++) {
        struct mtime mtime = mtime_fingerprint(MTIME_DEFAULT_DAY, (const char *)&i, sizeof i);
        assert_between(mtime.seconds, MTIME_DEFAULT_DAY, MTIME_DEFAULT_DAY + 86399);
        assert_between(mtime.nanoseconds, 0, 999999999);
    }
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct mtime));
}

TEST(mtime_fingerprint_differs_for_other_bytes)
{
    enum { COUNT = 100000 };
    struct mtime *mtimes = calloc(COUNT, sizeof *mtimes);
    assert_non_null(mtimes);
    for (int i = 0; i < COUNT; i++)
        mtimes[i] = mtime_fingerprint(0, (const char *)&i, sizeof i);
    qsort(mtimes, COUNT, sizeof *mtimes, compare);
    int same = 0;
    for (int i = 1; i < COUNT; i++)
        same += compare(&mtimes[i - 1], &mtimes[i]) == 0;
    free(mtimes);
    assert_int_equal(same, 0);
}

TEST(mtime_of_runs_is_that_of_the_whole)
{
    static const char text[] = "one run after the other";
    struct mtime_hash *hash = mtime_hash_create();
    assert_non_null(hash);
    mtime_hash_add(hash, text, 8);
    mtime_hash_add(hash, text, 0);
    mtime_hash_add(hash, text + 8, sizeof text - 1 - 8);
    struct mtime whole = mtime_fingerprint(MTIME_DEFAULT_DAY, text, sizeof text - 1),
                 runs = mtime_hash_fingerprint(hash, MTIME_DEFAULT_DAY);
    assert_memory_equal(&runs, &whole, sizeof whole);
    assert_int_equal(mtime_day_of(whole), MTIME_DEFAULT_DAY);
    mtime_hash_destroy(hash);
    mtime_hash_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mtime_reads_days),
        cmocka_unit_test(mtime_refuses_what_is_no_day),
        cmocka_unit_test(mtime_counts_every_day_once),
        cmocka_unit_test(mtime_fingerprint_never_changes),
        cmocka_unit_test(mtime_fingerprint_stays_within_its_day),
        cmocka_unit_test(mtime_fingerprint_differs_for_other_bytes),
        cmocka_unit_test(mtime_of_runs_is_that_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
