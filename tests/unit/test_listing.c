/* Tests a list in the cache: fetches, waiters, its time, failures. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/loop.h"
#include "cache/cache.h"
#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"

#define TTL   60000
#define STALE 300000

struct wanter {
    struct waiter waiter; /* first: its address is the wanter's */
    unsigned calls;
    struct snapshot *snapshot; /* with a reference */
    int error;
    char why[256];
    struct wanter *then; /* begins to wait in the callback */
    struct wanter *cancels;
};

static struct loop *loop;
static struct cache *cache;
static struct listing *parent, *listing;
static struct wanter first, second, third;

static const struct fake_record two[] = {{1, "one"}, {2, "two"}};
static const struct fake_record departments[] = {{12, "x"}, {13, "y"}};

static void want(struct wanter *wanter);

static void on_done(struct waiter *waiter, struct snapshot *snapshot, int error,
                    const char *why)
{
    struct wanter *wanter = (struct wanter *)waiter;
    wanter->calls++;
    wanter->error = error;
    snprintf(wanter->why, sizeof wanter->why, "%s", why);
    snapshot_unref(wanter->snapshot);
    wanter->snapshot = snapshot ? snapshot_ref(snapshot) : NULL;
    if (wanter->then)
        want(wanter->then);
    if (wanter->cancels)
        waiter_cancel(&wanter->cancels->waiter, true);
}

static void want_of(struct listing *wanted, struct wanter *wanter)
{
    wanter->waiter.done = on_done;
    assert_int_equal(cache_wait(wanted, 0, &wanter->waiter), 0);
}

static void want(struct wanter *wanter)
{
    want_of(listing, wanter);
}

/* What failed answers for itself for a second; that is over afterwards. */
static void give_back(struct wanter *wanter)
{
    fake_now += wanter->error ? 1000 : 0;
    waiter_cancel(&wanter->waiter, true);
    snapshot_unref(wanter->snapshot);
    *wanter = (struct wanter){.calls = 0};
}

/* ABOVE: the list in which its owner stands; NULL: none. */
static void add_users(struct listing *above, uint64_t department)
{
    struct listing_options users = {
        .target = target_make(ENDPOINT_USERS, 23, department),
        .family = {.kind = INO_USER_FILE, .organization = 23, .department = department},
        .owner = above,
        .owner_id = department,
        .owner_listed = above != NULL};
    listing = cache_add(cache, &users);
    assert_non_null(listing);
}

static void add_listing(struct listing *above)
{
    add_users(above, 12);
}

static void begin(int64_t ttl_ms, bool missing_is_empty)
{
    struct cache_options options = {.ttl_ms = ttl_ms,
                                    .stale_ms = STALE,
                                    .per_page = 1000,
                                    .parallel = 8,
                                    .missing_is_empty = missing_is_empty};
    struct listing_options above = {
        .target = target_make(ENDPOINT_DEPARTMENTS, 23, 0),
        .family = {.kind = INO_DEPARTMENT_FILE, .organization = 23}};
    cache = cache_create(loop, NULL, &options);
    assert_non_null(cache);
    parent = cache_add(cache, &above);
    assert_non_null(parent);
}

static int set_up(void **state)
{
    (void)state;
    fake_pager_reset();
    loop = loop_create();
    begin(TTL, false);
    add_listing(parent);
    return 0;
}

static void end(void)
{
    give_back(&first);
    give_back(&second);
    give_back(&third);
    cache_remove(listing);
    cache_remove(parent);
    cache_remove(NULL);
    cache_destroy(cache);
}

static int tear_down(void **state)
{
    (void)state;
    end();
    loop_destroy(loop);
    return 0;
}

/* Another cache takes the place of the one that was set up. */
static void set_ttl(int64_t ttl_ms)
{
    end();
    begin(ttl_ms, false);
    add_listing(parent);
}

/* Somebody wants it, and it comes. */
static void fetch(const struct fake_record *records, size_t count)
{
    struct wanter wanter = {.calls = 0};
    want(&wanter);
    fake_pager_bring(0, records, count);
    assert_int_equal(wanter.calls, 1);
    assert_int_equal(wanter.error, 0);
    give_back(&wanter);
}

/* Somebody wants it, and it fails. */
static const char *fail_with(int error, bool not_found, const char *why)
{
    capture_begin();
    want(&first);
    fake_pager_fail(0, error, not_found, why);
    return capture_end();
}

static void assert_failed(int error, const char *why)
{
    assert_int_equal(first.calls, 1);
    assert_int_equal(first.error, error);
    assert_string_equal(first.why, why);
    assert_null(first.snapshot);
}

/* -------- one fetch for many -------- */

TEST(listing_holds_nothing_at_first)
{
    assert_null(cache_fresh(listing, 0));
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 0);
    assert_true(cache_is_idle(listing));
    assert_int_equal(fake_pagers_made(), 0);
}

TEST(listing_makes_one_fetch_for_many)
{
    want(&first);
    want(&second);
    assert_string_equal(fake_pager_path(0), "organizations/23/departments/12/users");
    assert_false(cache_is_idle(listing));
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.calls, 1);
    assert_int_equal(second.calls, 1);
    assert_ptr_equal(first.snapshot, second.snapshot);
    assert_int_equal(first.snapshot->count, 2);
    assert_int_equal(fake_pagers_made(), 1);
}

TEST(listing_calls_nobody_from_listing_wait)
{
    fetch(two, 2);
    want(&first);
    assert_int_equal(first.calls, 0);
}

TEST(listing_serves_within_its_ttl_and_not_after)
{
    fetch(two, 2);
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), TTL);
    fake_now += TTL - 1;
    assert_non_null(cache_fresh(listing, 0));
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 1);
    fake_now += 1;
    assert_null(cache_fresh(listing, 0));
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 0);
}

TEST(listing_serves_no_longer_than_its_answers_say)
{
    static const struct {
        int64_t age_s, max_age_s, ttl_ms;
    } said[] = {
        {600, 600, 1000}, {0, 10, 10000},         {0, 600, TTL}, {20, 0, TTL - 20000},
        {20, 30, 10000},  {20, 600, TTL - 20000}, {60, 0, 1000}, {20, 10, 1000},
    };
    for (size_t i = 0; i < LENGTH(said); i++) {
        fake_pager_say(said[i].age_s, said[i].max_age_s);
        fetch(two, 2);
        assert_int_equal(cache_valid_ms(listing, cache_held(listing)), said[i].ttl_ms);
        fake_now += said[i].ttl_ms - 1;
        assert_non_null(cache_fresh(listing, 0));
        fake_now += 1;
        assert_null(cache_fresh(listing, 0));
    }
}

