/* Tests which columns a CSV of some records has. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <xxhash.h>

#include "view/columns.h"

static size_t compared;

int __wrap_memcmp(const void *a, const void *b, size_t size);
int __real_memcmp(const void *a, const void *b, size_t size);

int __wrap_memcmp(const void *a, const void *b, size_t size)
{
    compared++;
    return __real_memcmp(a, b, size);
}

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

/* Whoever can write to an account chooses the names. These have the same low bits in a hash
 * that is known. */
TEST(columns_are_found_soon_whatever_they_are_called)
{
    static char names[1024][12];
    struct columns columns = {.items = NULL};
    for (unsigned i = 0, found = 0; found < LENGTH(names); i++) {
        char *name = names[found];
        snprintf(name, sizeof names[found], "\"%08x\"", i);
        found += XXH3_64bits(name, strlen(name)) % (2 * LENGTH(names)) == 0;
    }
    compared = 0;
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_int_equal(place(&columns, names[i], i), i);
    assert_between(compared, 1, 50 * LENGTH(names));
    columns_finish(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_in_the_order_of_first_sight),
        cmocka_unit_test(columns_are_limited),
        cmocka_unit_test(columns_are_found_soon_whatever_they_are_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
