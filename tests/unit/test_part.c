/* Tests the lists of departments that are taken from that of everybody. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/loop.h"
#include "cache/cache.h"
#include "cache/listing.h"
#include "cache/walk.h"
#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"

#define TTL   60000
#define STALE 300000

#define WHOLE  "organizations/23/users"
#define FIRST  "organizations/23/departments/12/users"
#define SECOND "organizations/23/departments/13/users"
#define THIRD  "organizations/23/departments/14/users"
#define SAID   "one_list is not used any more"
#define CALLER 4711

/* Person ID of department DEPARTMENT, who says SAYS. */
#define PERSON(id, department, says)                                                           \
    {                                                                                          \
        id, "{\n  \"userID\": " #id ",\n  \"departmentID\": " #department                      \
            ",\n  \"organizationID\": 23,\n  \"phone\": \"" says "\"\n}\n"                     \
    }

struct wanter {
    struct waiter waiter; /* first: its address is the wanter's */
    unsigned calls;
    struct snapshot *snapshot; /* with a reference */
    int error;
};

static struct loop *loop;
static struct cache *cache;
static struct listing *whole, *first, *second, *third;
static struct wanter one, two, three;

/* In two departments and in none. */
static const struct fake_record all[] = {PERSON(1, 12, "a"), PERSON(2, 12, "b"),
                                         PERSON(3, 13, "c"), PERSON(9, 0, "z")};
/* In departments alone. */
static const struct fake_record placed[] = {PERSON(1, 12, "a"), PERSON(2, 12, "b"),
                                            PERSON(3, 13, "c")};
static const struct fake_record of_first[] = {PERSON(1, 12, "a"), PERSON(2, 12, "b")};
static const struct fake_record of_second[] = {PERSON(3, 13, "c")};

static void work(void)
{
    for (int i = 0; i < 100; i++)
        assert_int_equal(loop_turn(loop, 0), 0);
}

static void on_done(struct waiter *waiter, struct snapshot *snapshot, int error,
                    const char *why)
{
    struct wanter *wanter = (struct wanter *)waiter;
    (void)why;
    wanter->calls++;
    wanter->error = error;
    snapshot_unref(wanter->snapshot);
    wanter->snapshot = snapshot ? snapshot_ref(snapshot) : NULL;
}

static void want_one(struct listing *listing, struct wanter *wanter, uint64_t id)
{
    wanter->waiter.done = on_done;
    assert_int_equal(cache_wait(listing, id, &wanter->waiter), 0);
}

static void want(struct listing *listing, struct wanter *wanter)
{
    want_one(listing, wanter, 0);
}

static void give_back(struct wanter *wanter)
{
    waiter_cancel(&wanter->waiter, true);
    snapshot_unref(wanter->snapshot);
    *wanter = (struct wanter){.calls = 0};
}

static struct listing *add(enum endpoint_name endpoint, uint64_t department,
                           struct listing *everybody)
{
    struct listing_options options = {
        .target = target_make(endpoint, 23, department),
        .family = {.kind = INO_USER_FILE,
                   .organization = 23,
                   .department = department,
                   .department_member = everybody ? NULL : "departmentID"},
        .whole = everybody};
    struct listing *listing = cache_add(cache, &options);
    assert_non_null(listing);
    return listing;
}

static unsigned early_ends;
static bool second_was_fresh; /* by that it is known what the kernel was told */

static void on_early_end(void *data)
{
    (void)data;
    early_ends++;
    second_was_fresh = cache_fresh(second, 0) != NULL;
}