TEST(listing_serves_no_longer_than_its_ttl_whatever_answers_say)
{
    set_ttl(500);
    fake_pager_say(7, 7);
    fetch(two, 2);
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 500);
    set_ttl(0);
    fetch(two, 2);
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 0);
}

TEST(listing_counts_the_stale_period_from_its_shortened_end)
{
    fake_pager_say(5, 15);
    fetch(two, 2);
    fake_now += 10000 + STALE - 1;
    fail_with(-EIO, false, "HTTP 500");
    assert_int_equal(first.error, 0);
    give_back(&first);
    cache_sweep(cache);
    assert_non_null(cache_held(listing));
    fake_now += 1;
    cache_sweep(cache);
    assert_null(cache_held(listing));
}

TEST(listing_waits_for_memory)
{
    fake_pager_fail_next();
    assert_int_equal(cache_wait(listing, 0, &first.waiter), -ENOMEM);
    assert_null(first.waiter.fetch);
    assert_true(cache_is_idle(listing));
}

TEST(listing_puts_who_comes_in_a_callback_into_the_next_round)
{
    first.then = &third;
    want(&first);
    want(&second);
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.calls + second.calls, 2);
    assert_int_equal(third.calls, 0);
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_pager_bring(0, two, 2);
    assert_int_equal(third.calls, 1);
}

TEST(listing_lets_a_callback_cancel_another_waiter)
{
    first.cancels = &second;
    want(&first);
    want(&second);
    want(&third);
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.calls, 1);
    assert_int_equal(second.calls, 0);
    assert_int_equal(third.calls, 1);
}

TEST(listing_ends_a_fetch_that_is_abandoned)
{
    want(&first);
    want(&second);
    waiter_cancel(&first.waiter, true);
    assert_int_equal(fake_pagers_waiting(), 1);
    waiter_cancel(&second.waiter, true);
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_true(cache_is_idle(listing));
    assert_int_equal(first.calls + second.calls, 0);
}

TEST(listing_goes_on_with_a_fetch_that_is_not_abandoned)
{
    want(&first);
    waiter_cancel(&first.waiter, false);
    waiter_cancel(&first.waiter, false);
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_pager_bring(0, two, 2);
    assert_non_null(cache_fresh(listing, 0));
}

TEST(listing_pauses_a_fetch_that_nobody_waits_for_until_somebody_does)
{
    want(&first);
    assert_false(fake_pager_is_paused(0));
    want(&second);
    waiter_cancel(&first.waiter, false);
    assert_false(fake_pager_is_paused(0));
    waiter_cancel(&second.waiter, false);
    assert_true(fake_pager_is_paused(0));
    want(&third);
    assert_false(fake_pager_is_paused(0));
    assert_int_equal(fake_pagers_made(), 1);
    fake_pager_bring(0, two, 2);
    assert_int_equal(third.calls, 1);
}

/* What came of it so far is getting as old as an answer may be. */
TEST(listing_sweep_ends_a_fetch_that_nobody_came_back_for)
{
    want(&first);
    cache_sweep(cache);
    waiter_cancel(&first.waiter, false);
    fake_now += TTL;
    cache_sweep(cache);
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_now++;
    cache_sweep(cache);
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_true(cache_is_idle(listing));
}

TEST(listing_sweep_leaves_a_fetch_that_somebody_waits_for)
{
    want(&first);
    waiter_cancel(&first.waiter, false);
    want(&second);
    fake_now += 10 * TTL;
    cache_sweep(cache);
    assert_int_equal(fake_pagers_waiting(), 1);
}

TEST(listing_tells_its_fetch_whether_there_were_people)
{
    want(&first);
    assert_false(fake_pager_expects_people(0));
    fake_pager_bring(0, two, 2);
    give_back(&first);
    cache_expire(cache);
    want(&first);
    assert_true(fake_pager_expects_people(0));
    fake_pager_bring(0, two, 0);
    give_back(&first);
    cache_expire(cache);
    want(&first);
    assert_false(fake_pager_expects_people(0));
}

TEST(listing_remembers_that_there_were_people_longer_than_it_holds_them)
{
    fetch(two, 2);
    fake_now += TTL + STALE;
    cache_sweep(cache);
    assert_true(cache_is_idle(listing));
    cache_remove(listing);
    add_listing(parent);
    want(&first);
    assert_true(fake_pager_expects_people(0));
}

/* Two organizations may have a department of the same number. */
TEST(listing_does_not_take_another_one_for_itself_where_people_were)
{
    fetch(two, 2);
    struct listing_options elsewhere = {
        .target = target_make(ENDPOINT_USERS, 24, 12),
        .family = {.kind = INO_USER_FILE, .organization = 24, .department = 12}};
    struct listing *here = listing;
    listing = cache_add(cache, &elsewhere);
    fetch(NULL, 0);
    cache_remove(listing);
    listing = here;
    cache_expire(cache);
    want(&first);
    assert_true(fake_pager_expects_people(0));
}

/* A backup would lose all that is below it. */
TEST(listing_of_departments_is_always_said_to_hold_some)
{
    first.waiter.done = on_done;
    assert_int_equal(cache_wait(parent, 0, &first.waiter), 0);
    assert_true(fake_pager_expects_people(0));
}

/* -------- what it holds -------- */

TEST(listing_keeps_the_records_that_did_not_change)
{
    static const struct fake_record changed[] = {{1, "one"}, {2, "TWO"}, {3, "three"}};
    fetch(two, 2);
    struct snapshot *before = snapshot_ref(cache_fresh(listing, 0));
    fake_now += TTL;
    fetch(changed, 3);
    const struct snapshot *after = cache_fresh(listing, 0);
    assert_ptr_not_equal(after, before);
    assert_ptr_equal(after->records[0], before->records[0]);
    assert_ptr_not_equal(after->records[1], before->records[1]);
    assert_memory_equal(before->records[1]->bytes, "two", 3);
    assert_memory_equal(after->records[1]->bytes, "TWO", 3);
    snapshot_unref(before);
}

