/* Tests the names of files and directories, and which are read as IDs. */
#include "unit.h"

#include "view/name.h"

TEST(name_of_a_record_is_its_id)
{
    char name[NAME_SIZE];
    name_of_file(1234567, name);
    assert_string_equal(name, "1234567.json");
    name_of_file(UINT64_MAX, name);
    assert_string_equal(name, "18446744073709551615.json");
    name_of_dir(1234, name);
    assert_string_equal(name, "1234");
}

TEST(name_is_read_as_it_is_written)
{
    static const uint64_t ids[] = {1, 9, 10, 1234567, (uint64_t)1 << 53, INT64_MAX};
    for (size_t i = 0; i < LENGTH(ids); i++) {
        char name[NAME_SIZE];
        uint64_t id = 0;
        name_of_file(ids[i], name);
        assert_true(name_parse_file(name, &id));
        assert_int_equal(id, ids[i]);
        name_of_dir(ids[i], name);
        assert_true(name_parse_dir(name, &id));
        assert_int_equal(id, ids[i]);
    }
}

TEST(name_that_no_record_could_have_is_none)
{
    static const char *const files[] = {
        "",           ".json",       "12x.json",
        "007.json",   "0.json",      "-1.json",
        "+1.json",    " 1.json",     "1.json ",
        "1.JSON",     "1.json~",     "1.jsonl",
        "1",          "1json",       "1.2.json",
        ".git",       "1.json.json", "99999999999999999999.json",
        ".1.json.swp"};
    static const char *const dirs[] = {"",     "0",      "01", "1x",
                                       ".git", "-1",     "+1", " 1",
                                       "1 ",   "1.json", "..", "18446744073709551616"};
    uint64_t id;
    for (size_t i = 0; i < LENGTH(files); i++)
        assert_row(files[i], !name_parse_file(files[i], &id));
    for (size_t i = 0; i < LENGTH(dirs); i++)
        assert_row(dirs[i], !name_parse_dir(dirs[i], &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_of_a_record_is_its_id),
        cmocka_unit_test(name_is_read_as_it_is_written),
        cmocka_unit_test(name_that_no_record_could_have_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