static int set_up(void **state)
{
    const struct cache_options options = {.ttl_ms = TTL,
                                          .stale_ms = STALE,
                                          .per_page = 1000,
                                          .parallel = 8,
                                          .early_end = on_early_end};
    (void)state;
    fake_pager_reset();
    loop = loop_create();
    cache = cache_create(loop, NULL, &options);
    early_ends = 0;
    assert_non_null(cache);
    whole = add(ENDPOINT_EVERYBODY, 0, NULL);
    first = add(ENDPOINT_USERS, 12, whole);
    second = add(ENDPOINT_USERS, 13, whole);
    third = add(ENDPOINT_USERS, 14, whole);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    give_back(&one);
    give_back(&two);
    give_back(&three);
    cache_remove(third);
    cache_remove(second);
    cache_remove(first);
    cache_remove(whole);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

/* The one pager that waits fetches PATH. */
static void assert_asked(const char *path)
{
    assert_int_equal(fake_pagers_waiting(), 1);
    assert_string_equal(fake_pager_path(0), path);
}

static void bring(const char *path, const struct fake_record *records, size_t count)
{
    assert_asked(path);
    fake_pager_bring(0, records, count);
    work();
}

/* WANTER was answered with COUNT people. It waits no more. */
static void assert_got(struct wanter *wanter, size_t count)
{
    assert_int_equal(wanter->calls, 1);
    assert_int_equal(wanter->error, 0);
    assert_int_equal(wanter->snapshot->count, count);
    give_back(wanter);
}

static void assert_failed(struct wanter *wanter, int error)
{
    assert_int_equal(wanter->calls, 1);
    assert_int_equal(wanter->error, error);
    give_back(wanter);
}

/* Both departments are taken from a list that says of nobody that they are in none. */
static void take_both(void)
{
    want(first, &one);
    want(second, &two);
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&one, 2);
    assert_got(&two, 1);
}

/* The first department is read both ways, and the second not any more. */
static void agree(void)
{
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    bring(FIRST, of_first, LENGTH(of_first));
    assert_got(&one, 2);
    want(second, &two);
    work();
    assert_got(&two, 1);
}

/* -------- one fetch for all departments -------- */

TEST(part_takes_all_departments_from_one_list)
{
    take_both();
    assert_int_equal(fake_pagers_made(), 1);
    assert_int_equal(cache_valid_ms(first, cache_held(first)), TTL);
    assert_true(cache_held(first)->records[1] == cache_held(whole)->records[1]);
    fake_now += TTL;
    assert_null(cache_fresh(first, 0));
}

TEST(part_asks_for_a_department_without_anybody_itself)
{
    want(second, &one);
    bring(WHOLE, of_first, LENGTH(of_first));
    bring(SECOND, of_second, LENGTH(of_second));
    assert_got(&one, 1);
}

TEST(part_asks_the_first_department_both_ways_if_somebody_is_in_none)
{
    agree();
    assert_int_equal(fake_pagers_made(), 2);
}

TEST(part_of_a_list_that_is_old_serves_no_department_that_was_shown_since)
{
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    give_back(&one);
    fake_now += 1;
    want(first, &one);
    work();
    bring(FIRST, of_first, LENGTH(of_first));
    assert_got(&one, 2);
    fake_now += TTL;
    want(first, &one);
    capture_begin();
    fake_pager_fail(0, -EIO, false, "HTTP 503");
    capture_end();
    work();
    bring(FIRST, of_first, LENGTH(of_first));
    assert_got(&one, 2);
}

/* What a cache had from before a SIGHUP says its age, and serves as it does elsewhere. */
TEST(part_of_a_list_that_a_cache_has_serves_as_long_as_that)
{
    cache_expire(cache);
    fake_now += 1000;
    fake_pager_say(30, 0);
    take_both();
    assert_non_null(cache_fresh(whole, 0));
    assert_non_null(cache_fresh(first, 0));
}

TEST(part_that_was_asked_for_before_a_sighup_is_over_when_it_comes)
{
    want(first, &one);
    fake_now += 1;
    cache_expire(cache);
    fake_now += 1;
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&one, 2);
    assert_null(cache_fresh(first, 0));
}