/* It may come again, so a fetch need not lay it out. */
TEST(listing_tells_its_fetch_what_was_there)
{
    want(&first);
    assert_null(fake_pager_beside(0, 0, false));
    fake_pager_bring(0, two, 2);
    fake_now += TTL;
    want(&second);
    assert_ptr_equal(fake_pager_beside(0, 1, false), first.snapshot->records[1]);
    assert_ptr_equal(fake_pager_beside(0, 2, true), first.snapshot->records[0]);
    assert_null(fake_pager_beside(0, 2, false));
    fake_pager_bring(0, two, 2);
}

TEST(listing_numbers_its_records)
{
    fetch(two, 2);
    assert_int_equal(cache_fresh(listing, 0)->records[1]->ino,
                     ino_make(INO_USER_FILE, 23, 12, 2));
}

TEST(listing_expire_makes_the_next_use_fetch)
{
    fetch(two, 2);
    cache_expire(cache);
    assert_null(cache_fresh(listing, 0));
    fail_with(-EIO, false, "HTTP 500"); /* nor does it serve while the service fails */
    assert_failed(-EIO, "HTTP 500");
    give_back(&first);
    fetch(two, 2);
    assert_non_null(cache_fresh(listing, 0));
}

TEST(listing_sweep_drops_what_cannot_serve_any_more)
{
    fetch(two, 2);
    fake_now += TTL + STALE - 1;
    cache_sweep(cache);
    assert_false(cache_is_idle(listing));
    fake_now += 1;
    cache_sweep(cache);
    assert_true(cache_is_idle(listing));
}

TEST(listing_sweep_drops_what_was_expired)
{
    fetch(two, 2);
    cache_expire(cache);
    cache_sweep(cache);
    assert_true(cache_is_idle(listing));
}

TEST(listing_sweep_leaves_a_snapshot_that_is_being_compared_with)
{
    fetch(two, 2);
    fake_now += TTL + STALE;
    want(&first);
    cache_sweep(cache);
    const struct record *before = cache_held(listing)->records[0];
    fake_pager_bring(0, two, 2);
    assert_ptr_equal(first.snapshot->records[0], before);
}

TEST(cache_sweeps_by_itself)
{
    fetch(two, 2);
    fake_now += TTL + STALE;
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_true(cache_is_idle(listing));
    fake_now += 10000;
    assert_int_equal(loop_turn(loop, 0), 0);
}

/* -------- while the service fails -------- */

TEST(listing_serves_its_last_snapshot_while_the_service_fails)
{
    static const int errors[] = {-EIO,          -ETIMEDOUT, -ECONNREFUSED, -ECONNRESET,
                                 -EHOSTUNREACH, -EAGAIN,    -EDQUOT};
    fetch(two, 2);
    fake_now += TTL;
    for (size_t i = 0; i < LENGTH(errors); i++) {
        const char *log = fail_with(errors[i], false, "bad luck");
        assert_int_equal(first.error, 0);
        assert_int_equal(first.snapshot->count, 2);
        assert_non_null(strstr(log, "qpfs: warning: organizations/23/departments/12/users: bad "
                                    "luck; showing what was read "));
        give_back(&first);
    }
}

TEST(listing_does_not_serve_past_a_word_about_what_was_asked_for)
{
    static const int errors[] = {-EACCES, -EBADMSG, -EINVAL, -EPROTO, -ENOMEM};
    for (size_t i = 0; i < LENGTH(errors); i++) {
        fetch(two, 2);
        fake_now += TTL;
        fail_with(errors[i], false, "no");
        assert_failed(errors[i], "no");
        give_back(&first);
    }
}

/* semantics: F6 */
TEST(listing_serves_past_5xx_and_past_no_4xx)
{
    static const struct {
        long status;
        int error;
    } rows[] = {{402, -EIO}, {405, -EIO}, {410, -EIO}, {413, -EIO},
                {451, -EIO}, {499, -EIO}, {500, 0},    {599, 0}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        fetch(two, 2);
        fake_now += TTL;
        capture_begin();
        want(&first);
        fake_pager_fail_with(0, -EIO, rows[i].status, "no");
        capture_end();
        assert_int_equal(first.error, rows[i].error);
        give_back(&first);
        fake_now += TTL; /* a 413 answers for itself for as long */
    }
}

TEST(listing_forgets_what_may_not_be_seen_any_more)
{
    fetch(two, 2);
    fake_now += TTL;
    fail_with(-EACCES, false, "HTTP 401");
    assert_failed(-EACCES, "HTTP 401");
    assert_null(cache_held(listing));
    give_back(&first);
    fail_with(-EIO, false, "HTTP 500"); /* and so it can't come back */
    assert_failed(-EIO, "HTTP 500");
}

TEST(listing_does_not_serve_past_a_key_that_is_refused_for_another)
{
    static const long after[] = {0, 500}; /* how this one fails then: no answer, or an error */
    for (size_t i = 0; i < LENGTH(after); i++) {
        fetch(two, 2);
        fake_now += TTL;
        fail_with(-EIO, false, "HTTP 500");
        assert_non_null(cache_fresh(listing, 0));
        give_back(&first);
        first.waiter.done = on_done;
        assert_int_equal(cache_wait(parent, 0, &first.waiter), 0);
        capture_begin();
        fake_pager_fail_with(0, -EACCES, 401, "HTTP 401");
        assert_null(cache_fresh(listing, 0));
        give_back(&first);
        want(&first);
        fake_pager_fail_with(0, after[i] ? -EIO : -ETIMEDOUT, after[i], "no");
        capture_end();
        assert_failed(after[i] ? -EIO : -ETIMEDOUT, "no");
        give_back(&first);
        fake_now += TTL;
    }
}

/* It was asked for before the service refused the key for another list, and came afterwards. */
TEST(listing_that_was_asked_for_before_a_401_does_not_serve_past_it)
{
    struct wanter other = {.waiter = {.done = on_done}};
    want(&first);
    assert_int_equal(cache_wait(parent, 0, &other.waiter), 0);
    capture_begin();
    fake_pager_fail_with(1, -EACCES, 401, "HTTP 401");
    fake_now++;
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.error, 0);
    give_back(&first);
    fake_now += TTL;
    want(&first);
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    capture_end();
    assert_failed(-EIO, "HTTP 500");
}

