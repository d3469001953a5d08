/* Tests the buffer that grows up to a maximum. */
#include "unit.h"

#include <errno.h>

#include "base/buffer.h"

TEST(buffer_appends)
{
    struct buffer buffer;
    buffer_init(&buffer, 100);
    assert_int_equal(buffer_append(&buffer, "ab", 2), 0);
    assert_int_equal(buffer_append_byte(&buffer, 'c', 3), 0);
    assert_int_equal(buffer.size, 5);
    assert_memory_equal(buffer.data, "abccc", 5);
    buffer_finish(&buffer);
}

TEST(buffer_keeps_to_its_maximum)
{
    struct buffer buffer;
    buffer_init(&buffer, 4);
    assert_int_equal(buffer_append(&buffer, "abcd", 4), 0);
    assert_int_equal(buffer_append(&buffer, "e", 1), -EFBIG);
    assert_int_equal(buffer_append_byte(&buffer, 'e', 1), -EFBIG);
    assert_int_equal(buffer_append_byte(&buffer, 'e', SIZE_MAX), -EFBIG);
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.data, "abcd", 4);
    buffer_finish(&buffer);
}

TEST(buffer_appends_all_or_nothing)
{
    struct buffer buffer;
    buffer_init(&buffer, 4);
    assert_int_equal(buffer_append(&buffer, "abc", 3), 0);
    assert_int_equal(buffer_append(&buffer, "de", 2), -EFBIG);
    assert_int_equal(buffer.size, 3);
    assert_int_equal(buffer_append(&buffer, "d", 1), 0);
    buffer_finish(&buffer);
}

TEST(buffer_never_reserves_more_than_its_maximum)
{
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buffer_append_byte(&buffer, 'x', 1), 0);
    assert_true(buffer.capacity <= 1000);
    buffer_finish(&buffer);
}

TEST(buffer_clear_forgets_and_finish_frees)
{
    struct buffer buffer;
    buffer_init(&buffer, 10);
    buffer_append(&buffer, "abc", 3);
    buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    buffer_finish(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer_append(&buffer, "0123456789", 10), 0);
    assert_int_equal(buffer_append(&buffer, "x", 1), -EFBIG);
    buffer_finish(&buffer);
}

TEST(buffer_takes_nothing_even_when_empty_or_zeroed)
{
    struct buffer buffer = {.data = NULL};
    assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
    assert_int_equal(buffer_append(&buffer, "x", 1), -EFBIG);
    buffer_finish(&buffer);
}

TEST(buffer_reserves_what_is_wanted_and_no_more)
{
    struct buffer buffer;
    buffer_init(&buffer, 5000);
    assert_int_equal(buffer_reserve(&buffer, 3001), 0);
    assert_int_equal(buffer.capacity, 3001);
    assert_int_equal(buffer.size, 0);
    const char *data = buffer.data;
    assert_int_equal(buffer_append_byte(&buffer, 'x', 3001), 0);
    assert_ptr_equal(buffer.data, data);
    assert_int_equal(buffer_reserve(&buffer, 0), 0);
    assert_ptr_equal(buffer.data, data);
    assert_int_equal(buffer_reserve(&buffer, 2000), -EFBIG);
    assert_int_equal(buffer_reserve(&buffer, 1999), 0);
    assert_int_equal(buffer.size, 3001);
    assert_int_equal(buffer.data[3000], 'x');
    buffer_finish(&buffer);
}

TEST(buffer_take_leaves_an_empty_one)
{
    struct buffer buffer;
    buffer_init(&buffer, 3);
    assert_int_equal(buffer_append(&buffer, "abc", 3), 0);
    struct buffer taken = buffer_take(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(buffer_append(&buffer, "wxyz", 4), -EFBIG);
    assert_int_equal(buffer_append(&buffer, "xyz", 3), 0);
    assert_memory_equal(taken.data, "abc", 3);
    buffer_finish(&buffer);
    buffer_finish(&taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_appends),
        cmocka_unit_test(buffer_keeps_to_its_maximum),
        cmocka_unit_test(buffer_appends_all_or_nothing),
        cmocka_unit_test(buffer_never_reserves_more_than_its_maximum),
        cmocka_unit_test(buffer_clear_forgets_and_finish_frees),
        cmocka_unit_test(buffer_takes_nothing_even_when_empty_or_zeroed),
        cmocka_unit_test(buffer_reserves_what_is_wanted_and_no_more),
        cmocka_unit_test(buffer_take_leaves_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