TEST(part_that_is_being_taken_during_a_sighup_is_over_when_it_comes)
{
    want(second, &two);
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&two, 1);
    want(first, &one);
    fake_now += 1;
    cache_expire(cache);
    work();
    assert_got(&one, 2);
    assert_null(cache_fresh(first, 0));
}

/* The list of everybody costs PRICE calls, and is over. */
static void know_price(uint64_t price)
{
    want(whole, &one);
    assert_asked(WHOLE);
    fake_pager_set_price(0, price);
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&one, 3);
    fake_now += TTL + STALE;
    cache_sweep(cache);
}

/* -------- nobody is lost -------- */

TEST(part_asks_for_itself_where_somebody_is_missing)
{
    static const struct fake_record left[] = {PERSON(1, 12, "a"), PERSON(3, 13, "c")};
    take_both();
    fake_now += TTL;
    want(first, &one);
    bring(WHOLE, left, LENGTH(left));
    bring(FIRST, left, 1);
    assert_got(&one, 1);
    want(second, &two);
    work();
    assert_got(&two, 1);
    assert_int_equal(fake_pagers_waiting(), 0);
}

/* Whether a list that says LIES of the two people of the first department, whose own list has
 * OWN, is used no more. */
static bool is_found_out(const struct fake_record *lies, size_t count,
                         const struct fake_record *own, size_t own_count)
{
    take_both();
    fake_now += TTL;
    want(first, &one);
    bring(WHOLE, lies, count);
    capture_begin();
    bring(FIRST, own, own_count);
    bool found_out = strstr(capture_end(), SAID) != NULL;
    assert_got(&one, own_count);
    return found_out;
}

TEST(part_finds_out_who_is_left_out_beside_one_who_has_left)
{
    static const struct fake_record lies[] = {PERSON(3, 13, "c"), PERSON(4, 12, "d")};
    static const struct fake_record own[] = {PERSON(2, 12, "b"), PERSON(4, 12, "d")};
    assert_true(is_found_out(lies, LENGTH(lies), own, LENGTH(own)));
}

TEST(part_is_not_misled_by_one_who_joins)
{
    static const struct fake_record left[] = {PERSON(2, 12, "b"), PERSON(3, 13, "c")};
    static const struct fake_record own[] = {PERSON(2, 12, "b"), PERSON(4, 12, "d")};
    assert_false(is_found_out(left, LENGTH(left), own, LENGTH(own)));
}

/* No list of the department was shown so far. */
TEST(part_asks_for_itself_where_somebody_is_missing_who_was_read_alone)
{
    know_price(50);
    want_one(first, &one, 1);
    assert_asked("users/1");
    fake_pager_bring(0, of_first, 1);
    assert_got(&one, 1);
    fake_now += 1;
    want(first, &one);
    bring(WHOLE, placed + 1, LENGTH(placed) - 1);
    capture_begin();
    bring(FIRST, of_first, LENGTH(of_first));
    assert_non_null(strstr(capture_end(), SAID));
    assert_got(&one, 2);
}

/* Both lists of the first department were to be compared, and nothing could be. */
static void assert_second_is_compared(void)
{
    want(second, &two);
    work();
    bring(SECOND, of_second, LENGTH(of_second));
    assert_got(&two, 1);
}

TEST(part_compares_another_department_where_the_own_list_is_refused)
{
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    assert_asked(FIRST);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    work();
    assert_got(&one, 2);
    assert_second_is_compared();
}

/* By then the list of everybody is over, and would be fetched for nobody. */
TEST(part_is_not_asked_for_when_nobody_waits_and_the_own_list_is_refused)
{
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    assert_asked(FIRST);
    waiter_cancel(&one.waiter, false);
    fake_now += TTL;
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    work();
    assert_int_equal(fake_pagers_waiting(), 0);
    give_back(&one);
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    assert_got(&one, 2);
}

