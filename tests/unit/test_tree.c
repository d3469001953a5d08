/* Tests the directories, what they show, and what each name needs. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/loop.h"
#include "cache/listing.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "tree/entry.h"
#include "tree/tree.h"
#include "view/export.h"

#define TTL 60000

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static uint64_t organizations[4];
static struct tree_department departments[4];

static const struct fake_record user_7 = {7,
                                          "{\n  \"userID\": 7,\n  \"organizationID\": 23\n}\n"};
static const struct fake_record two_departments[] = {{12, "twelve"}, {13, "thirteen"}};
static const struct fake_record three_users[] = {{5, "a"}, {70, "b"}, {600, "c"}};

static void begin(void)
{
    assert_int_equal(tree_init(&tree, cache, &options), 0);
}

/* With the option user_id. */
static void begin_user(void)
{
    options.user_id = 7;
    options.communities = true;
    begin();
}

/* With the options organizations and departments. */
static void begin_given(void)
{
    organizations[0] = 23;
    organizations[1] = 45;
    departments[0] = (struct tree_department){45, 3};
    departments[1] = (struct tree_department){45, 8};
    options = (struct tree_options){.organizations = organizations,
                                    .organization_count = 2,
                                    .departments = departments,
                                    .department_count = 2};
    begin();
}

static void ignore(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)error;
    (void)why;
}

/* Fetches LISTING, which must be fetched; returns what it holds then. */
static struct snapshot *fill(struct listing *listing, const struct fake_record *records,
                             size_t count)
{
    struct waiter waiter = {.done = ignore};
    assert_int_equal(cache_wait(listing, 0, &waiter), 0);
    fake_pager_bring(0, records, count);
    return cache_fresh(listing, 0);
}

/* What looking NAME up in DIR needs, or why there can't be such a name. */
static int find_needs(struct dir *dir, const char *name, struct entry_needs *needs)
{
    struct dir_entry entry;
    *needs = (struct entry_needs){.listing = NULL};
    int error = entry_named(dir, name, &entry);
    return error ? error : entry_find_needs(&entry, needs);
}

static int look_up(struct dir *dir, const char *name, const struct snapshot *snapshot,
                   struct dir_entry *entry)
{
    int error = entry_named(dir, name, entry);
    return error ? error : entry_fill(entry, snapshot);
}

static struct dir *child(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    struct dir *found = dir_child(dir, kind, id);
    assert_non_null(found);
    return found;
}

static struct dir *organization_dir(uint64_t id)
{
    return child(child(tree.root, DIR_ORGANIZATIONS, 0), DIR_ORGANIZATION, id);
}

static struct dir *department_dir(uint64_t organization, uint64_t id)
{
    return child(child(organization_dir(organization), DIR_DEPARTMENTS, 0), DIR_DEPARTMENT, id);
}

/* That DIR shows just NAMES, separated by blanks, in this order; and that each can be looked up
 * and leads to the same. */
static void assert_shows(struct dir *dir, const struct snapshot *snapshot, const char *names)
{
    char shown[256] = "";
    int64_t count = entry_count(dir, snapshot);
    for (int64_t i = 0; i < count; i++) {
        struct dir_entry entry, found;
        struct entry_needs needs;
        assert_int_equal(entry_at(dir, snapshot, (size_t)i, &entry), 0);
        strcat(strcat(shown, i ? " " : ""), entry.name);
        assert_int_equal(find_needs(dir, entry.name, &needs), 0);
        const struct snapshot *needed = needs.listing ? cache_fresh(needs.listing, 0) : NULL;
        if (needs.listing && !needed)
            continue;
        assert_int_equal(look_up(dir, entry.name, needed, &found), 0);
        assert_string_equal(found.name, entry.name);
        assert_int_equal(found.ino, entry.ino);
        assert_ptr_equal(found.child, entry.child);
        assert_ptr_equal(found.record, entry.record);
    }
    assert_string_equal(shown, names);
}

static void assert_no_such_names(struct dir *dir, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct entry_needs needs;
        assert_row(names[i], find_needs(dir, names[i], &needs) == -ENOENT);
        assert_null(needs.listing);
    }
    assert_int_equal(fake_pagers_made(), 0);
}

