/* Tests what a program that walks may still find after a list's time. */
#include "unit.h"

#include <errno.h>

#include "base/loop.h"
#include "cache/cache.h"
#include "cache/walk.h"
#include "fake_clock.h"
#include "fake_pager.h"

#define TTL 60000

static struct loop *loop;
static struct cache *cache;
static struct listing *list;
static struct walker *walker;
static struct snapshot *old, *fresh;

static const struct fake_record two[] = {{1, "one\n"}, {2, "two\n"}};
static const struct fake_record changed[] = {{1, "eins"}, {2, "zwei"}, {3, "drei"}};

static void on_done(struct waiter *waiter, struct snapshot *snapshot, int error,
                    const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)error;
    (void)why;
}

static struct snapshot *fetch(const struct fake_record *records, size_t count)
{
    struct waiter waiter = {.done = on_done};
    assert_int_equal(cache_wait(list, 0, &waiter), 0);
    fake_pager_bring(0, records, count);
    return cache_held(list);
}

/* Process 7 has read the list, which is then just over; it has walked on meanwhile. */
static int set_up(void **state)
{
    (void)state;
    struct cache_options options = {
        .ttl_ms = TTL, .stale_ms = 0, .per_page = 1000, .parallel = 8};
    struct listing_options users = {.target = target_make(ENDPOINT_USERS, 23, 12)};
    fake_pager_reset();
    loop = loop_create();
    cache = cache_create(loop, NULL, &options);
    list = cache_add(cache, &users);
    old = fetch(two, 2);
    walker = walker_make(cache_walkers(cache), 7);
    walk_begin(walker, list, old, WALK_BY_ID);
    fake_now += TTL / 2;
    walker_step(walker);
    fake_now += TTL / 2;
    return cache_fresh(list, 0) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    cache_remove(list);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

TEST(walk_finds_each_file_twice_as_it_was_read)
{
    for (int look = 0; look < 2; look++) {
        assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
        assert_ptr_equal(walk_find(walker, list, 2, WALK_FILE), old);
        fake_now += 1000;
    }
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    assert_null(walk_find(walker, list, 2, WALK_FILE));
}

TEST(walk_takes_stat_and_open_for_one_look)
{
    for (int look = 0; look < 2; look++) {
        assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
        fake_now += 999;
        assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
        fake_now += 1;
    }
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

TEST(walk_finds_directories_as_often_as_paths_go_through_them)
{
    for (int i = 0; i < 9; i++) {
        assert_ptr_equal(walk_find(walker, list, 1, WALK_DIRECTORY), old);
        fake_now += TTL / 2;
        walker_step(walker);
    }
}

TEST(walk_through_directories_alone_is_no_progress)
{
    assert_ptr_equal(walk_find(walker, list, 1, WALK_DIRECTORY), old);
    fake_now += TTL / 2 + 1;
    assert_null(walk_find(walker, list, 1, WALK_DIRECTORY));
}

TEST(walk_finds_each_file_of_all_twice_as_it_was_read)
{
    static const struct derived_kind lines = {.size = 1}, table = {.size = 2};
    for (int look = 0; look < 2; look++) {
        assert_ptr_equal(walk_find_export(walker, list, &lines), old);
        fake_now += 999;
        assert_ptr_equal(walk_find_export(walker, list, &lines), old);
        assert_ptr_equal(walk_find_export(walker, list, &table), old);
        fake_now += 1000;
    }
    assert_null(walk_find_export(walker, list, &lines));
    assert_null(walk_find_export(walker, list, &table));
    assert_null(walk_find_export(walker_make(cache_walkers(cache), 8), list, &lines));
    assert_null(walk_find_export(NULL, list, &lines));
    assert_ptr_equal(walk_find(walker, list, 1, false), old);
    fake_now += TTL + 1;
    assert_null(walk_find_export(walker, list, &table));
}

TEST(walk_is_nobody_elses)
{
    assert_null(walk_find(walker_make(cache_walkers(cache), 8), list, 1, WALK_FILE));
    assert_null(walk_find(NULL, list, 1, WALK_FILE));
    assert_null(walker_find(cache_walkers(cache), 9));
    assert_null(walker_make(cache_walkers(cache), 0));
}

TEST(walk_does_not_find_what_was_not_there)
{
    assert_null(walk_find(walker, list, 3, WALK_FILE));
}

TEST(walk_ends_with_a_pause)
{
    fake_now += TTL / 2 + 1;
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    walker_step(walker);
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

TEST(walk_goes_on_while_the_walker_waits)
{
    walker_hold(walker);
    fake_now += 9 * TTL;
    walkers_sweep(cache_walkers(cache));
    walker_release(walker);
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
}

TEST(walk_does_not_come_back_by_waiting)
{
    fake_now += TTL / 2 + 1;
    walker_hold(walker);
    walker_release(walker);
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

TEST(walk_goes_on_file_by_file)
{
    fake_now += TTL / 2;
    assert_non_null(walk_find(walker, list, 1, WALK_FILE));
    fake_now += TTL;
    assert_non_null(walk_find(walker, list, 2, WALK_FILE));
    fake_now += TTL + 1;
    assert_null(walk_find(walker, list, 2, WALK_FILE));
}

/* The walker looks at something now and then, so that it never pauses, for AGE_MS. */
static void walk_on(int64_t age_ms)
{
    for (int64_t age = 0; age < age_ms; age += TTL / 2) {
        walker_step(walker);
        fake_now += age_ms - age < TTL / 2 ? age_ms - age : TTL / 2;
    }
}

#define TEN_MINUTES (10 * 60000)

/* semantics: F10 */
TEST(walk_ends_ten_minutes_after_the_list_is_over_however_steadily_it_goes_on)
{
    static const struct derived_kind lines = {.size = 1};
    walk_on(TEN_MINUTES - 1);
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
    assert_ptr_equal(walk_other_way(walker, list, WALK_BY_NAME), old);
    fake_now++;
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    assert_null(walk_find(walker, list, 2, WALK_FILE));
    assert_null(walk_find(walker, list, 2, WALK_DIRECTORY));
    assert_null(walk_find_export(walker, list, &lines));
    assert_null(walk_other_way(walker, list, WALK_BY_NAME));
}

TEST(walk_by_name_ends_as_well)
{
    walk_begin(walker, list, old, WALK_BY_NAME);
    walk_on(TEN_MINUTES);
    assert_null(walk_read_by_name(walker, list));
    assert_null(walk_find(walker, list, 2, WALK_LINK));
}

TEST(walk_that_ended_goes_on_through_the_list_that_it_has_fetched)
{
    walk_on(TEN_MINUTES);
    fresh = fetch(changed, 3);
    walk_on(TTL);
    assert_null(cache_fresh(list, 0));
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), fresh);
}

TEST(walk_that_ended_does_not_hold_what_was_read)
{
    cache_sweep(cache);
    walk_on(TEN_MINUTES);
    walkers_sweep(cache_walkers(cache));
    assert_false(cache_is_idle(list)); /* it may be about to have the list fetched */
    walk_on(TTL);
    walkers_sweep(cache_walkers(cache));
    assert_true(cache_is_idle(list));
    assert_non_null(walker_find(cache_walkers(cache), 7));
}

TEST(walk_through_a_newer_list_takes_the_place_of_the_old_one)
{
    fresh = fetch(changed, 3);
    walk_begin(walker, list, fresh, WALK_BY_ID);
    fake_now += TTL;
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), fresh);
}

