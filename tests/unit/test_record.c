/* Tests a record: its bytes, its references, when two are equal. */
#include "unit.h"

#include "json/record.h"

TEST(record_holds_a_copy_of_its_bytes)
{
    char text[] = "{}\n";
    struct record *record = record_create(7, 86400, text, 3);
    text[0] = 'x';
    assert_int_equal(record->id, 7);
    assert_int_equal(record->size, 3);
    assert_memory_equal(record->bytes, "{}\n", 3);
    assert_between(record->mtime.seconds, 86400, 2 * 86400 - 1);
    record_unref(record);
}

TEST(record_goes_with_its_last_reference)
{
    struct record *record = record_create(7, 0, "x", 1);
    assert_ptr_equal(record_ref(record), record);
    record_unref(record);
    assert_memory_equal(record->bytes, "x", 1); /* ASan would see it gone */
    record_unref(record);
    record_unref(NULL);
}

TEST(record_equals_one_with_the_same_id_day_and_bytes)
{
    struct record *a = record_create(7, 0, "x", 1), *same = record_create(7, 0, "x", 1);
    struct record *others[] = {record_create(8, 0, "x", 1), record_create(7, 86400, "x", 1),
                               record_create(7, 0, "y", 1), record_create(7, 0, "xy", 2),
                               record_create(7, 0, "", 0)};
    assert_true(record_equals(a, same));
    for (size_t i = 0; i < LENGTH(others); i++) {
        assert_false(record_equals(a, others[i]));
        record_unref(others[i]);
    }
    record_unref(a);
    record_unref(same);
}

TEST(record_becomes_smaller_and_keeps_what_is_in_front)
{
    static const size_t large = 5 * RECORD_LARGE / 2;
    static const size_t sizes[][2] = {
        {7, 7},
        {7, 3},
        {7, 0},
        {large, large},
        {large, large - 1},
        {large, RECORD_LARGE},
        {large, RECORD_LARGE - 1},
        {large, 0},
    };
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        struct record *record = record_allocate(7, sizes[i][0]);
        memset(record->bytes, 'x', sizes[i][0]);
        record = record_shrink(record, sizes[i][1]);
        assert_int_equal(record->id, 7);
        assert_int_equal(record->size, sizes[i][1]);
        for (size_t at = 0; at < record->size; at++)
            assert_int_equal(record->bytes[at], 'x');
        record_unref(record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_holds_a_copy_of_its_bytes),
        cmocka_unit_test(record_goes_with_its_last_reference),
        cmocka_unit_test(record_equals_one_with_the_same_id_day_and_bytes),
        cmocka_unit_test(record_becomes_smaller_and_keeps_what_is_in_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
