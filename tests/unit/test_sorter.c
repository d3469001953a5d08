/* Tests the sorting of records in steps. */
#include "unit.h"

#include <stdlib.h>

#include "base/sorter.h"
#include "json/record.h"

/* So many take some steps. */
#define COUNT_MAX 5000

static struct record *numbered[COUNT_MAX];

static struct record **shuffled(size_t count)
{
    struct record **records = calloc(count + 1, sizeof(struct record *));
    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        records[i] = numbered[i];
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)rand() % i;
        struct record *last = records[i - 1];
        records[i - 1] = records[other];
        records[other] = last;
    }
    return records;
}

/* Whether each is there once, in order. */
static bool is_sorted(struct record *const *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (records[i] != numbered[i])
            return false;
    }
    return true;
}

TEST(sorter_sorts_any_number_of_records)
{
    static const size_t counts[] = {0,   1,   2,    3,    4,    5,        511,
                                    512, 513, 1024, 1025, 1537, COUNT_MAX};
    for (size_t i = 0; i < LENGTH(counts); i++) {
        struct sorter sorter;
        assert_int_equal(sorter_init(&sorter, shuffled(counts[i]), counts[i], record_compare),
                         0);
        while (!sorter_step(&sorter))
            continue;
        struct record **records = sorter_finish(&sorter);
        assert_true(is_sorted(records, counts[i]));
        free(records);
    }
}

static int compare_last_digit(const void *a, const void *b)
{
    const struct record *first = a, *second = b;
    return (int)(first->id % 10) - (int)(second->id % 10);
}

TEST(sorter_keeps_the_order_of_equals)
{
    struct record **given = calloc(COUNT_MAX, sizeof *given);
    assert_non_null(given);
    memcpy(given, numbered, COUNT_MAX * sizeof *given);
    struct sorter sorter;
    assert_int_equal(sorter_init(&sorter, given, COUNT_MAX, compare_last_digit), 0);
    while (!sorter_step(&sorter))
        continue;
    struct record **records = sorter_finish(&sorter);
    for (size_t i = 1; i < COUNT_MAX; i++) {
        int order = compare_last_digit(records[i - 1], records[i]);
        assert_true(order < 0 || (order == 0 && records[i - 1]->id < records[i]->id));
    }
    free(records);
}

/* Given up after any step, the array still holds each record once. */
TEST(sorter_loses_none_when_it_is_given_up)
{
    bool done = false;
    for (size_t steps = 0; !done; steps++) {
        struct sorter sorter;
        size_t sum = 0;
        assert_int_equal(sorter_init(&sorter, shuffled(COUNT_MAX), COUNT_MAX, record_compare),
                         0);
        for (size_t i = 0; i < steps && !done; i++)
            done = sorter_step(&sorter);
        struct record **records = sorter_finish(&sorter);
        for (size_t i = 0; i < COUNT_MAX; i++)
            sum += (size_t)records[i]->id;
        assert_int_equal(sum, (size_t)COUNT_MAX * (COUNT_MAX + 1) / 2);
        free(records);
        assert_true(steps < 1000);
    }
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_MAX; i++)
        numbered[i] = record_create(i + 1, 0, "x", 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_MAX; i++)
        record_unref(numbered[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorter_sorts_any_number_of_records),
        cmocka_unit_test(sorter_keeps_the_order_of_equals),
        cmocka_unit_test(sorter_loses_none_when_it_is_given_up),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