/* As a cache in between may say to a machine that was only just switched on. */
TEST(listing_serves_on_though_it_is_older_than_the_machine_is_up)
{
    int64_t now = fake_now;
    fake_now = 30000;
    fake_pager_say(40, 0);
    fetch(two, 2);
    fake_pager_say(0, 0);
    fake_now += TTL;
    fail_with(-EIO, false, "HTTP 500");
    assert_int_equal(first.error, 0);
    fake_now = now;
}

TEST(listing_does_not_serve_past_the_stale_period)
{
    fetch(two, 2);
    fake_now += TTL + STALE - 1;
    fail_with(-EIO, false, "HTTP 500");
    assert_int_equal(first.error, 0);
    give_back(&first);
    fake_now += 1;
    fail_with(-EIO, false, "HTTP 500");
    assert_failed(-EIO, "HTTP 500");
}

TEST(listing_tries_again_5_seconds_after_a_failure)
{
    fetch(two, 2);
    fake_now += TTL;
    fail_with(-EIO, false, "HTTP 500");
    assert_non_null(cache_fresh(listing, 0));
    assert_int_equal(cache_valid_ms(listing, cache_held(listing)), 0);
    fake_now += 4999;
    assert_non_null(cache_fresh(listing, 0));
    fake_now += 1;
    assert_null(cache_fresh(listing, 0));
}

TEST(listing_does_not_go_on_past_the_period_while_it_waits_to_try_again)
{
    fetch(two, 2);
    fake_now += TTL + STALE - 1000;
    fail_with(-EIO, false, "HTTP 500");
    fake_now += 999;
    assert_non_null(cache_fresh(listing, 0));
    fake_now += 1;
    assert_null(cache_fresh(listing, 0));
}

TEST(listing_failure_answers_for_itself_for_a_second)
{
    fail_with(-ETIMEDOUT, false, "no answer");
    fake_now += 999;
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -ETIMEDOUT);
    assert_null(second.waiter.fetch);
    fake_now += 1;
    want(&second);
    assert_int_equal(fake_pagers_made(), 2);
}

/* The log of one more fetch that fails. */
static const char *log_of_failure(int error, long status, const char *why)
{
    fake_now += 1000; /* the failure before answers for itself no more */
    want(&first);
    capture_begin();
    fake_pager_fail_with(0, error, status, why);
    return capture_end();
}

TEST(listing_logs_the_same_failure_once_a_minute)
{
    assert_non_null(strstr(log_of_failure(-EIO, 500, "HTTP 500"), ": HTTP 500 [Input"));
    for (int i = 0; i < 3; i++)
        assert_string_equal(log_of_failure(-EIO, 500, "HTTP 500"), "");
    assert_non_null(strstr(log_of_failure(-EIO, 501, "HTTP 501"), "HTTP 501"));
    assert_string_equal(log_of_failure(-EIO, 501, "HTTP 501"), "");
    fake_now += 60000;
    assert_non_null(strstr(log_of_failure(-EIO, 501, "HTTP 501"),
                           "(and 1 times more since the last such line)"));
    fake_now += 60000;
    assert_null(strstr(log_of_failure(-EIO, 501, "HTTP 501"), "more"));
}

TEST(listing_logs_no_failure_that_all_calls_have)
{
    want(&first);
    capture_begin();
    fake_pager_fail_untried(0, -ETIMEDOUT, "no answer");
    assert_string_equal(capture_end(), "");
    assert_int_equal(first.error, -ETIMEDOUT);
    assert_non_null(strstr(log_of_failure(-ETIMEDOUT, 0, "no answer"), "no answer"));
}

TEST(listing_refused_with_403_is_not_asked_for_again_within_the_ttl)
{
    want(&first);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    fake_now += TTL - 1;
    assert_false(cache_is_idle(listing)); /* or it would be let go with what it remembers */
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -EACCES);
    fake_now += 1;
    assert_true(cache_is_idle(listing));
    want(&second);
    assert_int_equal(fake_pagers_made(), 2);
}

/* semantics: F8 */
TEST(listing_that_is_too_large_is_not_asked_for_again_within_the_ttl)
{
    capture_begin();
    want(&first);
    fake_pager_fail_with(0, -EIO, 413, "HTTP 413");
    capture_end();
    fake_now += TTL - 1;
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -EIO);
    fake_now += 1;
    want(&second);
    assert_int_equal(fake_pagers_made(), 2);
}

/* The list takes PRICE calls, and can't be true. It is not asked for again for MS. */
static void want_in_vain(uint64_t price, int64_t ms)
{
    capture_begin();
    want(&first);
    fake_pager_fail_in_vain(0, price);
    capture_end();
    fake_now += ms - 1;
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -EBADMSG);
    fake_now += 1;
}

/* semantics: F8 */
TEST(listing_that_can_not_be_true_again_is_asked_for_the_later_the_more_calls_it_takes)
{
    want_in_vain(20, 1000);
    want_in_vain(20, 20000);
    want_in_vain(10, 1000);
    want_in_vain(1000, TTL);
    want(&first);
    assert_int_equal(fake_pagers_made(), 5);
}

TEST(listing_refused_with_403_answers_for_itself_for_a_second_without_a_ttl)
{
    set_ttl(0);
    want(&first);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    fake_now += 999;
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -EACCES);
    fake_now += 1;
    want(&second);
}

TEST(listing_forgets_a_403_when_it_is_expired)
{
    want(&first);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    cache_expire(cache);
    want(&second);
    assert_int_equal(fake_pagers_waiting(), 1);
}

TEST(listing_remembers_no_403_that_was_asked_for_before_it_was_expired)
{
    want(&first);
    fake_now += 10;
    cache_expire(cache);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    fake_now += 1000;
    want(&second);
    assert_int_equal(fake_pagers_waiting(), 1);
}

TEST(listing_failure_is_forgotten_when_it_is_expired)
{
    fail_with(-ETIMEDOUT, false, "no answer");
    cache_expire(cache);
    want(&second);
    assert_int_equal(fake_pagers_waiting(), 1);
}

