/* Tests the paths of calls, and which list a record names as its own. */
#include "unit.h"

#include <stdio.h>

#include "api/endpoint.h"
#include "laid_out.h"

TEST(endpoint_paths_are_those_of_the_documentation)
{
    static const struct {
        enum endpoint_name name;
        uint64_t first, second;
        const char *path, *id_name;
    } rows[] = {
        {ENDPOINT_COMMUNITIES, 5, 0, "micropanel/users/5/communities", "id"},
        {ENDPOINT_USERS, 23, 12, "organizations/23/departments/12/users", "userID"},
        {ENDPOINT_EVERYBODY, 23, 0, "organizations/23/users", "userID"},
        {ENDPOINT_DEPARTMENTS, 23, 0, "organizations/23/departments", "departmentID"},
        {ENDPOINT_DEPARTMENT, 23, 12, "organizations/23/departments/12", "departmentID"},
        {ENDPOINT_ORGANIZATION, 23, 0, "organizations/23", "organizationID"},
        {ENDPOINT_USER, 5, 0, "users/5", "userID"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char path[ENDPOINT_PATH_MAX];
        struct target target = target_make(rows[i].name, rows[i].first, rows[i].second);
        target_path(&target, 0, 0, path);
        assert_string_equal(path, rows[i].path);
        assert_string_equal(target.endpoint->id_name, rows[i].id_name);
    }
}

TEST(endpoint_addresses_are_known_behind_any_base_url)
{
    static const char *const bases[] = {"/", "https://x:8/a/api/v2/", "/users/5x/users/"};
    for (size_t name = 0; name < ENDPOINT_COUNT; name++) {
        struct target target = target_make((enum endpoint_name)name, 23, 12), read;
        target.ids[1] = strstr(target.endpoint->path, "departments/{}") ? 12 : 0;
        for (size_t i = 0; i < LENGTH(bases); i++) {
            char path[ENDPOINT_PATH_MAX], address[ENDPOINT_PATH_MAX + 32];
            target_path(&target, 0, 0, path);
            snprintf(address, sizeof address, "%s%s", bases[i], path);
            assert_row(address, target_read_address(&read, address));
            assert_row(address, target_is_same(&read, &target));
        }
    }
}

TEST(endpoint_addresses_of_others_are_not_known)
{
    static const char *const others[] = {
        "",
        "x",
        "/x",
        "/users/",
        "/users/x",
        "/users/-1",
        "/users/18446744073709551616",
        "/users/5/",
        "/users/5/x",
        "users/5",
        "/panel-users/5x",
        "/organizations/23/departments/12/user",
        "/organizations/23/departments//users",
        "https://x/organizations/{{organization-id}}/users",
    };
    struct target target;
    for (size_t i = 0; i < LENGTH(others); i++)
        assert_row(others[i], !target_read_address(&target, others[i]));
}

TEST(endpoint_pages_are_numbered_in_the_query)
{
    char path[ENDPOINT_PATH_MAX];
    struct target target = target_make(ENDPOINT_DEPARTMENTS, 23, 0);
    target_path(&target, 3, 998, path);
    assert_string_equal(path, "organizations/23/departments?page=3&perPage=998");
}

TEST(endpoint_path_has_room_for_the_greatest_ids)
{
    char path[ENDPOINT_PATH_MAX];
    struct target target = target_make(ENDPOINT_USERS, UINT64_MAX, UINT64_MAX);
    target_path(&target, UINT64_MAX, UINT64_MAX, path);
    assert_string_equal(path, "organizations/18446744073709551615/departments/"
                              "18446744073709551615/users?page=18446744073709551615"
                              "&perPage=18446744073709551615");
}

TEST(endpoint_kinds_of_paging)
{
    assert_int_equal(target_make(ENDPOINT_COMMUNITIES, 1, 0).endpoint->paging,
                     ENDPOINT_PAGES_UNSAID);
    assert_int_equal(target_make(ENDPOINT_USERS, 1, 2).endpoint->paging, ENDPOINT_PAGES);
    assert_int_equal(target_make(ENDPOINT_USER, 1, 0).endpoint->paging, ENDPOINT_SINGLE);
}

TEST(endpoint_owners_are_the_list_that_a_record_names)
{
    static const struct {
        enum endpoint_name name;
        const char *text;
        uint64_t owners[ENDPOINT_IDS_MAX];
    } rows[] = {
        {ENDPOINT_USERS, "{\"departmentID\": 12, \"organizationID\": 23}", {23, 12}},
        {ENDPOINT_USERS, "{\"departmentID\": 12}", {0, 12}},
        {ENDPOINT_USERS, "{\"userID\": 5}", {0, 0}},
        {ENDPOINT_USERS, "{\"organizationID\": \"23\", \"departmentID\": null}", {23, 0}},
        {ENDPOINT_USERS, "{\"organizationID\": 23.0, \"departmentID\": \"12\"}", {23, 12}},
        {ENDPOINT_USERS, "{\"organizationID\": \"\", \"departmentID\": \"12a\"}", {0, 0}},
        {ENDPOINT_USERS, "{\"organizationID\": \"-23\", \"departmentID\": \"0\"}", {0, 0}},
        {ENDPOINT_USERS, "{\"departmentID\": \"12\", \"departmentID\": 13}", {0, 0}},
        {ENDPOINT_DEPARTMENTS, "{\"organizationID\": 23, \"departmentID\": 5}", {23, 0}},
        {ENDPOINT_COMMUNITIES, "{\"id\": 5, \"organizationID\": 23}", {0, 0}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint64_t owners[ENDPOINT_IDS_MAX] = {7, 7};
        struct target target = target_make(rows[i].name, 1, 2);
        struct record *record = laid_out_record(5, rows[i].text);
        target_read_owners(&target, record, owners);
        assert_row(rows[i].text, owners[0] == rows[i].owners[0]);
        assert_row(rows[i].text, owners[1] == rows[i].owners[1]);
        record_unref(record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoint_paths_are_those_of_the_documentation),
        cmocka_unit_test(endpoint_addresses_are_known_behind_any_base_url),
        cmocka_unit_test(endpoint_addresses_of_others_are_not_known),
        cmocka_unit_test(endpoint_pages_are_numbered_in_the_query),
        cmocka_unit_test(endpoint_path_has_room_for_the_greatest_ids),
        cmocka_unit_test(endpoint_kinds_of_paging),
        cmocka_unit_test(endpoint_owners_are_the_list_that_a_record_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