TEST(walk_goes_on_through_the_list_that_somebody_else_had_fetched)
{
    assert_ptr_equal(walk_find(walker, list, 2, WALK_FILE), old);
    fresh = fetch(changed + 1, 2);
    fake_now += TTL;
    assert_ptr_equal(walk_find(walker, list, 2, WALK_FILE), fresh);
    assert_ptr_equal(walk_find(walker, list, 3, WALK_FILE), fresh);
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    fake_now += TTL;
    assert_null(walk_find(walker, list, 2, WALK_FILE));
    assert_ptr_equal(walk_find(walker, list, 3, WALK_FILE), fresh);
}

/* User ID of a list of some pages, which is over. */
#define WALK_USER(id, phone)                                                                   \
    "{\n  \"userID\": " #id ",\n  \"organizationID\": 23,\n  \"departmentID\": 12,\n  "        \
    "\"phone\": \"" phone "\"\n}\n"

/* Process 7 has read a list of some pages, which is then just over. */
static void read_long_list(void)
{
    static const struct fake_record users[] = {{1, WALK_USER(1, "")}, {2, WALK_USER(2, "")}};
    struct waiter waiter = {.done = on_done};
    assert_int_equal(cache_wait(list, 0, &waiter), 0);
    fake_pager_set_price(0, 9);
    fake_pager_bring(0, users, 2);
    old = cache_held(list);
    walk_begin(walker, list, old, WALK_BY_ID);
    fake_now += TTL;
}