static void ask_past(void)
{
    fake_now += 10;
    cache_expire(cache);
    cache_ask_anew(cache);
    fake_now += 10;
}

/* A cache in between may have what was held. */
TEST(listing_is_asked_for_past_caches_when_a_person_wants_it_anew)
{
    fetch(two, 2);
    ask_past();
    want(&first);
    assert_true(fake_pager_is_anew(0));
    fake_pager_bring(0, two, 2);
    fake_now += TTL;
    want(&second);
    assert_false(fake_pager_is_anew(0));
}

/* The next page may be one that a cache has from before. */
TEST(listing_is_asked_for_past_caches_until_it_was_read)
{
    ask_past();
    want(&first);
    capture_begin();
    fake_pager_fail_with(0, -EIO, 503, "HTTP 503");
    capture_end();
    fake_now += 1000;
    want(&second);
    assert_true(fake_pager_is_anew(0));
    waiter_cancel(&second.waiter, true);
    want(&third);
    assert_true(fake_pager_is_anew(0));
    fake_pager_bring(0, two, 2);
    fake_now += TTL / 2;
    cache_expire(cache);
    want(&first);
    assert_false(fake_pager_is_anew(0));
}

/* By then no cache has anything that is as old, or it says so. */
TEST(listing_is_asked_for_past_caches_within_a_ttl)
{
    fetch(two, 2);
    ask_past();
    fake_now += TTL;
    want(&first);
    assert_false(fake_pager_is_anew(0));
}

/* As after a sleep of the machine: a cache says how old is what it has. */
TEST(listing_that_is_only_too_old_may_come_from_a_cache)
{
    fetch(two, 2);
    fake_now += 10;
    cache_expire(cache);
    fake_now += 10;
    want(&first);
    assert_false(fake_pager_is_anew(0));
}

TEST(listing_is_asked_for_past_caches_after_an_answer_that_can_not_be)
{
    fail_with(-EBADMSG, false, "HTTP 200, but: not JSON");
    fake_now += 1000;
    want(&second);
    assert_true(fake_pager_is_anew(0));
    capture_begin();
    fake_pager_fail_with(0, -EIO, 503, "HTTP 503");
    capture_end();
    fake_now += 1000;
    want(&third);
    assert_false(fake_pager_is_anew(0));
}

/* -------- older than what was shown -------- */

/* It comes, and is AGE_S old. */
static void bring_aged(int64_t age_s, const struct fake_record *records, size_t count)
{
    fake_pager_say(age_s, 0);
    fake_pager_bring(0, records, count);
    fake_pager_say(0, 0);
}

/* It was shown, its time is over, and what comes then is older than it was. */
static void bring_older(struct listing *wanted, const struct fake_record *records)
{
    want_of(wanted, &first);
    fake_pager_bring(0, records, 2);
    give_back(&first);
    fake_now += TTL;
    want_of(wanted, &first);
    want_of(wanted, &second);
    assert_false(fake_pager_is_anew(0));
    bring_aged(TTL / 1000 + 3, records, 1);
}

/* semantics: F11 */
TEST(listing_does_not_give_way_to_an_older_one)
{
    struct {
        struct listing *list;
        const struct fake_record *records;
    } rows[] = {{listing, two}, {parent, departments}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        bring_older(rows[i].list, rows[i].records);
        assert_int_equal(first.calls + second.calls, 0);
        assert_int_equal(fake_pagers_waiting(), 1);
        assert_true(fake_pager_is_anew(0));
        fake_pager_bring(0, rows[i].records, 2);
        assert_int_equal(first.calls + second.calls, 2);
        assert_int_equal(first.snapshot->count, 2);
        assert_int_equal(cache_valid_ms(rows[i].list, first.snapshot), TTL);
        give_back(&first);
        give_back(&second);
    }
}

/* semantics: F6, F11 */
TEST(listing_serves_on_as_if_the_service_failed_where_only_what_is_older_comes)
{
    bring_older(listing, two);
    capture_begin();
    bring_aged(TTL / 1000 + 3, two, 1);
    assert_non_null(strstr(capture_end(), "older than what was shown before; showing what"));
    assert_int_equal(first.error, 0);
    assert_int_equal(first.snapshot->count, 2);
    assert_int_equal(cache_valid_ms(listing, first.snapshot), 0);
    give_back(&first);
    fake_now += STALE;
    want(&first);
    assert_true(fake_pager_is_anew(0));
    capture_begin();
    bring_aged((TTL + STALE) / 1000 + 3, two, 1);
    capture_end();
    assert_int_equal(first.error, -EBADMSG);
    assert_int_equal(fake_pagers_made(), 4);
}

/* A SIGHUP, a sleep or another network lets nothing be seen that is even older. */
TEST(listing_that_has_expired_does_not_give_way_to_an_older_one)
{
    fetch(two, 2);
    fake_now += 10;
    cache_expire(cache);
    want(&first);
    bring_aged(3, two, 1);
    assert_true(fake_pager_is_anew(0));
    capture_begin();
    bring_aged(3, two, 1);
    capture_end();
    assert_int_equal(first.error, -EBADMSG);
}

/* It says at most a second less, or more, than is true; and some pages may be new. */
TEST(listing_of_one_cache_costs_no_call_more)
{
    static const int64_t ages_s[] = {0, 0, 61, 119, 0, 62, 30, 89};
    for (size_t i = 0; i < LENGTH(ages_s); i++) {
        want(&first);
        fake_now += 100;
        bring_aged(ages_s[i], two, 2);
        assert_int_equal(first.error, 0);
        give_back(&first);
        fake_now += TTL;
    }
    assert_int_equal(fake_pagers_made(), LENGTH(ages_s));
}

/* semantics: E3 */
TEST(listing_is_read_past_caches_for_nobody_only_when_somebody_wants_it)
{
    fetch(two, 2);
    fake_now += TTL;
    want(&first);
    waiter_cancel(&first.waiter, false);
    bring_aged(TTL / 1000 + 3, two, 1);
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_int_equal(cache_held(listing)->count, 2);
    want(&first);
    assert_true(fake_pager_is_anew(0));
}

TEST(listing_fetched_while_it_was_expired_is_fetched_again)
{
    want(&first);
    fake_now += 10;
    cache_expire(cache);
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.error, 0);
    assert_null(cache_fresh(listing, 0));
    fake_now += 10;
    fetch(two, 2);
    assert_non_null(cache_fresh(listing, 0));
}