TEST(part_compares_another_department_where_the_own_list_is_empty)
{
    want(first, &one);
    bring(WHOLE, all, LENGTH(all));
    bring(FIRST, NULL, 0);
    assert_got(&one, 0);
    assert_second_is_compared();
}

/* What was to be compared was given up, and a fetch for one name is no comparison. */
TEST(part_is_not_compared_by_a_fetch_that_was_stopped)
{
    want(first, &one);
    assert_asked(WHOLE);
    fake_pager_set_price(0, 50);
    bring(WHOLE, all, LENGTH(all));
    assert_asked(FIRST);
    give_back(&one);
    assert_int_equal(fake_pagers_waiting(), 0);
    fake_now += TTL;
    want_one(first, &one, 1);
    assert_asked("users/1");
    fake_pager_bring(0, of_first, 1);
    assert_got(&one, 1);
    want_one(first, &two, 2);
    assert_asked(FIRST);
    assert_int_equal(fake_pager_limit(0), 2);
    fake_pager_stop_at(0, 9);
    assert_asked("users/2");
    fake_pager_bring(0, &of_first[1], 1);
    assert_got(&two, 1);
    want(second, &two);
    bring(WHOLE, all, LENGTH(all));
    bring(SECOND, of_second, LENGTH(of_second));
    assert_got(&two, 1);
}

/* -------- where it is not used any more -------- */

static const struct fake_record of_third[] = {PERSON(9, 14, "z")};

/* The list of everybody says of one in the third department that they are in none. */
static void end_it(void)
{
    want(third, &three);
    work();
    capture_begin();
    bring(THIRD, of_third, 1);
    assert_non_null(strstr(capture_end(), SAID));
    assert_got(&three, 1);
}

TEST(part_that_is_taken_meanwhile_is_asked_for_itself)
{
    agree();
    want(third, &three);
    work();
    assert_asked(THIRD);
    fake_now += TTL;
    want(whole, &one);
    fake_pager_bring(1, all, LENGTH(all));
    assert_got(&one, 4);
    want(second, &two); /* it is taken later */
    capture_begin();
    fake_pager_bring(0, of_third, 1);
    assert_non_null(strstr(capture_end(), SAID));
    assert_got(&three, 1);
    work();
    bring(SECOND, of_second, LENGTH(of_second));
    assert_got(&two, 1);
}

TEST(part_is_asked_for_itself_when_it_is_not_used_any_more)
{
    agree();
    end_it();
    assert_non_null(cache_fresh(first, 0));
    assert_null(cache_fresh(second, 0));
    assert_int_equal(early_ends, 1);
    assert_true(second_was_fresh);
    want(second, &two);
    bring(SECOND, of_second, LENGTH(of_second));
    assert_got(&two, 1);
}

/* What is held serves on. */
static void let_service_fail(void)
{
    capture_begin();
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    work();
    capture_end();
}

/* What is held goes stale, for the list of everybody fails. */
static void go_stale(void)
{
    fake_now += TTL;
    want(first, &one);
    want(second, &two);
    assert_asked(WHOLE);
    let_service_fail();
    assert_got(&one, 2);
    assert_got(&two, 1);
    assert_non_null(cache_fresh(second, 0));
}

TEST(part_that_is_stale_serves_no_more_when_it_is_not_used_any_more)
{
    agree();
    go_stale();
    end_it();
    assert_null(cache_fresh(second, 0));
}

/* A program that walks finds nothing of it either. */
TEST(part_that_is_walked_through_is_fetched_when_it_is_not_used_any_more)
{
    agree();
    struct walker *walker = walker_make(cache_walkers(cache), CALLER);
    walk_begin(walker, second, cache_held(second), WALK_BY_ID);
    fake_now += TTL;
    walker_step(walker);
    assert_non_null(walk_find(walker, second, 3, WALK_FILE));
    want(third, &three);
    assert_asked(WHOLE);
    capture_begin();
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    work();
    assert_non_null(strstr(capture_end(), SAID));
    assert_null(walk_find(walker, second, 3, WALK_FILE));
    bring(THIRD, of_third, 1);
    assert_got(&three, 1);
}

