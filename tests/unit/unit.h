/* Begins each unit test: cmocka, a macro for tests, and rows of tables. */
#ifndef QPFS_TESTS_UNIT_H
#define QPFS_TESTS_UNIT_H

/* What every unit test begins with; cmocka.h needs the others before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEST(name) static void name(void **state __attribute__((unused)))

/* QPFS_TEST=name runs that test alone. */
__attribute__((constructor)) static void choose_test(void)
{
    const char *name = getenv("QPFS_TEST");
    if (name)
        cmocka_set_test_filter(name);
}

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* For tables: says which row it was. */
#define assert_row(row, condition)                                                             \
    do {                                                                                       \
        if (!(condition))                                                                      \
            fail_msg("%s: not %s", (row), #condition);                                         \
    } while (0)

/* In place of assert_in_range(): cmocka 2 warns of that one, and what it has in its stead older
 * ones lack. */
#undef assert_in_range
#define assert_between(value, least, most)                                                     \
    do {                                                                                       \
        const intmax_t value_ = (intmax_t)(value);                                             \
        const intmax_t least_ = (intmax_t)(least), most_ = (intmax_t)(most);                   \
        if (value_ < least_ || value_ > most_)                                                 \
            fail_msg("%s is %jd, not %jd to %jd", #value, value_, least_, most_);              \
    } while (0)

#endif