/* The first one may see what was so before, and the second one may not. */
TEST(listing_fetched_while_it_was_expired_begins_anew_for_who_comes_later)
{
    want(&first);
    fake_now += 10;
    cache_expire(cache);
    want(&second);
    assert_int_equal(fake_pagers_made(), 2);
    assert_int_equal(fake_pagers_waiting(), 1);
    want(&third);
    assert_int_equal(fake_pagers_made(), 2);
    fake_pager_bring(0, two, 2);
    assert_int_equal(first.calls + second.calls + third.calls, 3);
    assert_non_null(cache_fresh(listing, 0));
}

/* What was so before is no answer any more. */
TEST(listing_that_fails_after_it_was_expired_is_asked_for_again)
{
    want(&first);
    cache_expire(cache);
    capture_begin();
    fake_pager_fail_with(0, -EIO, 503, "HTTP 503");
    capture_end();
    want(&second);
    assert_int_equal(fake_pagers_waiting(), 1);
}

TEST(listing_that_was_expired_ends_when_nobody_waits_any_more)
{
    want(&first);
    cache_expire(cache);
    waiter_cancel(&first.waiter, false);
    assert_int_equal(fake_pagers_waiting(), 0);
}

/* Nobody asked for what is behind page 1 before, and pages 1 and 2 would be of two times. */
TEST(listing_that_nobody_waits_for_is_let_go_when_it_is_expired)
{
    want(&first);
    waiter_cancel(&first.waiter, false);
    fake_now += 10;
    cache_expire(cache);
    assert_int_equal(fake_pagers_waiting(), 0);
    want(&second);
    assert_int_equal(fake_pagers_made(), 2);
    fake_pager_bring(0, two, 2);
    assert_non_null(cache_fresh(listing, 0));
}

TEST(listing_that_can_not_begin_anew_tells_all_who_wait)
{
    want(&first);
    cache_expire(cache);
    fake_pager_fail_next();
    second.waiter.done = on_done;
    assert_int_equal(cache_wait(listing, 0, &second.waiter), -ENOMEM);
    assert_int_equal(first.calls, 1);
    assert_int_equal(first.error, -ENOMEM);
    assert_int_equal(second.calls, 0);
    assert_int_equal(fake_pagers_waiting(), 0);
}

TEST(listing_fails_when_it_has_nothing_to_serve)
{
    const char *log = fail_with(-ETIMEDOUT, false, "no answer");
    assert_failed(-ETIMEDOUT, "no answer");
    assert_string_equal(log, "qpfs: error: organizations/23/departments/12/users: no answer "
                             "[Connection timed out]\n");
    fake_now += 1000;
    assert_true(cache_is_idle(listing));
}

/* -------- 404 -------- */

TEST(listing_is_gone_when_a_later_list_above_lacks_it)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_string_equal(fake_pager_path(0), "organizations/23/departments");
    assert_int_equal(first.calls, 0);
    fake_pager_bring(0, departments + 1, 1);
    assert_string_equal(capture_end(), "qpfs: organizations/23/departments/12/users: gone, and "
                                       "no longer in the list above it\n");
    assert_failed(-ENOENT, "HTTP 404");
}

TEST(listing_is_broken_when_the_list_above_still_has_it)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_bring(0, departments, 2);
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

static void miss_users(void)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    capture_end();
}

/* A service that says 404 of many departments would have the list of them read for each. */
TEST(listing_is_broken_by_a_list_above_that_was_read_for_another_404)
{
    miss_users();
    fake_pager_bring(0, departments, 2);
    give_back(&first);
    miss_users();
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_failed(-EIO, "HTTP 404");
    give_back(&first);
    fake_now += TTL;
    miss_users();
    fake_pager_bring(0, departments + 1, 1);
    assert_failed(-ENOENT, "HTTP 404");
}

/* It may be new there. */
TEST(listing_is_gone_by_no_list_above_that_was_read_for_another_404)
{
    miss_users();
    fake_pager_bring(0, departments, 2);
    give_back(&first);
    cache_remove(listing);
    add_users(parent, 99);
    miss_users();
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_pager_bring(0, departments, 2);
    assert_failed(-ENOENT, "HTTP 404");
}

TEST(listing_is_broken_when_the_list_above_cannot_be_read)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_fail(0, -EACCES, false, "HTTP 403");
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_believes_no_list_above_that_was_read_before)
{
    struct wanter above = {.waiter.done = on_done};
    assert_int_equal(cache_wait(parent, 0, &above.waiter), 0);
    fake_pager_bring(0, departments + 1, 1);
    give_back(&above);
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_int_equal(fake_pagers_waiting(), 1);  /* it is read anew, though it is fresh */
    fake_pager_fail(0, -EIO, false, "HTTP 500"); /* and the old one is served */
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_believes_no_list_above_that_a_cache_has)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_true(fake_pager_is_anew(0));
    fake_pager_say(5, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(first.calls, 0);
        fake_pager_bring(0, departments + 1, 1);
    }
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_believes_no_list_above_that_was_asked_for_before)
{
    struct wanter above = {.waiter.done = on_done};
    capture_begin();
    want(&first);
    assert_int_equal(cache_wait(parent, 0, &above.waiter), 0);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_int_equal(fake_pagers_waiting(), 1); /* joined */
    fake_pager_bring(0, departments + 1, 1);
    assert_int_equal(above.calls, 1);
    assert_int_equal(first.calls, 0);
    assert_int_equal(fake_pagers_waiting(), 1); /* and read once more */
    fake_pager_bring(0, departments, 2);
    capture_end();
    assert_failed(-EIO, "HTTP 404");
    give_back(&above);
}

TEST(listing_reads_the_list_above_no_more_than_twice)
{
    struct wanter above = {.waiter.done = on_done};
    assert_int_equal(cache_wait(parent, 0, &above.waiter), 0);
    fake_pager_bring(0, departments + 1, 1);
    give_back(&above);
    capture_begin();
    fake_now += 10;
    want(&first);
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    assert_failed(-EIO, "HTTP 404");
    assert_int_equal(fake_pagers_waiting(), 0);
}

static void be_without_parent(void)
{
    cache_remove(listing);
    add_listing(NULL);
}

