/* Tests which lists are asked for ahead of a process that reads them in their order. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/loop.h"
#include "cache/cache.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "tree/tour.h"
#include "tree/tree.h"

#define TTL      60000
#define PARALLEL 4
#define ORG      23
#define COUNT    30 /* departments, with the IDs from 1 on */

#define THREAD 77
#define OTHER  78

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static struct dir *departments;
static struct tours tours;
static struct walker *walker;
static bool spare;
static struct client client; /* of which only the timeout is asked */

bool __wrap_queue_has_spare(const struct queue *queue);

bool __wrap_queue_has_spare(const struct queue *queue)
{
    (void)queue;
    return spare;
}

static void ignore(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)error;
    (void)why;
}

static const struct fake_record user = {5, "a"};

static struct dir *users_of(uint64_t id)
{
    struct dir *dir = dir_child(departments, DIR_DEPARTMENT, id);
    dir = dir ? dir_child(dir, DIR_USERS, 0) : NULL;
    assert_non_null(dir);
    return dir;
}

/* The place among the waiting pagers of the one that fetches the users of ID; -1: none does. */
static int asking(uint64_t id)
{
    char path[64];
    snprintf(path, sizeof path, "organizations/%d/departments/%d/users", ORG, (int)id);
    for (unsigned i = 0; i < fake_pagers_waiting(); i++) {
        if (strcmp(fake_pager_path(i), path) == 0)
            return (int)i;
    }
    return -1;
}

/* Has DIR's list come, if it is not there, and tells that THREAD has read DIR. */
static void thread_reads(pid_t thread, struct dir *dir)
{
    struct waiter waiter = {.done = ignore};
    uint64_t id = dir->owner_id;
    walker_step(walker);
    if (!cache_fresh(dir->listing, 0)) {
        assert_int_equal(cache_wait(dir->listing, 0, &waiter), 0);
        fake_pager_bring((unsigned)asking(id), &user, 1);
    }
    tours_read(&tours, walker, thread, dir, cache_fresh(dir->listing, 0));
}

static void reads(uint64_t id)
{
    thread_reads(THREAD, users_of(id));
}

static void reads_all(uint64_t first, uint64_t last)
{
    for (uint64_t id = first; id <= last; id++)
        reads(id);
}

/* The IDs of the departments whose lists are being fetched, with a blank behind each. */
static const char *asked(void)
{
    static char text[256];
    text[0] = '\0';
    for (int id = 1; id <= COUNT; id++) {
        if (asking((uint64_t)id) >= 0)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d ", id);
    }
    return text;
}

static void bring(uint64_t id)
{
    fake_pager_bring((unsigned)asking(id), &user, 1);
}

static void list_departments(void)
{
    static struct fake_record records[COUNT];
    struct waiter waiter = {.done = ignore};
    for (unsigned i = 0; i < COUNT; i++)
        records[i] = (struct fake_record){i + 1, "department"};
    assert_int_equal(cache_wait(departments->listing, 0, &waiter), 0);
    fake_pager_bring(0, records, COUNT);
}

static int set_up_with(bool one_list)
{
    struct cache_options cache_options = {
        .ttl_ms = TTL, .stale_ms = 300000, .per_page = 1000, .parallel = PARALLEL};
    fake_pager_reset();
    options = (struct tree_options){.user_id = 7, .one_list = one_list};
    tours = (struct tours){0};
    spare = true;
    client.timeout_ms = 2 * (int64_t)TTL;
    loop = loop_create();
    cache = cache_create(loop, &client, &cache_options);
    if (!loop || !cache || tree_init(&tree, cache, &options))
        return -1;
    struct dir *dir = dir_child(tree.root, DIR_ORGANIZATIONS, 0);
    dir = dir_child(dir, DIR_ORGANIZATION, ORG);
    departments = dir_child(dir, DIR_DEPARTMENTS, 0);
    list_departments();
    walker = walker_make(cache_walkers(cache), 7);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    return set_up_with(false);
}

static int set_up_one_list(void **state)
{
    (void)state;
    return set_up_with(true);
}

