/* Tests that inode numbers stay what they are. */
#include "unit.h"

#include "cache/ino.h"

/* Every backup made so far goes by these. */
TEST(ino_never_changes)
{
    static const struct {
        enum ino_kind kind;
        uint64_t organization, department, id, ino;
    } rows[] = {
        {INO_ROOT, 0, 0, 0, 319355397495643},
        {INO_USER_FILE, 2345678, 1234, 1234567, 6144763825689698748},
        {INO_DEPARTMENT, 2345678, 1234, 0, 4724017360027425105},
        {INO_COMMUNITY_FILE, 0, 0, 123456, 2613651391105656284},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(
            ino_make(rows[i].kind, rows[i].organization, rows[i].department, rows[i].id),
            rows[i].ino);
}

TEST(ino_kinds_keep_their_numbers)
{
    assert_int_equal(INO_ROOT, 1);
    assert_int_equal(INO_USERS, 7);
    assert_int_equal(INO_COMMUNITY_FILE, 20);
    assert_int_equal(INO_USER_FILE, 23);
    assert_int_equal(INO_EVERYBODY, 11);
    assert_int_equal(INO_EVERYBODY_BY_EMAIL, 12);
    assert_int_equal(INO_EVERYBODY_JSONL, 66);
    assert_int_equal(INO_EVERYBODY_CSV, 67);
}

TEST(ino_tells_kinds_and_places_apart)
{
    uint64_t user = ino_make(INO_USER_FILE, 1, 2, 3);
    assert_int_not_equal(user, ino_make(INO_DEPARTMENT_FILE, 1, 2, 3));
    assert_int_not_equal(user, ino_make(INO_USER_FILE, 2, 1, 3));
    assert_int_not_equal(user, ino_make(INO_USER_FILE, 1, 3, 2));
    assert_int_not_equal(user, ino_make(INO_USER_FILE, 1, 2, 4));
}

TEST(ino_is_never_0_or_1)
{
    for (uint64_t id = 0; id < 100000; id++)
        assert_true(ino_make(INO_USER_FILE, 1, 2, id) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ino_never_changes),
        cmocka_unit_test(ino_kinds_keep_their_numbers),
        cmocka_unit_test(ino_tells_kinds_and_places_apart),
        cmocka_unit_test(ino_is_never_0_or_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