static int set_up(void **state)
{
    (void)state;
    struct cache_options cache_options = {
        .ttl_ms = TTL, .stale_ms = 300000, .per_page = 1000, .parallel = 8};
    fake_pager_reset();
    options = (struct tree_options){.user_id = 0};
    loop = loop_create();
    cache = cache_create(loop, NULL, &cache_options);
    return loop ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

/* -------- fixed names -------- */

TEST(tree_root_shows_both_with_a_user_id)
{
    begin_user();
    assert_shows(tree.root, NULL, "communities organizations");
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_root_shows_no_communities_without_a_user_id)
{
    struct entry_needs needs;
    begin_given();
    assert_shows(tree.root, NULL, "organizations");
    assert_int_equal(find_needs(tree.root, "communities", &needs), -ENOENT);
}

TEST(tree_organization_shows_its_fixed_names_without_a_call)
{
    begin_given();
    struct dir *dir = organization_dir(23);
    assert_shows(dir, NULL, "departments organization.json");
    assert_shows(department_dir(23, 12), NULL, "users by-email department.json");
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_names_that_nothing_could_have_need_no_call)
{
    static const char *const names[] = {
        ".git", ".Trash",           "foo",   "12x.json", "0.json",
        "",     "departments.json", "Users", ".",        ".."};
    begin_user();
    struct dir *department = department_dir(23, 12);
    struct dir *dirs[] = {tree.root,
                          child(tree.root, DIR_COMMUNITIES, 0),
                          child(tree.root, DIR_ORGANIZATIONS, 0),
                          department->parent,
                          department,
                          child(department, DIR_USERS, 0)};
    for (size_t i = 0; i < LENGTH(dirs); i++)
        assert_no_such_names(dirs[i], names, LENGTH(names));
}

TEST(tree_files_and_directories_have_names_of_their_own)
{
    static const char *const file = "12.json", *const dir = "12";
    struct entry_needs needs;
    begin_user();
    struct dir *dirs = child(organization_dir(23), DIR_DEPARTMENTS, 0);
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    assert_int_equal(find_needs(dirs, dir, &needs), 0);
    assert_ptr_equal(needs.listing, dirs->listing);
    assert_int_equal(find_needs(users, file, &needs), 0);
    assert_ptr_equal(needs.listing, users->listing);
    assert_no_such_names(dirs, &file, 1);
    assert_no_such_names(users, &dir, 1);
}

/* -------- what is listed -------- */

TEST(tree_users_are_files_in_order_of_id)
{
    begin_user();
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    const struct snapshot *snapshot = fill(users->listing, three_users, 3);
    assert_shows(users, snapshot, "5.json 70.json 600.json");
}

TEST(tree_a_user_is_his_record)
{
    struct dir_entry entry;
    begin_user();
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    const struct snapshot *snapshot = fill(users->listing, three_users, 3);
    fake_now += 1000;
    assert_int_equal(look_up(users, "70.json", snapshot, &entry), 0);
    assert_ptr_equal(entry.record, snapshot->records[1]);
    assert_int_equal(entry.ino, ino_make(INO_USER_FILE, 23, 12, 70));
    assert_int_equal(entry.valid_ms, TTL - 1000);
    assert_null(entry.child);
    assert_int_equal(look_up(users, "71.json", snapshot, &entry), -ENOENT);
}

TEST(tree_communities_are_files)
{
    begin_user();
    struct dir *dir = child(tree.root, DIR_COMMUNITIES, 0);
    assert_shows(dir, fill(dir->listing, three_users, 3), "by-name 5.json 70.json 600.json");
    assert_int_equal(cache_fresh(dir->listing, 0)->records[0]->ino,
                     ino_make(INO_COMMUNITY_FILE, 0, 0, 5));
}

TEST(tree_departments_are_directories)
{
    struct dir_entry entry;
    begin_user();
    struct dir *dir = child(organization_dir(23), DIR_DEPARTMENTS, 0);
    const struct snapshot *snapshot = fill(dir->listing, two_departments, 2);
    assert_shows(dir, snapshot, "by-name 12 13");
    assert_int_equal(look_up(dir, "13", snapshot, &entry), 0);
    assert_ptr_equal(entry.child, department_dir(23, 13));
    assert_int_equal(entry.ino, ino_make(INO_DEPARTMENT, 23, 13, 0));
    assert_int_equal(entry.valid_ms, TTL);
    assert_int_equal(look_up(dir, "14", snapshot, &entry), -ENOENT);
}

TEST(tree_shows_empty_lists)
{
    begin_user();
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    const struct snapshot *snapshot = fill(users->listing, NULL, 0);
    assert_int_equal(entry_count(users, snapshot), 0);
    assert_shows(users, snapshot, "");
}

/* -------- fixed files -------- */

TEST(tree_department_json_comes_from_the_list_above)
{
    struct dir_entry entry;
    struct entry_needs needs;
    begin_user();
    struct dir *dir = department_dir(23, 13);
    assert_int_equal(find_needs(dir, "department.json", &needs), 0);
    assert_ptr_equal(needs.listing, dir->parent->listing);
    const struct snapshot *snapshot = fill(needs.listing, two_departments, 2);
    assert_int_equal(look_up(dir, "department.json", snapshot, &entry), 0);
    assert_ptr_equal(entry.record, snapshot->records[1]);
    assert_int_equal(entry.ino, entry.record->ino);
    assert_int_equal(entry.ino, ino_make(INO_DEPARTMENT_FILE, 23, 0, 13));
}

TEST(tree_department_json_is_not_there_when_the_list_above_lacks_it)
{
    struct dir_entry entry;
    begin_user();
    struct dir *dir = department_dir(23, 14);
    const struct snapshot *snapshot = fill(dir->owner, two_departments, 2);
    assert_int_equal(look_up(dir, "department.json", snapshot, &entry), -ENOENT);
    assert_int_equal(entry_count(dir, NULL), 3);
}

TEST(tree_organization_json_is_a_record_of_its_own)
{
    static const struct fake_record record = {23, "x"};
    struct dir_entry entry;
    struct entry_needs needs;
    begin_given();
    struct dir *dir = organization_dir(23);
    assert_int_equal(find_needs(dir, "organization.json", &needs), 0);
    struct snapshot *snapshot = fill(needs.listing, &record, 1);
    assert_int_equal(look_up(dir, "organization.json", snapshot, &entry), 0);
    assert_int_equal(entry.record->id, 23);
    assert_int_equal(entry.ino, entry.record->ino);
    assert_int_equal(entry.ino, ino_make(INO_ORGANIZATION_FILE, 0, 0, 23));
    assert_shows(dir, NULL, "departments organization.json");
}

TEST(tree_lists_a_fixed_file_of_which_nothing_is_held)
{
    struct dir_entry entry;
    begin_given();
    assert_int_equal(entry_at(organization_dir(23), NULL, 1, &entry), 0);
    assert_string_equal(entry.name, "organization.json");
    assert_null(entry.record);
    assert_int_equal(entry.ino, ino_make(INO_ORGANIZATION_FILE, 0, 0, 23));
    assert_int_equal(entry.valid_ms, 0);
}

/* -------- which organization -------- */

static const struct derived_kind *needed_derived(struct dir *dir, const char *name,
                                                 const struct dir *owner)
{
    struct entry_needs needs;
    assert_int_equal(find_needs(dir, name, &needs), 0);
    assert_ptr_equal(needs.lister, owner);
    assert_ptr_equal(needs.listing, owner->listing);
    assert_int_equal(needs.id, 0);
    return needs.derived;
}

TEST(tree_has_files_of_all_records_beside_their_directory)
{
    begin_user();
    struct dir *organization = organization_dir(23), *department = department_dir(23, 12);
    const struct dir *communities = child(tree.root, DIR_COMMUNITIES, 0),
                     *listed = child(organization, DIR_DEPARTMENTS, 0),
                     *users = child(department, DIR_USERS, 0);
    assert_ptr_equal(needed_derived(tree.root, "communities.jsonl", communities),
                     &export_jsonl);
    assert_ptr_equal(needed_derived(tree.root, "communities.csv", communities), &export_csv);
    assert_ptr_equal(needed_derived(organization, "departments.jsonl", listed), &export_jsonl);
    assert_ptr_equal(needed_derived(organization, "departments.csv", listed), &export_csv);
    assert_ptr_equal(needed_derived(department, "users.jsonl", users), &export_jsonl);
    assert_ptr_equal(needed_derived(department, "users.csv", users), &export_csv);
    assert_shows(department, NULL, "users by-email department.json");
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_lists_everybody_of_an_organization_if_it_shall)
{
    static const char *const names[] = {"users", "by-email", "users.jsonl", "users.csv"};
    begin_user();
    struct dir *organization = organization_dir(23);
    const struct dir *everybody = child(organization, DIR_EVERYBODY, 0);
    assert_shows(organization, NULL, "departments organization.json");
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct dir_entry entry;
        assert_int_equal(entry_named(organization, names[i], &entry), 0);
    }
    assert_ptr_equal(needed_derived(organization, "users.jsonl", everybody), &export_jsonl);
    assert_ptr_equal(needed_derived(organization, "users.csv", everybody), &export_csv);
    options.show_everybody = true;
    assert_shows(organization, NULL, "departments organization.json users by-email");
    options.show_exports = true;
    assert_shows(organization, NULL,
                 "departments organization.json departments.jsonl departments.csv users "
                 "by-email users.jsonl users.csv");
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_lists_files_of_all_records_if_it_shall)
{
    options.show_exports = true;
    begin_user();
    assert_shows(tree.root, NULL,
                 "communities organizations communities.jsonl communities.csv");
    assert_shows(organization_dir(23), NULL,
                 "departments organization.json departments.jsonl departments.csv");
    assert_shows(department_dir(23, 12), NULL,
                 "users by-email department.json users.jsonl users.csv");
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_has_no_file_of_what_is_given)
{
    static const char *const absent[] = {"departments.jsonl", "departments.csv"},
                             *const communities[] = {"communities.jsonl", "communities.csv"};
    begin_given();
    options.show_exports = true;
    assert_shows(tree.root, NULL, "organizations");
    assert_no_such_names(tree.root, communities, LENGTH(communities));
    assert_shows(organization_dir(45), NULL, "departments organization.json");
    assert_no_such_names(organization_dir(45), absent, LENGTH(absent));
    assert_shows(department_dir(45, 3), NULL,
                 "users by-email department.json users.jsonl users.csv");
}