static int tear_down(void **state)
{
    (void)state;
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

/* -------- who is on a tour -------- */

TEST(tour_begins_with_the_third_list)
{
    reads_all(5, 6);
    assert_string_equal(asked(), "");
    reads(7);
    assert_string_equal(asked(), "8 9 10 ");
}

TEST(tour_asks_for_one_call_of_each)
{
    reads_all(5, 7);
    for (uint64_t id = 8; id <= 10; id++)
        assert_true(fake_pager_is_paused((unsigned)asking(id)));
}

TEST(tour_goes_on_with_no_more_than_parallel_ahead)
{
    reads_all(5, 8);
    assert_string_equal(asked(), "9 10 11 12 ");
    reads_all(9, 12);
    assert_string_equal(asked(), "13 14 15 16 ");
    assert_int_equal(fake_pagers_made(), 1 + 12);
}

TEST(tour_asks_for_nothing_twice)
{
    reads_all(5, 8);
    bring(11);
    reads(9);
    assert_string_equal(asked(), "10 12 13 ");
}

TEST(tour_may_go_from_the_end)
{
    for (uint64_t id = 9; id >= 7; id--)
        reads(id);
    assert_string_equal(asked(), "4 5 6 ");
}

TEST(tour_ends_where_the_list_above_does)
{
    reads_all(COUNT - 3, COUNT - 1);
    assert_string_equal(asked(), "30 ");
    reads(COUNT);
    assert_string_equal(asked(), "");
    for (uint64_t id = 4; id >= 1; id--)
        reads(id);
    assert_string_equal(asked(), "");
}

TEST(tour_takes_a_list_for_one_however_it_is_read)
{
    for (uint64_t id = 5; id <= 6; id++) {
        reads(id);
        thread_reads(THREAD, dir_child(users_of(id)->parent, DIR_USERS_BY_EMAIL, 0));
        reads(id);
    }
    assert_string_equal(asked(), "");
    thread_reads(THREAD, dir_child(users_of(7)->parent, DIR_USERS_BY_EMAIL, 0));
    assert_string_equal(asked(), "8 9 10 ");
}

TEST(tour_is_none_in_another_order)
{
    static const uint64_t orders[][6] = {
        {5, 7, 9, 11, 13, 15}, {5, 6, 8, 9, 11, 12}, {5, 6, 5, 6, 5, 6}, {9, 4, 10, 3, 11, 2}};
    for (size_t i = 0; i < LENGTH(orders); i++) {
        for (size_t j = 0; j < LENGTH(orders[i]); j++) {
            reads(orders[i][j]);
            assert_string_equal(asked(), "");
        }
        fake_now += TTL;
    }
}

TEST(tour_is_none_of_two_processes)
{
    struct walker *first = walker, *second = walker_make(cache_walkers(cache), 8);
    for (uint64_t id = 5; id <= 9; id++) {
        walker = id % 2 ? first : second;
        reads(id);
        assert_string_equal(asked(), "");
    }
}

TEST(tour_is_made_by_each_of_two_processes)
{
    struct walker *first = walker, *second = walker_make(cache_walkers(cache), 8);
    reads_all(5, 7);
    walker = second;
    reads_all(5, 7);
    assert_string_equal(asked(), "8 9 10 ");
    reads_all(25, 27);
    walker = first;
    reads(8);
    assert_string_equal(asked(), "9 10 11 12 28 29 30 ");
}

TEST(tour_of_threads_may_be_a_little_out_of_order)
{
    static const uint64_t order[] = {20, 19, 17, 18, 15, 16};
    static const char *const expected[] = {
        "", "", "14 15 16 ", "14 15 16 ", "11 12 13 14 16 ", "11 12 13 14 "};
    for (size_t i = 0; i < LENGTH(order); i++) {
        thread_reads(i % 2 ? OTHER : THREAD, users_of(order[i]));
        assert_string_equal(asked(), expected[i]);
    }
}

TEST(tour_may_be_another_one_for_each_thread)
{
    for (uint64_t i = 0; i < 3; i++) {
        thread_reads(THREAD, users_of(5 + i));
        thread_reads(OTHER, users_of(27 - i));
    }
    assert_string_equal(asked(), "8 9 10 22 23 24 ");
}

TEST(tour_goes_past_what_could_not_be_read)
{
    struct waiter waiter = {.done = ignore};
    reads_all(5, 8);
    fake_pager_fail_with((unsigned)asking(9), -EACCES, 403, "no");
    assert_int_equal(cache_wait(users_of(9)->listing, 0, &waiter), -EACCES);
    reads(10);
    assert_string_equal(asked(), "11 12 13 14 ");
}

/* -------- when nothing is asked for -------- */

TEST(tour_ends_with_a_pause)
{
    reads_all(5, 7);
    fake_now += WALKER_REST_MS + 1;
    reads_all(8, 9);
    assert_string_equal(asked(), "10 ");
    reads(10);
    assert_string_equal(asked(), "11 12 13 ");
}

TEST(tour_goes_on_while_the_process_reads_files)
{
    reads_all(5, 7);
    for (int i = 0; i < 3; i++) {
        fake_now += WALKER_REST_MS;
        walker_step(walker);
    }
    reads(8);
    assert_string_equal(asked(), "9 10 11 12 ");
}

TEST(tour_goes_on_while_the_process_waits)
{
    reads_all(5, 7);
    walker_hold(walker);
    fake_now += 5 * WALKER_REST_MS;
    walker_release(walker);
    reads(8);
    assert_string_equal(asked(), "9 10 11 12 ");
}

TEST(tour_asks_only_for_what_is_fresh_when_the_reader_comes)
{
    for (uint64_t id = 5; id <= 10; id++) {
        reads(id);
        walker_hold(walker);
        fake_now += TTL / 8;
        walker_release(walker);
    }
    assert_string_equal(asked(), "11 12 ");
}

TEST(tour_asks_only_for_what_comes_in_time_if_one_call_waits_for_the_other)
{
    client.timeout_ms = TTL / 2;
    for (uint64_t id = 5; id <= 10; id++) {
        reads(id);
        walker_hold(walker);
        fake_now += TTL / 16;
        walker_release(walker);
    }
    assert_string_equal(asked(), "11 12 ");
}

TEST(tour_asks_for_nothing_if_the_reader_takes_too_long)
{
    for (uint64_t id = 5; id <= 10; id++) {
        reads(id);
        walker_hold(walker);
        fake_now += TTL / 3;
        walker_release(walker);
    }
    assert_string_equal(asked(), "");
}

TEST(tour_ends_at_a_sighup)
{
    reads_all(5, 7);
    fake_now++;
    cache_expire(cache);
    cache_ask_anew(cache);
    fake_now++;
    assert_int_equal(fake_pagers_waiting(), 0); /* what was asked ahead is from before */
    reads_all(8, 9);
    assert_string_equal(asked(), "");
    reads(10);
    assert_string_equal(asked(), "11 12 13 ");
}

TEST(tour_asks_for_nothing_while_no_calls_are_to_spare)
{
    spare = false;
    reads_all(5, 9);
    assert_string_equal(asked(), "");
    spare = true;
    reads(10);
    assert_string_equal(asked(), "11 12 13 14 ");
}

TEST(tour_ends_when_the_service_fails)
{
    reads_all(5, 7);
    fake_pager_fail_with((unsigned)asking(9), -EIO, 500, "no");
    reads(8);
    assert_string_equal(asked(), "10 ");
    for (int i = 0; i < 2; i++) { /* until the failure does not answer for itself any more */
        fake_now += WALKER_REST_MS;
        walker_step(walker);
    }
    reads(9);
    assert_string_equal(asked(), "10 ");
    reads(10);
    assert_string_equal(asked(), "11 12 13 ");
}

TEST(tour_asks_for_nothing_while_what_is_old_serves)
{
    reads_all(5, 8);
    for (uint64_t id = 9; id <= 12; id++)
        bring(id);
    fake_now += TTL;
    for (uint64_t id = 5; id <= 8; id++) {
        struct waiter waiter = {.done = ignore};
        struct listing *listing = users_of(id)->listing;
        assert_int_equal(cache_wait(listing, 0, &waiter), 0);
        fake_pager_fail_with((unsigned)asking(id), -EIO, 500, "no");
        reads(id);
    }
    assert_string_equal(asked(), "");
}

TEST(tour_has_short_lists_read_to_their_end)
{
    reads_all(5, 8);
    fake_pager_set_price((unsigned)asking(10), 2);
    reads(9);
    assert_false(fake_pager_is_paused((unsigned)asking(10)));
    assert_true(fake_pager_is_paused((unsigned)asking(11)));
}

TEST(tour_leaves_a_list_to_those_who_look_one_name_up)
{
    struct waiter waiter = {.done = ignore};
    reads_all(5, 7);
    assert_int_equal(fake_pager_limit((unsigned)asking(8)), 2);
    assert_int_equal(cache_wait(users_of(8)->listing, 3, &waiter), 0);
    assert_int_equal(fake_pager_limit((unsigned)asking(8)), 2);
    waiter_cancel(&waiter, true);
}

TEST(tour_asks_no_further_than_a_long_list)
{
    reads_all(5, 8);
    fake_pager_set_price((unsigned)asking(11), 3);
    reads(9);
    assert_string_equal(asked(), "10 11 12 ");
    reads(10);
    assert_string_equal(asked(), "11 12 ");
    reads(11);
    assert_string_equal(asked(), "12 13 14 15 ");
}

TEST(tour_leaves_lists_alone_that_are_taken_from_the_list_of_everybody)
{
    for (uint64_t id = 5; id <= 9; id++)
        tours_read(&tours, walker, THREAD, users_of(id), cache_held(departments->listing));
    assert_int_equal(cache_ask_ahead(users_of(10)->listing), CACHE_AHEAD_GOES_ON);
    assert_int_equal(fake_pagers_made(), 1);
}

TEST(tour_needs_a_list_that_gives_an_order)
{
    struct dir *communities = dir_child(tree.root, DIR_COMMUNITIES, 0);
    for (int i = 0; i < 4; i++)
        tours_read(&tours, walker, THREAD, communities, cache_held(departments->listing));
    for (int i = 0; i < 4; i++)
        tours_read(&tours, walker, THREAD, departments, cache_held(departments->listing));
    assert_int_equal(fake_pagers_made(), 1);
}

#define TOUR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOUR_TEST(tour_begins_with_the_third_list),
        TOUR_TEST(tour_asks_for_one_call_of_each),
        TOUR_TEST(tour_goes_on_with_no_more_than_parallel_ahead),
        TOUR_TEST(tour_asks_for_nothing_twice),
        TOUR_TEST(tour_may_go_from_the_end),
        TOUR_TEST(tour_ends_where_the_list_above_does),
        TOUR_TEST(tour_takes_a_list_for_one_however_it_is_read),
        TOUR_TEST(tour_is_none_in_another_order),
        TOUR_TEST(tour_is_none_of_two_processes),
        TOUR_TEST(tour_is_made_by_each_of_two_processes),
        TOUR_TEST(tour_of_threads_may_be_a_little_out_of_order),
        TOUR_TEST(tour_may_be_another_one_for_each_thread),
        TOUR_TEST(tour_goes_past_what_could_not_be_read),
        TOUR_TEST(tour_ends_with_a_pause),
        TOUR_TEST(tour_goes_on_while_the_process_reads_files),
        TOUR_TEST(tour_goes_on_while_the_process_waits),
        TOUR_TEST(tour_asks_only_for_what_is_fresh_when_the_reader_comes),
        TOUR_TEST(tour_asks_only_for_what_comes_in_time_if_one_call_waits_for_the_other),
        TOUR_TEST(tour_asks_for_nothing_if_the_reader_takes_too_long),
        TOUR_TEST(tour_ends_at_a_sighup),
        TOUR_TEST(tour_asks_for_nothing_while_no_calls_are_to_spare),
        TOUR_TEST(tour_ends_when_the_service_fails),
        TOUR_TEST(tour_asks_for_nothing_while_what_is_old_serves),
        TOUR_TEST(tour_has_short_lists_read_to_their_end),
        TOUR_TEST(tour_leaves_a_list_to_those_who_look_one_name_up),
        TOUR_TEST(tour_asks_no_further_than_a_long_list),
        TOUR_TEST(tour_needs_a_list_that_gives_an_order),
        cmocka_unit_test_setup_teardown(
            tour_leaves_lists_alone_that_are_taken_from_the_list_of_everybody, set_up_one_list,
            tear_down),
    };
    return cmocka_run_group_tests_name("tour", tests, NULL, NULL);
}
