/* Tests when it is said that departments show fewer people than there are. */
#include "unit.h"

#include "base/loop.h"
#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "tree/headcount.h"
#include "tree/tree.h"

#define DEPARTMENTS 500

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static struct dir *organization, *departments;
static size_t looks; /* for a directory */

struct dir *__wrap_dir_find(struct dir *dir, enum dir_kind_name kind, uint64_t id);
struct dir *__real_dir_find(struct dir *dir, enum dir_kind_name kind, uint64_t id);

struct dir *__wrap_dir_find(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    looks++;
    return __real_dir_find(dir, kind, id);
}

static struct dir *child(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    struct dir *found = dir_child(dir, kind, id);
    assert_non_null(found);
    return found;
}

static void ignore(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)error;
    (void)why;
}

static void fill(struct listing *listing, const struct fake_record *records, size_t count)
{
    struct waiter waiter = {.done = ignore};
    assert_int_equal(cache_wait(listing, 0, &waiter), 0);
    fake_pager_bring(0, records, count);
}

/* An organization of 501 people, and 500 departments, of which nobody has read the users. */
static int set_up(void **state)
{
    static const struct fake_record record = {23, "{\n  \"userCount\": 501\n}\n"};
    const struct cache_options cache_options = {
        .ttl_ms = 60000, .stale_ms = 300000, .per_page = 1000, .parallel = 8};
    struct fake_record listed[DEPARTMENTS];
    (void)state;
    fake_pager_reset();
    options = (struct tree_options){.user_id = 7};
    loop = loop_create();
    cache = cache_create(loop, NULL, &cache_options);
    assert_int_equal(tree_init(&tree, cache, &options), 0);
    organization = child(child(tree.root, DIR_ORGANIZATIONS, 0), DIR_ORGANIZATION, 23);
    departments = child(organization, DIR_DEPARTMENTS, 0);
    for (size_t i = 0; i < DEPARTMENTS; i++)
        listed[i] = (struct fake_record){i + 1, "x"};
    fill(organization->owner, &record, 1);
    fill(departments->listing, listed, DEPARTMENTS);
    looks = 0;
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

/* One person is in each department. */
static void read_department(uint64_t id)
{
    static const struct fake_record person = {7, "x"};
    struct dir *users = child(child(departments, DIR_DEPARTMENT, id), DIR_USERS, 0);
    if (!cache_fresh(users->listing, 0))
        fill(users->listing, &person, 1);
    headcount_look(users);
}

TEST(headcount_is_told_once_all_departments_are_read)
{
    capture_begin();
    for (uint64_t id = 1; id < DEPARTMENTS; id++)
        read_department(id);
    assert_string_equal(capture_end(), "");
    capture_begin();
    read_department(DEPARTMENTS);
    read_department(1);
    const char *said = capture_end();
    const char *told =
        strstr(said, "userCount says 501, and the users of all departments are 500");
    assert_non_null(told);
    assert_null(strstr(told + 1, "userCount"));
}

TEST(headcount_is_told_when_a_department_that_was_not_read_is_gone)
{
    struct fake_record listed[DEPARTMENTS - 1];
    for (uint64_t id = 1; id <= DEPARTMENTS; id++) {
        if (id != 7)
            read_department(id);
    }
    for (size_t i = 0; i < LENGTH(listed); i++)
        listed[i] = (struct fake_record){i + 1 + (i >= 6), "x"};
    cache_expire(cache);
    fill(departments->listing, listed, LENGTH(listed));
    capture_begin();
    headcount_look(departments);
    assert_non_null(strstr(capture_end(), "the users of all departments are 499"));
}

/* Each department costs a few looks, and the last one as many as there are. */
static void assert_few_looks(size_t walks)
{
    assert_between(looks, 1, 10 * walks * DEPARTMENTS);
}

TEST(headcount_costs_little_from_the_first_department)
{
    for (uint64_t id = 1; id < DEPARTMENTS; id++)
        read_department(id);
    assert_few_looks(1);
}

TEST(headcount_costs_little_from_the_last_department)
{
    for (uint64_t id = DEPARTMENTS; id > 1; id--)
        read_department(id);
    assert_few_looks(1);
}

TEST(headcount_costs_little_where_the_last_department_was_read_before)
{
    read_department(DEPARTMENTS);
    for (uint64_t id = 1; id < DEPARTMENTS - 1; id++)
        read_department(id);
    assert_few_looks(1);
}

TEST(headcount_costs_little_where_a_department_can_not_be_read)
{
    for (uint64_t id = 1; id <= DEPARTMENTS; id++) {
        if (id != DEPARTMENTS / 2)
            read_department(id);
    }
    for (uint64_t id = 1; id < DEPARTMENTS / 2; id++)
        read_department(id);
    assert_few_looks(2);
}

#define HEADCOUNT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEADCOUNT_TEST(headcount_is_told_once_all_departments_are_read),
        HEADCOUNT_TEST(headcount_is_told_when_a_department_that_was_not_read_is_gone),
        HEADCOUNT_TEST(headcount_costs_little_from_the_first_department),
        HEADCOUNT_TEST(headcount_costs_little_from_the_last_department),
        HEADCOUNT_TEST(headcount_costs_little_where_the_last_department_was_read_before),
        HEADCOUNT_TEST(headcount_costs_little_where_a_department_can_not_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