TEST(tree_finds_the_organization_of_the_user)
{
    struct dir_entry entry;
    begin_user();
    struct dir *dir = child(tree.root, DIR_ORGANIZATIONS, 0);
    const struct snapshot *snapshot = fill(dir->listing, &user_7, 1);
    assert_shows(dir, snapshot, "23");
    assert_int_equal(look_up(dir, "23", snapshot, &entry), 0);
    assert_ptr_equal(entry.child, organization_dir(23));
    assert_int_equal(look_up(dir, "24", snapshot, &entry), -ENOENT);
}

TEST(tree_asks_for_the_user_again_after_the_ttl)
{
    begin_user();
    struct dir *dir = child(tree.root, DIR_ORGANIZATIONS, 0);
    fill(dir->listing, &user_7, 1);
    fake_now += TTL - 1;
    assert_non_null(cache_fresh(dir->listing, 0));
    fake_now += 1;
    assert_null(cache_fresh(dir->listing, 0));
}

/* Or whoever walks would not find it in the list that was read. */
TEST(tree_needs_the_user_for_an_organization)
{
    struct entry_needs needs;
    begin_user();
    struct dir *dir = child(tree.root, DIR_ORGANIZATIONS, 0);
    assert_int_equal(find_needs(dir, "23", &needs), 0);
    assert_ptr_equal(needs.listing, dir->listing);
    assert_int_equal(needs.id, 7);
}

