/* Tests which columns a CSV of some records has. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "view/columns.h"

static int64_t place(struct columns *columns, const char *name, size_t hint)
{
    const struct member member = {.name = name, .name_size = strlen(name)};
    return columns_of(columns, &member, hint);
}

TEST(columns_come_in_the_order_of_first_sight)
{
    struct columns columns = {.items = NULL};
    assert_int_equal(place(&columns, "\"b\"", 0), 0);
    assert_int_equal(place(&columns, "\"a\"", 1), 1);
    assert_int_equal(place(&columns, "\"b\"", 7), 0);
    assert_int_equal(place(&columns, "\"b\"", 1), 0);
    assert_int_equal(place(&columns, "\"c\"", 0), 2);
    assert_int_equal(place(&columns, "\"a\"", 1), 1);
    assert_int_equal(columns.count, 3);
    assert_memory_equal(columns.items[2].name, "\"c\"", 3);
    columns_finish(&columns);
}

TEST(columns_are_limited)
{
    static char names[COLUMNS_MAX + 1][12];
    struct columns columns = {.items = NULL};
    for (size_t i = 0; i <= COLUMNS_MAX; i++)
        snprintf(names[i], sizeof names[i], "\"%zu\"", i);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        assert_int_equal(place(&columns, names[i], i), i);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        assert_int_equal(place(&columns, names[i], 0), i);
    assert_int_equal(place(&columns, names[COLUMNS_MAX], 0), -EFBIG);
    assert_int_equal(columns.count, COLUMNS_MAX);
    columns_finish(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_in_the_order_of_first_sight),
        cmocka_unit_test(columns_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
