/* Tests the directories of links. */
#include "unit.h"

#include <errno.h>

#include "base/loop.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "tree/entry.h"
#include "tree/tree.h"

#define TTL 60000

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static uint64_t organizations[] = {45};
static struct tree_department given[] = {{45, 8}};
static struct dir *department, *users, *by_email;

static const struct fake_record three[] = {
    {5, "{\n  \"name\": \"c\",\n  \"emailAddress\": \"b@x\"\n}\n"},
    {70, "{\n  \"name\": \"\",\n  \"emailAddress\": \"a@x\"\n}\n"},
    {600, "{\n  \"name\": \"b\",\n  \"emailAddress\": \"\"\n}\n"},
};

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

static struct dir *organization(uint64_t id)
{
    return child(child(tree.root, DIR_ORGANIZATIONS, 0), DIR_ORGANIZATION, id);
}

static int set_up(void **state)
{
    (void)state;
    struct cache_options cache_options = {
        .ttl_ms = TTL, .stale_ms = 300000, .per_page = 1000, .parallel = 8};
    fake_pager_reset();
    loop = loop_create();
    options = (struct tree_options){.user_id = 7, .communities = true};
    cache = cache_create(loop, NULL, &cache_options);
    assert_int_equal(tree_init(&tree, cache, &options), 0);
    department = child(child(organization(23), DIR_DEPARTMENTS, 0), DIR_DEPARTMENT, 12);
    by_email = child(department, DIR_USERS_BY_EMAIL, 0);
    users = child(department, DIR_USERS, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

static void on_listing(struct waiter *waiter, struct snapshot *snapshot, int error,
                       const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)why;
    assert_int_equal(error, 0);
}

static void on_made(struct derived_waiter *waiter, int error)
{
    (void)waiter;
    assert_int_equal(error, 0);
}

/* What reading DIR needs, as it comes to be there. */
static struct snapshot *fill(struct dir *dir)
{
    struct waiter waiter = {.done = on_listing};
    struct derived_waiter derived = {.made = on_made};
    const struct entry_needs needs = entry_needs_of_all(dir);
    assert_int_equal(cache_wait(needs.listing, 0, &waiter), 0);
    fake_pager_bring(0, three, LENGTH(three));
    struct snapshot *snapshot = cache_fresh(needs.listing, 0);
    assert_int_equal(derived_wait(loop, snapshot, needs.derived, &derived), 0);
    while (derived.derived)
        assert_int_equal(loop_turn(loop, 0), 0);
    return snapshot;
}

/* That DIR shows just this link as number INDEX. */
static void assert_link(struct dir *dir, const struct snapshot *snapshot, size_t index,
                        const char *name, const char *target)
{
    struct dir_entry entry, found;
    char shown[NAMES_TARGET_SIZE];
    assert_int_equal(entry_at(dir, snapshot, index, &entry), 0);
    assert_string_equal(entry.name, name);
    assert_int_equal(look_up(dir, name, snapshot, &found), 0);
    assert_ptr_equal(found.record, entry.record);
    assert_ptr_equal(entry_link(&found, snapshot), entry.record);
    assert_int_equal(found.ino, entry.ino);
    assert_int_not_equal(found.ino, entry.record->ino);
    assert_int_equal(found.valid_ms, TTL);
    assert_int_equal(names_target(&entry.dir->kind->links, entry.record, shown),
                     strlen(target));
    assert_string_equal(shown, target);
}

TEST(links_of_users_are_shown_by_email)
{
    const struct snapshot *snapshot = fill(by_email);
    assert_int_equal(entry_count(by_email, snapshot), 2);
    assert_link(by_email, snapshot, 0, "a@x", "../users/70.json");
    assert_link(by_email, snapshot, 1, "b@x", "../users/5.json");
    assert_int_equal(fake_pagers_made(), 1);
}

TEST(links_of_communities_are_shown_by_name)
{
    struct dir *dir = child(child(tree.root, DIR_COMMUNITIES, 0), DIR_COMMUNITIES_BY_NAME, 0);
    const struct snapshot *snapshot = fill(dir);
    assert_int_equal(entry_count(dir, snapshot), 2);
    assert_link(dir, snapshot, 0, "b", "../600.json");
    assert_link(dir, snapshot, 1, "c", "../5.json");
}

TEST(links_of_departments_lead_to_directories)
{
    struct dir *dir = child(department->parent, DIR_DEPARTMENTS_BY_NAME, 0);
    const struct snapshot *snapshot = fill(dir);
    assert_int_equal(entry_count(dir, snapshot), 2);
    assert_link(dir, snapshot, 0, "b", "../600");
    assert_link(dir, snapshot, 1, "c", "../5");
}

TEST(links_share_the_list_of_what_they_lead_to)
{
    assert_ptr_equal(by_email->listing, users->listing);
    assert_ptr_equal(by_email->lister, users);
    struct dir *by_name = child(department->parent, DIR_DEPARTMENTS_BY_NAME, 0);
    assert_ptr_equal(by_name->listing, department->parent->listing);
}

TEST(links_need_the_list_and_names_but_for_names_that_cannot_be)
{
    static const char *const none[] = {".git", ".Trash-1000", "a\nb", "", "\xff"};
    struct entry_needs needs;
    struct dir_entry entry;
    assert_int_equal(find_needs(by_email, "foo", &needs), 0);
    assert_ptr_equal(needs.listing, users->listing);
    assert_int_equal(needs.id, 0);
    assert_ptr_equal(needs.derived, &by_email->kind->links.derived);
    for (size_t i = 0; i < LENGTH(none); i++)
        assert_row(none[i], find_needs(by_email, none[i], &needs) == -ENOENT);
    assert_int_equal(look_up(by_email, "foo", fill(by_email), &entry), -ENOENT);
    assert_int_equal(look_up(by_email, "A@x", cache_fresh(users->listing, 0), &entry), -ENOENT);
}

TEST(links_are_not_there_where_departments_are_given)
{
    struct entry_needs needs;
    options = (struct tree_options){.organizations = organizations,
                                    .organization_count = 1,
                                    .departments = given,
                                    .department_count = 1};
    struct dir *dir = child(organization(45), DIR_DEPARTMENTS, 0);
    assert_int_equal(entry_count(dir, NULL), 1);
    assert_int_equal(find_needs(dir, "by-name", &needs), -ENOENT);
    assert_int_equal(find_needs(department->parent, "by-name", &needs), 0);
    struct dir *mine = child(child(dir, DIR_DEPARTMENT, 8), DIR_USERS_BY_EMAIL, 0);
    assert_non_null(mine->listing);
}

TEST(links_keep_the_directory_whose_list_they_show)
{
    by_email->lookups = 1;
    for (int sweep = 0; sweep < 2; sweep++) {
        fake_now += 61000;
        assert_int_equal(loop_turn(loop, 0), 0);
    }
    assert_ptr_equal(dir_child(department, DIR_USERS, 0), users);
    by_email->lookups = 0;
    unsigned left = 0;
    for (int sweep = 0; sweep < 3; sweep++) {
        fake_now += 61000;
        assert_int_equal(loop_turn(loop, 0), 0);
    }
    const struct dir *dir;
    TAILQ_FOREACH(dir, &tree.dirs, link)
        left++;
    assert_int_equal(left, 1);
}

TEST(links_keep_their_inode_numbers)
{
    struct record record = {.id = 5, .ino = 77};
    assert_int_equal(names_ino(&dir_kind_of(DIR_COMMUNITIES_BY_NAME)->links, &record),
                     ino_make(INO_COMMUNITY_LINK, 77, 0, 5));
    assert_int_equal(names_ino(&dir_kind_of(DIR_DEPARTMENTS_BY_NAME)->links, &record),
                     ino_make(INO_DEPARTMENT_LINK, 77, 0, 5));
    assert_int_equal(names_ino(&dir_kind_of(DIR_USERS_BY_EMAIL)->links, &record),
                     ino_make(INO_USER_LINK, 77, 0, 5));
    record.id = UINT64_MAX;
    char target[NAMES_TARGET_SIZE];
    assert_int_equal(names_target(&dir_kind_of(DIR_USERS_BY_EMAIL)->links, &record, target),
                     34);
}

#define LINKS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINKS_TEST(links_of_users_are_shown_by_email),
        LINKS_TEST(links_of_communities_are_shown_by_name),
        LINKS_TEST(links_of_departments_lead_to_directories),
        LINKS_TEST(links_share_the_list_of_what_they_lead_to),
        LINKS_TEST(links_need_the_list_and_names_but_for_names_that_cannot_be),
        LINKS_TEST(links_are_not_there_where_departments_are_given),
        LINKS_TEST(links_keep_the_directory_whose_list_they_show),
        LINKS_TEST(links_keep_their_inode_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