TEST(tree_refuses_a_user_without_an_organization)
{
    static const char *const texts[] = {"{\n  \"userID\": 7\n}\n",
                                        "{\n  \"organizationID\": 0\n}\n",
                                        "{\n  \"organizationID\": \"23\"\n}\n"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct fake_record record = {7, texts[i]};
        struct dir_entry entry;
        begin_user();
        struct dir *dir = child(tree.root, DIR_ORGANIZATIONS, 0);
        const struct snapshot *snapshot = fill(dir->listing, &record, 1);
        assert_row(texts[i], entry_count(dir, snapshot) == -EBADMSG);
        assert_int_equal(look_up(dir, "23", snapshot, &entry), -EBADMSG);
        tree_finish(&tree);
    }
    begin_user();
}

TEST(tree_shows_the_organizations_that_are_given)
{
    struct dir_entry entry;
    begin_given();
    struct dir *dir = child(tree.root, DIR_ORGANIZATIONS, 0);
    assert_null(dir->listing);
    assert_shows(dir, NULL, "23 45");
    assert_int_equal(look_up(dir, "46", NULL, &entry), -ENOENT);
    assert_int_equal(look_up(dir, "45", NULL, &entry), 0);
    assert_int_equal(entry.valid_ms, ENTRY_VALID_ALWAYS);
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(tree_shows_the_departments_that_are_given)
{
    struct dir_entry entry;
    begin_given();
    struct dir *dir = child(organization_dir(45), DIR_DEPARTMENTS, 0);
    assert_null(dir->listing);
    assert_shows(dir, NULL, "3 8");
    assert_int_equal(look_up(dir, "4", NULL, &entry), -ENOENT);
    assert_int_equal(fake_pagers_made(), 0);
    struct dir *listed = child(organization_dir(23), DIR_DEPARTMENTS, 0);
    assert_shows(listed, fill(listed->listing, two_departments, 2), "by-name 12 13");
}

TEST(tree_asks_for_a_given_department_by_itself)
{
    static const struct fake_record record = {8, "x"};
    struct dir_entry entry;
    begin_given();
    struct dir *dir = department_dir(45, 8);
    struct waiter waiter = {.done = ignore};
    assert_int_equal(cache_wait(dir->owner, 0, &waiter), 0);
    assert_string_equal(fake_pager_path(0), "organizations/45/departments/8");
    fake_pager_bring(0, &record, 1);
    assert_int_equal(look_up(dir, "department.json", cache_fresh(dir->owner, 0), &entry), 0);
    assert_int_equal(entry.record->id, 8);
    assert_int_equal(entry.ino, entry.record->ino);
}

TEST(tree_departments_of_an_organization)
{
    uint64_t id = 0;
    const uint64_t with[] = {45, 0}, without[] = {23, 0};
    begin_given();
    assert_int_equal(tree_options_departments(&options, with, 0, &id), 2);
    assert_int_equal(id, 3);
    assert_int_equal(tree_options_departments(&options, with, 1, &id), 2);
    assert_int_equal(id, 8);
    assert_int_equal(tree_options_departments(&options, without, 0, &id), 0);
    assert_int_equal(id, 8);
}

/* -------- the key's trial -------- */

static const char *trial_path(void)
{
    struct waiter waiter = {.done = ignore};
    struct listing *listing = tree_trial(&tree);
    static char path[ENDPOINT_PATH_MAX];
    assert_int_equal(cache_wait(listing, 0, &waiter), 0);
    strcpy(path, fake_pager_path(0));
    waiter_cancel(&waiter, true);
    return path;
}

TEST(tree_tries_the_key_with_what_is_shown)
{
    begin_user();
    assert_string_equal(trial_path(), "users/7");
    tree_finish(&tree);
    begin_given();
    assert_string_equal(trial_path(), "organizations/45/departments/3");
    tree_finish(&tree);
    options.department_count = 0;
    begin();
    assert_string_equal(trial_path(), "organizations/23");
}

/* -------- directories -------- */

TEST(tree_has_one_directory_for_each_name)
{
    begin_user();
    struct dir *dir = department_dir(23, 12);
    assert_ptr_equal(department_dir(23, 12), dir);
    assert_ptr_not_equal(department_dir(23, 13), dir);
    assert_ptr_not_equal(department_dir(24, 12), dir);
    assert_int_not_equal(department_dir(24, 12)->ino, dir->ino);
    assert_int_equal(tree.root->ino, ino_make(INO_ROOT, 0, 0, 0));
}

TEST(tree_users_know_the_list_that_names_their_department)
{
    begin_user();
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    assert_ptr_equal(users->listing->owner, users->parent->parent->listing);
    assert_int_equal(users->listing->owner_id, 12);
    assert_true(users->listing->owner_listed);
}

static size_t count_dirs(void)
{
    size_t count = 0;
    const struct dir *dir;
    TAILQ_FOREACH(dir, &tree.dirs, link)
        count++;
    return count;
}

TEST(tree_lets_go_of_directories_that_nobody_needs)
{
    begin_user();
    struct dir *kept = department_dir(23, 12);
    department_dir(23, 13);
    assert_int_equal(count_dirs(), 6);
    kept->lookups = 1;
    fake_now += 61000;
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_int_equal(count_dirs(), 5); /* the kept one, and those above it */
    assert_ptr_equal(department_dir(23, 12), kept);
    kept->lookups = 0;
    fake_now += 61000;
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_int_equal(count_dirs(), 1);
}

TEST(tree_keeps_directories_whose_listing_holds_something)
{
    begin_user();
    struct dir *users = child(department_dir(23, 12), DIR_USERS, 0);
    fill(users->listing, three_users, 3);
    fake_now += 61000;
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_int_equal(count_dirs(), 6);
}

TEST(tree_finish_takes_a_zeroed_tree)
{
    struct tree zeroed = {.root = NULL};
    tree_finish(&zeroed);
    begin_user();
    assert_non_null(tree.root);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(tree_root_shows_both_with_a_user_id),
        TREE_TEST(tree_root_shows_no_communities_without_a_user_id),
        TREE_TEST(tree_organization_shows_its_fixed_names_without_a_call),
        TREE_TEST(tree_names_that_nothing_could_have_need_no_call),
        TREE_TEST(tree_files_and_directories_have_names_of_their_own),
        TREE_TEST(tree_users_are_files_in_order_of_id),
        TREE_TEST(tree_a_user_is_his_record),
        TREE_TEST(tree_communities_are_files),
        TREE_TEST(tree_departments_are_directories),
        TREE_TEST(tree_shows_empty_lists),
        TREE_TEST(tree_department_json_comes_from_the_list_above),
        TREE_TEST(tree_department_json_is_not_there_when_the_list_above_lacks_it),
        TREE_TEST(tree_organization_json_is_a_record_of_its_own),
        TREE_TEST(tree_lists_a_fixed_file_of_which_nothing_is_held),
        TREE_TEST(tree_has_files_of_all_records_beside_their_directory),
        TREE_TEST(tree_lists_everybody_of_an_organization_if_it_shall),
        TREE_TEST(tree_lists_files_of_all_records_if_it_shall),
        TREE_TEST(tree_has_no_file_of_what_is_given),
        TREE_TEST(tree_finds_the_organization_of_the_user),
        TREE_TEST(tree_asks_for_the_user_again_after_the_ttl),
        TREE_TEST(tree_needs_the_user_for_an_organization),
        TREE_TEST(tree_refuses_a_user_without_an_organization),
        TREE_TEST(tree_shows_the_organizations_that_are_given),
        TREE_TEST(tree_shows_the_departments_that_are_given),
        TREE_TEST(tree_asks_for_a_given_department_by_itself),
        TREE_TEST(tree_departments_of_an_organization),
        TREE_TEST(tree_tries_the_key_with_what_is_shown),
        TREE_TEST(tree_has_one_directory_for_each_name),
        TREE_TEST(tree_users_know_the_list_that_names_their_department),
        TREE_TEST(tree_lets_go_of_directories_that_nobody_needs),
        TREE_TEST(tree_keeps_directories_whose_listing_holds_something),
        TREE_TEST(tree_finish_takes_a_zeroed_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