TEST(listing_without_a_list_above_is_broken)
{
    be_without_parent();
    fail_with(-EIO, true, "HTTP 404");
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_does_not_serve_past_a_404)
{
    be_without_parent();
    fetch(two, 2);
    fake_now += TTL;
    fail_with(-EIO, true, "HTTP 404");
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_keeps_nothing_of_what_is_gone)
{
    fetch(two, 2);
    fake_now += TTL;
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_bring(0, departments + 1, 1);
    capture_end();
    assert_failed(-ENOENT, "HTTP 404");
    assert_true(cache_is_idle(listing));
}

TEST(listing_abandoned_while_it_asks_above_ends_that_fetch_as_well)
{
    want(&first);
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_int_equal(fake_pagers_waiting(), 1);
    want(&second); /* joins, and makes no fetch of its own */
    assert_int_equal(fake_pagers_waiting(), 1);
    waiter_cancel(&first.waiter, true);
    waiter_cancel(&second.waiter, true);
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_true(cache_is_idle(listing));
    assert_true(cache_is_idle(parent));
}

TEST(listing_destroyed_in_the_midst_leaves_nothing)
{
    want(&first);
    waiter_cancel(&first.waiter, false);
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    assert_int_equal(fake_pagers_waiting(), 1); /* tear_down() destroys it, ASan looks on */
}

/* -------- a 404 that may mean that nobody is listed -------- */

static void allow_empty(void)
{
    end();
    begin(TTL, true);
    add_listing(parent);
}

static void fetch_parent(const struct fake_record *records, size_t count)
{
    struct wanter above = {.waiter.done = on_done};
    assert_int_equal(cache_wait(parent, 0, &above.waiter), 0);
    fake_pager_bring(0, records, count);
    give_back(&above);
}

static void assert_nobody(void)
{
    assert_int_equal(first.calls, 1);
    assert_int_equal(first.error, 0);
    assert_int_equal(first.snapshot->count, 0);
    assert_int_equal(fake_pagers_waiting(), 0);
}

TEST(listing_is_empty_by_a_404_where_the_list_that_is_held_has_its_owner)
{
    allow_empty();
    fetch_parent(departments, 2);
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    assert_nobody();
    assert_int_equal(fake_pagers_made(), 2);
}

TEST(listing_is_empty_by_a_404_where_a_list_that_is_fetched_has_its_owner)
{
    allow_empty();
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    assert_int_equal(first.calls, 0);
    fake_pager_bring(0, departments, 2);
    assert_nobody();
}

TEST(listing_with_a_404_is_gone_where_its_owner_is)
{
    allow_empty();
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    fake_pager_bring(0, departments + 1, 1);
    capture_end();
    assert_failed(-ENOENT, "HTTP 404");
}

TEST(listing_with_a_404_is_asked_about_anew_where_the_held_list_lacks_its_owner)
{
    allow_empty();
    fetch_parent(departments + 1, 1);
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_pager_bring(0, departments, 2);
    assert_nobody();
}

TEST(listing_with_a_404_is_broken_where_nothing_says_that_its_owner_is_there)
{
    allow_empty();
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_with_people_is_empty_only_where_a_later_list_has_its_owner)
{
    allow_empty();
    fetch(two, 2);
    fake_now += TTL;
    fetch_parent(departments, 2);
    fake_now += 10;
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    assert_int_equal(fake_pagers_waiting(), 1); /* though the one above is fresh */
    fake_pager_bring(0, departments, 2);
    assert_nobody();
}

TEST(listing_with_people_is_broken_where_the_list_above_cannot_be_read_anew)
{
    allow_empty();
    fetch(two, 2);
    fake_now += TTL;
    fetch_parent(departments, 2);
    fake_now += 10;
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_with_people_is_empty_by_no_list_above_that_was_read_for_another_404)
{
    allow_empty();
    fetch(two, 2);
    fake_now += TTL;
    miss_users();
    fake_pager_bring(0, departments, 2);
    give_back(&first);
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    assert_int_equal(fake_pagers_waiting(), 1);
    fake_pager_bring(0, departments, 2);
    assert_nobody();
}

TEST(listing_with_a_404_of_somebody_else_is_never_empty)
{
    allow_empty();
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail(0, -EIO, true, "HTTP 404");
    fake_pager_bring(0, departments, 2);
    capture_end();
    assert_failed(-EIO, "HTTP 404");
}

TEST(listing_with_a_404_names_the_option_that_is_not_given)
{
    capture_begin();
    want(&first);
    fake_now += 10;
    fake_pager_fail_nobody(0);
    fake_pager_bring(0, departments, 2);
    capture_end();
    assert_failed(-EIO, "HTTP 404; if that is how the service says that a list is empty, give "
                        "empty_lists=404");
}

