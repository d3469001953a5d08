/* Tests the nodes that the kernel knows, and when they are forgotten. */
#include "unit.h"

#include "fuse/node.h"

static struct fs fs;
static struct record *record;
static struct dir_entry entry;

static int set_up(void **state)
{
    (void)state;
    const struct fs_options options = {.uid = 0};
    fs_init(&fs, NULL, NULL, &options);
    record = record_create(5, MTIME_DEFAULT_DAY, "{}\n", 3);
    entry = (struct dir_entry){.type = ENTRY_RECORD, .record = record};
    return record ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    node_forget_all(&fs);
    record_unref(record);
    return 0;
}

/* Each look-up and each entry of a listing counts, and forgets come for several at once. */
TEST(node_is_known_until_each_time_is_forgotten)
{
    for (int i = 0; i < 5; i++)
        node_remember(&fs, &entry);
    node_forget(&fs, node_of_record(record), 1);
    assert_int_equal(fs.known_count, 1);
    node_forget(&fs, node_of_record(record), 3);
    assert_int_equal(fs.known_count, 1);
    assert_int_equal(record->lookups, 1);
    node_forget(&fs, node_of_record(record), 1);
    assert_int_equal(fs.known_count, 0);
}

TEST(node_holds_its_record_while_it_is_known)
{
    node_remember(&fs, &entry);
    node_remember(&fs, &entry);
    assert_int_equal(record->refs, 2);
    node_forget(&fs, node_of_record(record), 2);
    assert_int_equal(record->refs, 1);
}

TEST(node_of_a_link_is_another_and_holds_the_record_as_well)
{
    struct dir_entry link = {.type = ENTRY_LINK, .record = record};
    fuse_ino_t file_node = node_of_record(record),
               node = node_of_link(record, dir_kind_of(DIR_USERS_BY_EMAIL));
    assert_int_not_equal(node, file_node);
    assert_null(node_dir(&fs, node));
    assert_ptr_equal(node_record(node), record);
    assert_ptr_equal(node_links(node), &dir_kind_of(DIR_USERS_BY_EMAIL)->links);
    assert_null(node_links(file_node));
    node_remember(&fs, &entry);
    node_remember(&fs, &link);
    node_forget(&fs, file_node, 1);
    assert_int_equal(record->refs, 2);
    node_forget(&fs, node, 1);
    assert_int_equal(record->refs, 1);
    assert_int_equal(fs.known_count, 0);
}

TEST(node_ids_tell_directories_files_and_links_apart)
{
    struct dir root = {.lookups = 0}, dir = {.lookups = 0};
    struct tree tree = {.root = &root};
    fs.tree = &tree;
    fuse_ino_t nodes[] = {
        FUSE_ROOT_ID,
        node_of_dir(&fs, &dir),
        node_of_record(record),
        node_of_link(record, dir_kind_of(DIR_COMMUNITIES_BY_NAME)),
        node_of_link(record, dir_kind_of(DIR_DEPARTMENTS_BY_NAME)),
        node_of_link(record, dir_kind_of(DIR_USERS_BY_EMAIL)),
    };
    assert_int_equal(node_of_dir(&fs, &root), FUSE_ROOT_ID);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        assert_ptr_equal(node_dir(&fs, nodes[i]), i == 0 ? &root : i == 1 ? &dir : NULL);
        enum dir_kind_name kind = (enum dir_kind_name)(DIR_COMMUNITIES_BY_NAME + i - 3);
        assert_ptr_equal(node_links(nodes[i]), i < 3 ? NULL : &dir_kind_of(kind)->links);
        assert_true(i < 2 || node_record(nodes[i]) == record);
    }
    fs.tree = NULL;
}

TEST(node_forgets_all_at_the_end)
{
    node_remember(&fs, &entry);
    node_remember(&fs, &entry);
    node_forget_all(&fs);
    assert_int_equal(fs.known_count, 0);
    assert_int_equal(record->refs, 1);
    assert_int_equal(record->lookups, 0);
}

#define NODE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NODE_TEST(node_is_known_until_each_time_is_forgotten),
        NODE_TEST(node_holds_its_record_while_it_is_known),
        NODE_TEST(node_of_a_link_is_another_and_holds_the_record_as_well),
        NODE_TEST(node_ids_tell_directories_files_and_links_apart),
        NODE_TEST(node_forgets_all_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