/* Somebody else looks a user up, whom the service is asked for alone. */
static struct snapshot *fetch_alone(uint64_t id, const char *text)
{
    const struct fake_record user = {id, text};
    struct waiter waiter = {.done = on_done};
    assert_int_equal(cache_wait(list, id, &waiter), 0);
    fake_pager_bring(0, &user, 1);
    return cache_fresh(list, id);
}

TEST(walk_finds_what_somebody_else_had_fetched_alone)
{
    read_long_list();
    assert_non_null(fetch_alone(2, WALK_USER(2, "")));
    struct snapshot *alone = fetch_alone(1, WALK_USER(1, "7"));
    assert_non_null(alone);
    assert_ptr_not_equal(alone, old);
    walker_step(walker);
    fake_now += TTL;
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), alone);
}

TEST(walk_does_not_find_what_is_gone_for_somebody_else)
{
    static const struct fake_record user = {2, WALK_USER(2, "")};
    struct waiter waiter = {.done = on_done};
    read_long_list();
    assert_non_null(fetch_alone(2, WALK_USER(2, "")));
    assert_int_equal(cache_wait(list, 1, &waiter), 0);
    assert_string_equal(fake_pager_path(0), "users/1");
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_bring(0, &user, 1);
    walker_step(walker);
    fake_now += TTL;
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

TEST(walk_does_not_begin_with_what_was_asked_for_before_an_expiry_by_hand)
{
    struct waiter waiter = {.done = on_done};
    assert_int_equal(cache_wait(list, 0, &waiter), 0);
    cache_expire(cache);
    fake_pager_bring(0, two, 2);
    walk_begin(walker, list, cache_held(list), WALK_BY_ID);
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

TEST(walk_ends_by_hand)
{
    cache_expire(cache);
    assert_null(walk_find(walker, list, 1, WALK_FILE));
}

/* It begins with a list that is fresh, after a 401 on another one. */
TEST(walk_finds_nothing_from_before_the_key_was_refused)
{
    struct snapshot *newer = fetch(two, 2);
    cache_source(cache)->refused_ms = fake_now;
    walk_begin(walker, list, newer, WALK_BY_ID);
    fake_now += TTL / 2;
    walker_step(walker);
    fake_now += TTL / 2;
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    newer = fetch(two, 2);
    walk_begin(walker, list, newer, WALK_BY_ID);
    fake_now += TTL / 2;
    walker_step(walker);
    fake_now += TTL / 2;
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), newer);
}

TEST(walk_holds_on_to_what_was_read_and_no_longer)
{
    cache_sweep(cache);
    assert_null(cache_held(list));
    assert_false(cache_is_idle(list));
    assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
    fake_now += TTL + 1;
    walkers_sweep(cache_walkers(cache));
    assert_null(walker_find(cache_walkers(cache), 7));
    assert_true(cache_is_idle(list));
}

TEST(walk_is_for_so_many_processes_at_once)
{
    for (uint64_t process = 100; process < 2000; process++)
        walker_make(cache_walkers(cache), process);
    assert_null(walker_find(cache_walkers(cache), 1999));
    fake_now += TTL + 1;
    assert_non_null(walker_make(cache_walkers(cache), 1999));
}

TEST(walk_may_read_a_list_by_name_once_as_it_was_read_by_id)
{
    assert_null(walk_read_by_name(walker, list));
    assert_null(walk_other_way(walker, list, WALK_BY_ID));
    assert_ptr_equal(walk_other_way(walker, list, WALK_BY_NAME), old);
    walk_begin(walker, list, old, WALK_BY_NAME);
    assert_null(walk_other_way(walker, list, WALK_BY_NAME));
    assert_ptr_equal(walk_read_by_name(walker, list), old);
    assert_null(walk_other_way(walker_make(cache_walkers(cache), 8), list, WALK_BY_NAME));
    assert_null(walk_other_way(NULL, list, WALK_BY_NAME));
}