#define LISTING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LISTING_TEST(listing_holds_nothing_at_first),
        LISTING_TEST(listing_makes_one_fetch_for_many),
        LISTING_TEST(listing_calls_nobody_from_listing_wait),
        LISTING_TEST(listing_serves_within_its_ttl_and_not_after),
        LISTING_TEST(listing_serves_no_longer_than_its_answers_say),
        LISTING_TEST(listing_serves_no_longer_than_its_ttl_whatever_answers_say),
        LISTING_TEST(listing_counts_the_stale_period_from_its_shortened_end),
        LISTING_TEST(listing_waits_for_memory),
        LISTING_TEST(listing_puts_who_comes_in_a_callback_into_the_next_round),
        LISTING_TEST(listing_lets_a_callback_cancel_another_waiter),
        LISTING_TEST(listing_ends_a_fetch_that_is_abandoned),
        LISTING_TEST(listing_goes_on_with_a_fetch_that_is_not_abandoned),
        LISTING_TEST(listing_pauses_a_fetch_that_nobody_waits_for_until_somebody_does),
        LISTING_TEST(listing_sweep_ends_a_fetch_that_nobody_came_back_for),
        LISTING_TEST(listing_sweep_leaves_a_fetch_that_somebody_waits_for),
        LISTING_TEST(listing_tells_its_fetch_whether_there_were_people),
        LISTING_TEST(listing_remembers_that_there_were_people_longer_than_it_holds_them),
        LISTING_TEST(listing_does_not_take_another_one_for_itself_where_people_were),
        LISTING_TEST(listing_of_departments_is_always_said_to_hold_some),
        LISTING_TEST(listing_keeps_the_records_that_did_not_change),
        LISTING_TEST(listing_tells_its_fetch_what_was_there),
        LISTING_TEST(listing_numbers_its_records),
        LISTING_TEST(listing_expire_makes_the_next_use_fetch),
        LISTING_TEST(listing_sweep_drops_what_cannot_serve_any_more),
        LISTING_TEST(listing_sweep_drops_what_was_expired),
        LISTING_TEST(listing_sweep_leaves_a_snapshot_that_is_being_compared_with),
        LISTING_TEST(cache_sweeps_by_itself),
        LISTING_TEST(listing_serves_its_last_snapshot_while_the_service_fails),
        LISTING_TEST(listing_does_not_serve_past_a_word_about_what_was_asked_for),
        LISTING_TEST(listing_serves_past_5xx_and_past_no_4xx),
        LISTING_TEST(listing_forgets_what_may_not_be_seen_any_more),
        LISTING_TEST(listing_does_not_serve_past_a_key_that_is_refused_for_another),
        LISTING_TEST(listing_that_was_asked_for_before_a_401_does_not_serve_past_it),
        LISTING_TEST(listing_serves_on_though_it_is_older_than_the_machine_is_up),
        LISTING_TEST(listing_does_not_serve_past_the_stale_period),
        LISTING_TEST(listing_tries_again_5_seconds_after_a_failure),
        LISTING_TEST(listing_does_not_go_on_past_the_period_while_it_waits_to_try_again),
        LISTING_TEST(listing_failure_answers_for_itself_for_a_second),
        LISTING_TEST(listing_logs_the_same_failure_once_a_minute),
        LISTING_TEST(listing_logs_no_failure_that_all_calls_have),
        LISTING_TEST(listing_refused_with_403_is_not_asked_for_again_within_the_ttl),
        LISTING_TEST(listing_that_is_too_large_is_not_asked_for_again_within_the_ttl),
        LISTING_TEST(
            listing_that_can_not_be_true_again_is_asked_for_the_later_the_more_calls_it_takes),
        LISTING_TEST(listing_refused_with_403_answers_for_itself_for_a_second_without_a_ttl),
        LISTING_TEST(listing_forgets_a_403_when_it_is_expired),
        LISTING_TEST(listing_remembers_no_403_that_was_asked_for_before_it_was_expired),
        LISTING_TEST(listing_failure_is_forgotten_when_it_is_expired),
        LISTING_TEST(listing_is_asked_for_past_caches_after_an_answer_that_can_not_be),
        LISTING_TEST(listing_is_asked_for_past_caches_within_a_ttl),
        LISTING_TEST(listing_that_is_only_too_old_may_come_from_a_cache),
        LISTING_TEST(listing_is_asked_for_past_caches_when_a_person_wants_it_anew),
        LISTING_TEST(listing_is_asked_for_past_caches_until_it_was_read),
        LISTING_TEST(listing_does_not_give_way_to_an_older_one),
        LISTING_TEST(listing_serves_on_as_if_the_service_failed_where_only_what_is_older_comes),
        LISTING_TEST(listing_that_has_expired_does_not_give_way_to_an_older_one),
        LISTING_TEST(listing_of_one_cache_costs_no_call_more),
        LISTING_TEST(listing_is_read_past_caches_for_nobody_only_when_somebody_wants_it),
        LISTING_TEST(listing_fetched_while_it_was_expired_is_fetched_again),
        LISTING_TEST(listing_fetched_while_it_was_expired_begins_anew_for_who_comes_later),
        LISTING_TEST(listing_that_fails_after_it_was_expired_is_asked_for_again),
        LISTING_TEST(listing_that_was_expired_ends_when_nobody_waits_any_more),
        LISTING_TEST(listing_that_nobody_waits_for_is_let_go_when_it_is_expired),
        LISTING_TEST(listing_that_can_not_begin_anew_tells_all_who_wait),
        LISTING_TEST(listing_fails_when_it_has_nothing_to_serve),
        LISTING_TEST(listing_is_gone_when_a_later_list_above_lacks_it),
        LISTING_TEST(listing_is_broken_when_the_list_above_still_has_it),
        LISTING_TEST(listing_is_broken_by_a_list_above_that_was_read_for_another_404),
        LISTING_TEST(listing_is_gone_by_no_list_above_that_was_read_for_another_404),
        LISTING_TEST(listing_is_broken_when_the_list_above_cannot_be_read),
        LISTING_TEST(listing_believes_no_list_above_that_was_read_before),
        LISTING_TEST(listing_believes_no_list_above_that_a_cache_has),
        LISTING_TEST(listing_believes_no_list_above_that_was_asked_for_before),
        LISTING_TEST(listing_reads_the_list_above_no_more_than_twice),
        LISTING_TEST(listing_without_a_list_above_is_broken),
        LISTING_TEST(listing_is_empty_by_a_404_where_the_list_that_is_held_has_its_owner),
        LISTING_TEST(listing_is_empty_by_a_404_where_a_list_that_is_fetched_has_its_owner),
        LISTING_TEST(listing_with_a_404_is_gone_where_its_owner_is),
        LISTING_TEST(
            listing_with_a_404_is_asked_about_anew_where_the_held_list_lacks_its_owner),
        LISTING_TEST(listing_with_a_404_is_broken_where_nothing_says_that_its_owner_is_there),
        LISTING_TEST(listing_with_people_is_empty_only_where_a_later_list_has_its_owner),
        LISTING_TEST(listing_with_people_is_broken_where_the_list_above_cannot_be_read_anew),
        LISTING_TEST(
            listing_with_people_is_empty_by_no_list_above_that_was_read_for_another_404),
        LISTING_TEST(listing_with_a_404_of_somebody_else_is_never_empty),
        LISTING_TEST(listing_with_a_404_names_the_option_that_is_not_given),
        LISTING_TEST(listing_does_not_serve_past_a_404),
        LISTING_TEST(listing_keeps_nothing_of_what_is_gone),
        LISTING_TEST(listing_abandoned_while_it_asks_above_ends_that_fetch_as_well),
        LISTING_TEST(listing_destroyed_in_the_midst_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