/* -------- failures -------- */

/* The list of everybody fails. Return whether it is not used any more. */
static bool ends_by(int error, long status)
{
    want(first, &one);
    assert_asked(WHOLE);
    capture_begin();
    fake_pager_fail_with(0, error, status, "why");
    work();
    return strstr(capture_end(), SAID) != NULL;
}

TEST(part_fails_as_the_list_of_everybody_does_if_that_may_pass)
{
    assert_false(ends_by(-EIO, 503));
    assert_failed(&one, -EIO);
    fake_now += 1000;
    assert_false(ends_by(-EACCES, 401));
    assert_failed(&one, -EACCES);
    fake_now += 1000;
    assert_false(ends_by(-EPROTO, 0)); /* no TLS: the list of a department has none either */
    assert_failed(&one, -EPROTO);
    fake_now += 1000;
    take_both();
}

TEST(part_is_asked_for_itself_if_the_list_of_everybody_is_forbidden)
{
    assert_true(ends_by(-EACCES, 403));
    bring(FIRST, of_first, LENGTH(of_first));
    assert_got(&one, 2);
}

/* -------- one name -------- */

static void assert_says(const struct snapshot *snapshot, const char *text)
{
    const struct record *record = snapshot_find(snapshot, 1);
    assert_non_null(record);
    assert_non_null(memmem(record->bytes, record->size, text, strlen(text)));
}

static const struct fake_record changed[] = {PERSON(1, 12, "changed")};

/* WANTER, who waits for the list of the first department, gets one person of it alone. */
static void bring_alone(struct wanter *wanter, const struct fake_record *person)
{
    cache_hurry(first, &wanter->waiter);
    fake_pager_bring(1, person, 1);
    assert_got(wanter, 1);
}

/* The list of everybody was asked for before that user. It stays so when it serves on, and the
 * department is taken out of it once more. */
TEST(part_keeps_a_user_who_was_asked_for_later_while_the_service_fails)
{
    want(second, &two);
    want_one(first, &one, 1);
    fake_pager_set_price(0, 50);
    fake_now++;
    bring_alone(&one, changed);
    bring(WHOLE, placed, LENGTH(placed));
    want(first, &one);
    work();
    assert_got(&one, 2);
    assert_says(cache_fresh(first, 1), "changed");
    fake_now += TTL;
    want(first, &one);
    assert_asked(WHOLE);
    let_service_fail();
    assert_got(&one, 2);
    assert_says(cache_fresh(first, 1), "changed");
}

/* So does one who was read after the department was taken, and is held beside it. */
TEST(part_does_not_hide_a_user_who_was_read_later_while_the_service_fails)
{
    want(first, &one);
    fake_pager_set_price(0, 50);
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&one, 2);
    fake_now += TTL;
    want_one(first, &one, 1);
    want_one(first, &two, 2);
    assert_asked(FIRST);
    fake_pager_set_price(0, 50);
    bring_alone(&two, &of_first[1]); /* as in the list */
    bring_alone(&one, changed);
    fake_now += TTL + 1;
    cache_sweep(cache);
    want(second, &two);
    assert_asked(WHOLE);
    let_service_fail();
    assert_got(&two, 1);
    want_one(first, &one, 1);
    work();
    assert_says(one.snapshot, "changed");
    assert_got(&one, 1);
}

TEST(part_asks_for_one_name_alone)
{
    know_price(50);
    want_one(first, &one, 1);
    assert_asked("users/1");
    fake_pager_bring(0, of_first, 1);
    assert_got(&one, 1);
}

TEST(part_asks_the_department_for_one_name_that_the_service_does_not_know)
{
    know_price(50);
    want_one(first, &one, 9);
    assert_asked("users/9");
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_asked(FIRST);
    bring(FIRST, of_first, LENGTH(of_first));
    assert_got(&one, 2);
}