TEST(walk_that_paused_may_not_read_in_another_way)
{
    fake_now += TTL + 1;
    assert_null(walk_other_way(walker, list, WALK_BY_NAME));
    walk_begin(walker, list, old, WALK_BY_NAME);
    fake_now += TTL + 1;
    assert_null(walk_read_by_name(walker, list));
}

TEST(walk_that_read_anew_may_read_that_in_the_other_way)
{
    walk_begin(walker, list, old, WALK_BY_NAME);
    fresh = fetch(changed, 3);
    walk_begin(walker, list, fresh, WALK_BY_NAME);
    fake_now += TTL;
    assert_null(walk_other_way(walker, list, WALK_BY_NAME));
    assert_ptr_equal(walk_other_way(walker, list, WALK_BY_ID), fresh);
    cache_expire(cache);
    assert_null(walk_other_way(walker, list, WALK_BY_ID));
}

TEST(walk_looks_at_links_are_not_looks_at_files)
{
    for (int look = 0; look < 2; look++) {
        assert_ptr_equal(walk_find(walker, list, 1, WALK_LINK), old);
        assert_ptr_equal(walk_find(walker, list, 1, WALK_LINK), old);
        assert_ptr_equal(walk_find(walker, list, 1, WALK_FILE), old);
        fake_now += 1000;
    }
    assert_null(walk_find(walker, list, 1, WALK_LINK));
    assert_null(walk_find(walker, list, 1, WALK_FILE));
    assert_ptr_equal(walk_find(walker, list, 2, WALK_LINK), old);
}

TEST(walk_goes_on_through_what_came_while_something_was_made)
{
    snapshot_ref(old);
    fresh = fetch(changed, 3);
    fake_now += TTL;
    walk_begin(walker, list, old, WALK_BY_NAME);
    assert_ptr_equal(walk_read_by_name(walker, list), fresh);
    snapshot_unref(old);
}

#define WALK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALK_TEST(walk_finds_each_file_twice_as_it_was_read),
        WALK_TEST(walk_takes_stat_and_open_for_one_look),
        WALK_TEST(walk_finds_directories_as_often_as_paths_go_through_them),
        WALK_TEST(walk_through_directories_alone_is_no_progress),
        WALK_TEST(walk_finds_each_file_of_all_twice_as_it_was_read),
        WALK_TEST(walk_is_nobody_elses),
        WALK_TEST(walk_does_not_find_what_was_not_there),
        WALK_TEST(walk_ends_with_a_pause),
        WALK_TEST(walk_goes_on_while_the_walker_waits),
        WALK_TEST(walk_does_not_come_back_by_waiting),
        WALK_TEST(walk_goes_on_file_by_file),
        WALK_TEST(walk_ends_ten_minutes_after_the_list_is_over_however_steadily_it_goes_on),
        WALK_TEST(walk_by_name_ends_as_well),
        WALK_TEST(walk_that_ended_goes_on_through_the_list_that_it_has_fetched),
        WALK_TEST(walk_that_ended_does_not_hold_what_was_read),
        WALK_TEST(walk_through_a_newer_list_takes_the_place_of_the_old_one),
        WALK_TEST(walk_goes_on_through_the_list_that_somebody_else_had_fetched),
        WALK_TEST(walk_finds_what_somebody_else_had_fetched_alone),
        WALK_TEST(walk_does_not_find_what_is_gone_for_somebody_else),
        WALK_TEST(walk_does_not_begin_with_what_was_asked_for_before_an_expiry_by_hand),
        WALK_TEST(walk_ends_by_hand),
        WALK_TEST(walk_finds_nothing_from_before_the_key_was_refused),
        WALK_TEST(walk_holds_on_to_what_was_read_and_no_longer),
        WALK_TEST(walk_is_for_so_many_processes_at_once),
        WALK_TEST(walk_may_read_a_list_by_name_once_as_it_was_read_by_id),
        WALK_TEST(walk_that_paused_may_not_read_in_another_way),
        WALK_TEST(walk_that_read_anew_may_read_that_in_the_other_way),
        WALK_TEST(walk_looks_at_links_are_not_looks_at_files),
        WALK_TEST(walk_goes_on_through_what_came_while_something_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
