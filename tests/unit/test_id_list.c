/* Tests the values of the options organizations and departments. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "capture.h"
#include "options/id_list.h"

static struct tree_options options;
static const char *logged;

static int read_lists(const char *organizations, const char *departments)
{
    options = (struct tree_options){.user_id = 0};
    capture_begin();
    int error = id_list_read(&options, organizations, departments);
    logged = capture_end();
    return error;
}

static int tear_down(void **state)
{
    (void)state;
    free(options.organizations);
    free(options.departments);
    options = (struct tree_options){.user_id = 0};
    return 0;
}

static void assert_organizations(const uint64_t *ids, size_t count)
{
    assert_int_equal(options.organization_count, count);
    assert_memory_equal(options.organizations, ids, count * sizeof *ids);
}

TEST(id_list_of_nothing_is_empty)
{
    assert_int_equal(read_lists(NULL, NULL), 0);
    assert_int_equal(options.organization_count, 0);
    assert_int_equal(options.department_count, 0);
}

TEST(id_list_sorts_organizations_and_names_each_once)
{
    assert_int_equal(read_lists("9:10:9:2", NULL), 0);
    assert_organizations((const uint64_t[]){2, 9, 10}, 3);
}

TEST(id_list_adds_the_organizations_of_departments)
{
    assert_int_equal(read_lists("9", "7/3:9/1:7/2:7/3"), 0);
    assert_organizations((const uint64_t[]){7, 9}, 2);
    static const struct tree_department departments[] = {{7, 2}, {7, 3}, {9, 1}};
    assert_int_equal(options.department_count, 3);
    assert_memory_equal(options.departments, departments, sizeof departments);
}

TEST(id_list_refuses_what_is_no_organization)
{
    static const char *const lists[] = {"",
                                        ":",
                                        "1:",
                                        ":1",
                                        "1::2",
                                        "0",
                                        "01",
                                        "x",
                                        "1/2",
                                        "-1",
                                        " 1",
                                        "1,2",
                                        "9223372036854775808"};
    for (size_t i = 0; i < LENGTH(lists); i++) {
        assert_row(lists[i], read_lists(lists[i], NULL) == -EINVAL);
        assert_row(lists[i], strstr(logged, "qpfs: error: organizations="));
        assert_row(lists[i], strstr(logged, ": it is an ID, as 2345678; several are separated "
                                            "by :\n"));
        tear_down(NULL);
    }
}

TEST(id_list_refuses_what_is_no_department)
{
    static const char *const lists[] = {"",     "1",    "1/",    "/1",      "1/2/3", "1/0",
                                        "0/1",  "1/2:", "1/2:3", "1/ 2",    "1/x",   "x/1",
                                        "1//2", "1/2 ", "01/2",  "1/2::3/4"};
    for (size_t i = 0; i < LENGTH(lists); i++) {
        assert_row(lists[i], read_lists(NULL, lists[i]) == -EINVAL);
        assert_row(lists[i], strstr(logged, ": it is ORG/DEPT, two IDs, as 2345678/1234; "
                                            "several are separated by :\n"));
        tear_down(NULL);
    }
}

TEST(id_list_names_the_part_that_is_wrong)
{
    assert_int_equal(read_lists(NULL, "1/2:7:3/4"), -EINVAL);
    assert_non_null(strstr(logged, "departments=7: it is"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(id_list_of_nothing_is_empty, tear_down),
        cmocka_unit_test_teardown(id_list_sorts_organizations_and_names_each_once, tear_down),
        cmocka_unit_test_teardown(id_list_adds_the_organizations_of_departments, tear_down),
        cmocka_unit_test_teardown(id_list_refuses_what_is_no_organization, tear_down),
        cmocka_unit_test_teardown(id_list_refuses_what_is_no_department, tear_down),
        cmocka_unit_test_teardown(id_list_names_the_part_that_is_wrong, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