/* It would wait for 50 pages. */
TEST(part_does_not_let_one_name_wait_for_everybody)
{
    know_price(50);
    want(second, &two);
    assert_asked(WHOLE);
    fake_pager_set_price(0, 50);
    want_one(first, &one, 1);
    assert_int_equal(fake_pagers_waiting(), 1);
    cache_hurry(first, &one.waiter);
    assert_int_equal(fake_pagers_waiting(), 2);
    assert_string_equal(fake_pager_path(1), "users/1");
    fake_pager_bring(1, of_first, 1);
    assert_got(&one, 1);
    assert_false(fake_pager_is_paused(0));
    bring(WHOLE, placed, LENGTH(placed));
    assert_got(&two, 1);
}

/* A failure answers for itself for a second, but not for who is held alone. */
TEST(part_that_has_only_just_failed_hides_nobody_who_was_read_alone)
{
    know_price(3);
    want_one(first, &one, 1);
    want_one(first, &two, 2);
    fake_pager_bring(0, &of_first[0], 1);
    fake_pager_bring(0, &of_first[1], 1);
    assert_got(&one, 1);
    assert_got(&two, 1);
    fake_now += TTL + 1;
    want_one(second, &three, 3);
    fake_pager_bring(0, of_second, 1);
    assert_got(&three, 1);
    want_one(third, &three, 9);
    fake_pager_bring(0, of_third, 1);
    assert_got(&three, 1);
    capture_begin();
    want_one(first, &one, 1);
    assert_asked(WHOLE);
    fake_pager_fail(0, -EIO, false, "HTTP 503");
    capture_end();
    assert_got(&one, 1);
    want_one(first, &two, 2);
    assert_asked("users/2");
    capture_begin();
    fake_pager_fail(0, -EIO, false, "HTTP 503");
    capture_end();
    assert_got(&two, 1);
}

/* -------- memory -------- */

static unsigned memory_asked, memory_fails_at; /* 0: never */

static bool memory_is_out(void)
{
    return ++memory_asked == memory_fails_at;
}

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return memory_is_out() ? NULL : __real_malloc(size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    return memory_is_out() ? NULL : __real_reallocarray(old, count, size);
}

/* Take both departments from a list that is held, where allocation number FAILS_AT fails.
 * Return whether there was one. */
static bool fail_at(unsigned fails_at)
{
    want(whole, &three);
    bring(WHOLE, placed, LENGTH(placed));
    give_back(&three);
    capture_begin();
    memory_asked = 0;
    memory_fails_at = fails_at;
    want(first, &one);
    want(second, &two);
    work();
    bool failed = memory_asked >= fails_at;
    memory_fails_at = 0;
    capture_end();
    return failed;
}

/* What was asked for is all there, or it is an error. */
static void assert_all_or_nothing(struct wanter *wanter, struct listing *listing,
                                  const char *path, const struct fake_record *own, size_t count)
{
    if (wanter->calls == 0)
        bring(path, own, count); /* there is no memory for what was shown */
    if (wanter->error) {
        assert_failed(wanter, -ENOMEM);
        want(listing, wanter);
        work();
        if (wanter->calls == 0)
            bring(path, own, count);
    }
    assert_got(wanter, count);
}

TEST(part_without_memory_is_all_or_nothing)
{
    unsigned fails_at = 1;
    while (fail_at(fails_at++)) {
        assert_all_or_nothing(&one, first, FIRST, of_first, LENGTH(of_first));
        assert_all_or_nothing(&two, second, SECOND, of_second, LENGTH(of_second));
        tear_down(NULL);
        set_up(NULL);
    }
    assert_true(fails_at > 8);
}

/* -------- who goes -------- */

TEST(part_that_is_abandoned_ends_the_list_of_everybody)
{
    want(first, &one);
    want(second, &two);
    give_back(&one);
    assert_asked(WHOLE);
    give_back(&two);
    assert_int_equal(fake_pagers_waiting(), 0);
    take_both();
}

TEST(part_that_is_left_lets_the_list_of_everybody_pause)
{
    want(first, &one);
    waiter_cancel(&one.waiter, false);
    assert_true(fake_pager_is_paused(0));
    want(second, &two);
    assert_false(fake_pager_is_paused(0));
    bring(WHOLE, placed, LENGTH(placed));
    assert_int_equal(one.calls, 0);
    assert_got(&two, 1);
}

TEST(part_that_is_left_while_it_is_sorted_is_taken_later)
{
    want(first, &one);
    fake_pager_bring(0, placed, LENGTH(placed));
    waiter_cancel(&one.waiter, false);
    work();
    assert_int_equal(one.calls, 0);
    want(first, &one);
    work();
    assert_got(&one, 2);
    assert_int_equal(fake_pagers_made(), 1);
}

TEST(part_that_is_removed_in_the_midst_leaves_nothing)
{
    want(first, &one);
    fake_pager_bring(0, placed, LENGTH(placed));
}

#define PART_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PART_TEST(part_takes_all_departments_from_one_list),
        PART_TEST(part_asks_for_a_department_without_anybody_itself),
        PART_TEST(part_asks_the_first_department_both_ways_if_somebody_is_in_none),
        PART_TEST(part_of_a_list_that_is_old_serves_no_department_that_was_shown_since),
        PART_TEST(part_of_a_list_that_a_cache_has_serves_as_long_as_that),
        PART_TEST(part_that_was_asked_for_before_a_sighup_is_over_when_it_comes),
        PART_TEST(part_that_is_being_taken_during_a_sighup_is_over_when_it_comes),
        PART_TEST(part_asks_for_itself_where_somebody_is_missing),
        PART_TEST(part_asks_for_itself_where_somebody_is_missing_who_was_read_alone),
        PART_TEST(part_finds_out_who_is_left_out_beside_one_who_has_left),
        PART_TEST(part_is_not_misled_by_one_who_joins),
        PART_TEST(part_compares_another_department_where_the_own_list_is_refused),
        PART_TEST(part_is_not_asked_for_when_nobody_waits_and_the_own_list_is_refused),
        PART_TEST(part_compares_another_department_where_the_own_list_is_empty),
        PART_TEST(part_is_not_compared_by_a_fetch_that_was_stopped),
        PART_TEST(part_that_is_taken_meanwhile_is_asked_for_itself),
        PART_TEST(part_is_asked_for_itself_when_it_is_not_used_any_more),
        PART_TEST(part_that_is_stale_serves_no_more_when_it_is_not_used_any_more),
        PART_TEST(part_that_is_walked_through_is_fetched_when_it_is_not_used_any_more),
        PART_TEST(part_fails_as_the_list_of_everybody_does_if_that_may_pass),
        PART_TEST(part_is_asked_for_itself_if_the_list_of_everybody_is_forbidden),
        PART_TEST(part_keeps_a_user_who_was_asked_for_later_while_the_service_fails),
        PART_TEST(part_does_not_hide_a_user_who_was_read_later_while_the_service_fails),
        PART_TEST(part_asks_for_one_name_alone),
        PART_TEST(part_asks_the_department_for_one_name_that_the_service_does_not_know),
        PART_TEST(part_does_not_let_one_name_wait_for_everybody),
        PART_TEST(part_that_has_only_just_failed_hides_nobody_who_was_read_alone),
        PART_TEST(part_without_memory_is_all_or_nothing),
        PART_TEST(part_that_is_abandoned_ends_the_list_of_everybody),
        PART_TEST(part_that_is_left_lets_the_list_of_everybody_pause),
        PART_TEST(part_that_is_left_while_it_is_sorted_is_taken_later),
        PART_TEST(part_that_is_removed_in_the_midst_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
