/* Tests when one user is asked for alone, and whom to believe. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/loop.h"
#include "cache/cache.h"
#include "cache/listing.h"
#include "cache/singles.h"
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
};

static struct loop *loop;
static struct cache *cache;
static struct listing *list;
static struct wanter first, second;

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

static void want(struct wanter *wanter, uint64_t id)
{
    *wanter = (struct wanter){.waiter.done = on_done};
    assert_int_equal(cache_wait(list, id, &wanter->waiter), 0);
}

static void give_back(struct wanter *wanter)
{
    waiter_cancel(&wanter->waiter, true);
    snapshot_unref(wanter->snapshot);
    *wanter = (struct wanter){.calls = 0};
}

static const struct cache_options options = {
    .ttl_ms = TTL, .stale_ms = STALE, .per_page = 1000, .parallel = 8};

static struct listing *list_create(void)
{
    struct listing_options users = {
        .target = target_make(ENDPOINT_USERS, 23, 12),
        .family = {.kind = INO_USER_FILE, .organization = 23, .department = 12}};
    return cache_add(cache, &users);
}

static int set_up(void **state)
{
    (void)state;
    fake_now += 10 * TTL;
    fake_pager_reset();
    loop = loop_create();
    cache = cache_create(loop, NULL, &options);
    list = list_create();
    return list ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    give_back(&first);
    give_back(&second);
    cache_remove(list);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

/* The text of user ID, in the order in which lists show it. */
static const char *user(uint64_t id, const char *phone)
{
    static char texts[64][160];
    static unsigned next;
    char *text = texts[next++ % LENGTH(texts)];
    snprintf(text, sizeof *texts,
             "{\n  \"userID\": %u,\n  \"departmentID\": 12,\n  \"organizationID\": 23,\n"
             "  \"phone\": \"%s\"\n}\n",
             (unsigned)id, phone);
    return text;
}

/* The same values, as the endpoint of one user may order them. */
static const char *user_reordered(uint64_t id, const char *phone)
{
    static char text[160];
    snprintf(text, sizeof text,
             "{\n  \"organizationID\": 23,\n  \"departmentID\": 12,\n  \"phone\": \"%s\",\n"
             "  \"userID\": %u\n}\n",
             phone, (unsigned)id);
    return text;
}

static void bring_one(unsigned index, uint64_t id, const char *text)
{
    const struct fake_record record = {id, text};
    fake_pager_bring(index, &record, 1);
}

/* COUNT users from ID 1 on. */
static void bring_list(unsigned index, size_t count, uint64_t price)
{
    struct fake_record records[40];
    assert_true(count <= LENGTH(records));
    for (size_t i = 0; i < count; i++)
        records[i] = (struct fake_record){i + 1, user(i + 1, "")};
    fake_pager_set_price(index, price);
    fake_pager_bring(index, records, count);
}

/* The list was read, at PRICE, and its time is over. */
static void read_list(size_t count, uint64_t price)
{
    want(&first, 0);
    bring_list(0, count, price);
    assert_int_equal(first.calls, 1);
    give_back(&first);
    fake_now += TTL;
}

/* The list comes, in which user 5 has that PHONE. */
static void bring_list_with(unsigned index, const char *phone)
{
    const struct fake_record records[] = {
        {4, user(4, "")}, {5, user(5, phone)}, {6, user(6, "")}};
    fake_pager_set_price(index, 10);
    fake_pager_bring(index, records, LENGTH(records));
}

/* They were seen to say the same, and the time of both is over. */
static void let_them_agree(void)
{
    want(&first, 6);
    bring_one(0, 6, user(6, ""));
    give_back(&first);
    fake_now++;
    want(&first, 0);
    bring_list_with(0, "1");
    give_back(&first);
    fake_now += TTL;
}

static void assert_asks(const char *path)
{
    assert_int_equal(fake_pagers_waiting(), 1);
    assert_string_equal(fake_pager_path(0), path);
}

static void assert_shows(const struct wanter *wanter, uint64_t id, const char *text)
{
    const struct record *record = snapshot_find(wanter->snapshot, id);
    assert_non_null(record);
    assert_int_equal(record->size, strlen(text));
    assert_memory_equal(record->bytes, text, record->size);
}

#define USER_5 "users/5"
#define LIST   "organizations/23/departments/12/users"

/* -------- one call for one user -------- */

TEST(single_is_asked_for_in_a_cold_list)
{
    want(&first, 5);
    assert_asks(USER_5);
    bring_one(0, 5, user(5, "1"));
    assert_int_equal(first.error, 0);
    assert_non_null(snapshot_find(first.snapshot, 5));
    assert_ptr_equal(cache_fresh(list, 5), first.snapshot);
    assert_int_equal(cache_valid_ms(list, first.snapshot), 0); /* a list may come */
    assert_null(cache_fresh(list, 6));
    assert_null(cache_fresh(list, 0));
    assert_int_equal(snapshot_find(first.snapshot, 5)->ino, ino_make(INO_USER_FILE, 23, 12, 5));
}

TEST(single_is_asked_for_once_by_many)
{
    want(&first, 5);
    want(&second, 5);
    assert_asks(USER_5);
    bring_one(0, 5, user(5, "1"));
    assert_int_equal(first.calls + second.calls, 2);
}

TEST(single_is_asked_for_again_after_the_ttl)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "1"));
    fake_now += TTL;
    assert_null(cache_fresh(list, 5));
    assert_int_equal(cache_valid_ms(list, first.snapshot), 0);
    want(&second, 5);
    assert_asks(USER_5);
    bring_one(0, 5, user(5, "1"));
    assert_ptr_equal(snapshot_find(first.snapshot, 5), snapshot_find(second.snapshot, 5));
}

TEST(single_ends_with_who_wanted_it)
{
    want(&first, 5);
    give_back(&first);
    assert_int_equal(fake_pagers_waiting(), 0);
    cache_sweep(cache);
    assert_false(cache_is_idle(list)); /* for the call has its price */
    fake_now += TTL;
    cache_sweep(cache);
    assert_true(cache_is_idle(list));
}

TEST(single_is_dropped_by_an_expiry_by_hand)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "1"));
    cache_expire(cache);
    assert_null(cache_fresh(list, 5));
}

/* -------- the same node and the same bytes -------- */

TEST(single_and_list_share_a_node)
{
    want(&first, 5);
    bring_one(0, 5, user(5, ""));
    want(&second, 0);
    bring_list(0, 8, 1);
    assert_ptr_equal(snapshot_find(second.snapshot, 5), snapshot_find(first.snapshot, 5));
}

TEST(single_takes_the_node_that_an_expired_list_had)
{
    read_list(8, 3);
    const struct record *listed = snapshot_find(cache_held(list), 5);
    want(&first, 5);
    bring_one(0, 5, user(5, ""));
    assert_ptr_equal(snapshot_find(first.snapshot, 5), listed);
}

TEST(single_takes_the_order_of_the_list)
{
    read_list(8, 3);
    want(&first, 5);
    bring_one(0, 5, user_reordered(5, ""));
    assert_int_equal(first.calls, 1);
    assert_ptr_equal(snapshot_find(first.snapshot, 5), snapshot_find(cache_held(list), 5));
    want(&second, 6);
    bring_one(0, 6, user_reordered(6, "9"));
    assert_shows(&second, 6, user(6, "9"));
}

TEST(single_takes_the_order_that_lists_had_before_they_were_swept)
{
    read_list(8, 3);
    fake_now += STALE + TTL;
    cache_sweep(cache);
    assert_null(cache_held(list));
    want(&first, 5);
    bring_one(0, 5, user_reordered(5, ""));
    assert_shows(&first, 5, user(5, ""));
}

TEST(single_gives_way_to_the_text_of_the_list)
{
    want(&first, 5);
    bring_one(0, 5, user_reordered(5, ""));
    want(&second, 0);
    bring_list(0, 8, 1);
    assert_shows(&second, 5, user(5, ""));
}

TEST(single_with_other_members_makes_way_for_the_list)
{
    read_list(8, 3);
    want(&first, 5);
    bring_one(0, 5,
              "{\n  \"userID\": 5,\n  \"organizationID\": 23,\n  \"departmentID\": 12\n}\n");
    assert_asks(LIST);
    bring_list(0, 8, 3);
    assert_shows(&first, 5, user(5, ""));
}

/* -------- gone, or not here -------- */

static void not_found(void)
{
    fake_pager_fail(0, -EIO, true, "HTTP 404");
}

/* The endpoint has given a record. */
static void let_singles_work(void)
{
    want(&second, 9);
    bring_one(0, 9, user(9, ""));
    give_back(&second);
    fake_now += TTL;
}

TEST(single_404_is_for_the_list_to_say)
{
    /* Without user 5, and with them; so often that it would be taken for nonsense. */
    static const unsigned lasts[] = {4, 8, 4, 8};
    for (size_t i = 0; i < LENGTH(lasts); i++) {
        let_singles_work();
        want(&first, 5);
        assert_asks(USER_5);
        not_found();
        assert_asks(LIST);
        assert_int_equal(first.calls, 0);
        bring_list(0, lasts[i], 3);
        assert_int_equal(first.calls, 1);
        assert_int_equal(snapshot_find(first.snapshot, 5) != NULL, lasts[i] >= 5);
        give_back(&first);
        fake_now += TTL;
    }
}

TEST(single_404_is_not_asked_for_again_while_its_list_fails)
{
    let_singles_work();
    read_list(4, 30);
    capture_begin();
    for (int i = 0; i < 3; i++) {
        want(&first, 5);
        if (i == 0)
            not_found();
        assert_asks(LIST);
        fake_pager_fail(0, -EIO, false, "HTTP 500");
        give_back(&first);
        fake_now += 1000;
    }
    want(&first, 0);
    want(&second, 5);
    fake_pager_set_price(0, 30);
    cache_hurry(list, &second.waiter);
    assert_asks(LIST);
    capture_end();
    give_back(&second);
    fake_now += TTL;
    want(&second, 5);
    assert_int_equal(fake_pagers_waiting(), 1);
}

/* semantics: F9, T2 */
TEST(single_of_another_department_is_for_the_list_to_judge)
{
    static const char elsewhere[] =
        "{\n  \"userID\": 5,\n  \"organizationID\": 23,\n  \"departmentID\": 13\n}\n";
    let_singles_work();
    want(&first, 5);
    bring_one(0, 5, elsewhere);
    assert_int_equal(first.calls, 0);
    assert_asks(LIST);
    bring_list(0, 8, 3);
    assert_shows(&first, 5, user(5, ""));
    fake_now += TTL;
    want(&second, 5);
    bring_one(0, 5, elsewhere);
    bring_list(0, 4, 3);
    assert_null(snapshot_find(second.snapshot, 5));
}

TEST(single_that_does_not_say_where_it_belongs_proves_nothing)
{
    want(&first, 5);
    bring_one(0, 5, "{\n  \"userID\": 5,\n  \"organizationID\": 23\n}\n");
    assert_asks(LIST);
}

/* -------- what fails -------- */

TEST(single_that_is_forbidden_is_never_asked_for_again)
{
    want(&first, 5);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    assert_asks(LIST);
    bring_list(0, 8, 3);
    assert_int_equal(first.error, 0);
    fake_now += TTL;
    want(&second, 6);
    assert_asks(LIST);
}

TEST(single_that_is_forbidden_stays_so_whatever_another_one_says)
{
    want(&first, 5);
    want(&second, 6);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    bring_one(0, 6, "{\n  \"userID\": 6,\n  \"organizationID\": 23\n}\n");
    bring_list(0, 8, 9);
    give_back(&first);
    give_back(&second);
    fake_now += TTL;
    want(&first, 5);
    assert_asks(LIST);
}

static void fail_with_500(void)
{
    capture_begin();
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    capture_end();
}

TEST(single_401_is_final_and_nothing_old_serves_past_it)
{
    read_list(8, 3);
    capture_begin();
    want(&first, 5);
    fake_pager_fail_with(0, -EACCES, 401, "HTTP 401");
    capture_end();
    assert_int_equal(first.error, -EACCES);
    assert_null(cache_fresh(list, 5));
    assert_int_equal(fake_pagers_waiting(), 0);
    fake_now += 1000;
    for (uint64_t id = 0; id <= 5; id += 5) { /* the list, and the user */
        give_back(&first);
        want(&first, id);
        fail_with_500();
        assert_int_equal(first.error, -EIO);
    }
}

TEST(single_that_fails_lets_the_old_list_serve)
{
    read_list(8, 3);
    capture_begin();
    want(&first, 5);
    fake_pager_fail(0, -ETIMEDOUT, false, "no answer");
    assert_non_null(strstr(capture_end(), "showing what was read"));
    assert_int_equal(first.error, 0);
    assert_ptr_equal(first.snapshot, cache_held(list));
    assert_ptr_equal(cache_fresh(list, 6), cache_held(list));
}

TEST(single_that_fails_without_a_list_is_an_error)
{
    capture_begin();
    want(&first, 5);
    fake_pager_fail(0, -ETIMEDOUT, false, "no answer");
    assert_non_null(strstr(capture_end(), "users/5: no answer"));
    assert_int_equal(first.error, -ETIMEDOUT);
    assert_int_equal(cache_wait(list, 5, &second.waiter), -ETIMEDOUT);
}

static void no_answer(unsigned index)
{
    capture_begin();
    fake_pager_fail(index, -ETIMEDOUT, false, "no answer");
    capture_end();
}

/* User 5 was read by himself, and the time of that is over. */
static void read_5(void)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "1"));
    fake_now += TTL;
}

/* semantics: F6, F9 */
TEST(single_that_was_read_serves_on_while_the_service_fails)
{
    read_5();
    want(&second, 5);
    no_answer(0);
    assert_int_equal(second.error, 0);
    assert_ptr_equal(second.snapshot, first.snapshot);
    assert_ptr_equal(cache_fresh(list, 5), first.snapshot);
    assert_int_equal(cache_valid_ms(list, first.snapshot), 0);
    fake_now += STALE;
    give_back(&second);
    want(&second, 5);
    no_answer(0);
    assert_int_equal(second.error, -ETIMEDOUT);
}

/* semantics: F6, F9 */
TEST(single_that_is_refused_otherwise_is_for_the_list_to_say)
{
    static const long statuses[] = {405, 410, 451};
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        read_5();
        want(&second, 5);
        capture_begin();
        fake_pager_fail_with(0, -EIO, statuses[i], "no");
        capture_end();
        assert_asks(LIST);
        assert_int_equal(second.calls, 0);
        bring_list(0, 4, 3);
        assert_int_equal(second.error, 0);
        assert_null(snapshot_find(second.snapshot, 5));
        give_back(&first);
        give_back(&second);
        fake_now += TTL;
    }
    want(&first, 6); /* a 410 says nothing of others, and two others are not enough */
    assert_asks("users/6");
}

TEST(single_that_is_newer_than_the_list_is_not_gone_because_the_service_fails)
{
    read_list(4, 3);
    read_5();
    want(&second, 5);
    no_answer(0);
    assert_shows(&second, 5, user(5, "1"));
    give_back(&second);
    want(&second, 0);
    no_answer(0);
    assert_null(snapshot_find(second.snapshot, 5));
    assert_ptr_equal(cache_fresh(list, 5), first.snapshot);
}

TEST(single_stands_in_for_a_list_that_fails)
{
    read_5();
    want(&second, 0);
    give_back(&first);
    want(&first, 5);
    assert_asks(LIST);
    no_answer(0);
    assert_int_equal(second.error, -ETIMEDOUT);
    assert_shows(&first, 5, user(5, "1"));
}

TEST(single_stands_in_for_a_list_that_has_failed)
{
    read_5();
    want(&second, 0);
    no_answer(0);
    want(&second, 5);
    no_answer(0);
    assert_shows(&second, 5, user(5, "1"));
}

TEST(single_404_is_no_answer_while_the_service_fails)
{
    let_singles_work();
    want(&first, 5);
    not_found();
    no_answer(0);
    assert_int_equal(first.error, -ETIMEDOUT);
}

TEST(single_serves_no_more_when_it_is_forbidden)
{
    read_5();
    want(&second, 5);
    capture_begin();
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    assert_asks(LIST);
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    capture_end();
    assert_int_equal(second.error, -EIO);
}

TEST(single_that_is_forbidden_ends_what_its_list_said_before)
{
    read_list(8, 3);
    want(&first, 5);
    capture_begin();
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    assert_asks(LIST);
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    capture_end();
    assert_int_equal(first.error, -EIO);
}

TEST(single_401_is_final_though_its_list_is_being_fetched)
{
    read_list(8, 3);
    want(&first, 5);
    want(&second, 0);
    capture_begin();
    fake_pager_fail_with(0, -EACCES, 401, "HTTP 401");
    assert_int_equal(first.error, -EACCES);
    assert_asks(LIST);
    fake_pager_fail_with(0, -EIO, 500, "HTTP 500");
    capture_end();
    assert_int_equal(second.error, -EIO);
}

TEST(single_that_is_nonsense_thrice_is_seen_while_the_list_comes)
{
    static struct wanter at_once[3];
    for (unsigned i = 0; i < LENGTH(at_once); i++)
        want(&at_once[i], i + 1);
    want(&second, 0);
    for (unsigned i = 0; i < LENGTH(at_once); i++)
        fake_pager_fail(0, -EINVAL, false, "HTTP 400");
    bring_list(0, 8, 9);
    for (unsigned i = 0; i < LENGTH(at_once); i++)
        give_back(&at_once[i]);
    fake_now += TTL;
    want(&first, 5);
    assert_asks(LIST);
}

TEST(single_serves_no_more_when_its_list_is_refused)
{
    read_5();
    capture_begin();
    want(&second, 0);
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    capture_end();
    fake_now += TTL;
    want(&second, 5);
    no_answer(0);
    assert_int_equal(second.error, -ETIMEDOUT);
}

TEST(single_that_is_nonsense_thrice_is_not_asked_for_any_more)
{
    for (uint64_t id = 1; id <= 3; id++) {
        want(&first, id);
        assert_string_not_equal(fake_pager_path(0), LIST);
        fake_pager_fail(0, -EBADMSG, false, "not JSON");
        assert_asks(LIST);
        bring_list(0, 8, 9);
        give_back(&first);
        fake_now += TTL;
    }
    want(&first, 5);
    assert_asks(LIST);
}

/* -------- a list that is being read -------- */

TEST(single_is_not_asked_for_while_the_list_comes)
{
    want(&first, 0);
    want(&second, 5);
    assert_asks(LIST);
    bring_list(0, 8, 3);
    assert_int_equal(second.calls, 1);
}

TEST(single_is_asked_for_when_the_list_takes_long)
{
    want(&first, 0);
    want(&second, 5);
    cache_hurry(list, &second.waiter);
    assert_asks(LIST);
    fake_pager_set_price(0, 100);
    cache_hurry(list, &second.waiter);
    assert_int_equal(fake_pagers_waiting(), 2);
    assert_string_equal(fake_pager_path(1), USER_5);
    bring_one(1, 5, user(5, ""));
    assert_int_equal(second.calls, 1);
    assert_int_equal(first.calls, 0);
    cache_hurry(list, &first.waiter);
    bring_list(0, 8, 100);
    assert_int_equal(first.calls, 1);
}

TEST(single_404_after_the_list_came_asks_for_nothing_more)
{
    want(&first, 0);
    want(&second, 5);
    fake_pager_set_price(0, 100);
    cache_hurry(list, &second.waiter);
    bring_list(0, 8, 100);
    not_found();
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_shows(&second, 5, user(5, ""));
}

TEST(single_403_after_the_list_came_asks_for_nothing_more)
{
    want(&first, 0);
    want(&second, 5);
    fake_pager_set_price(0, 100);
    cache_hurry(list, &second.waiter);
    bring_list(0, 8, 100);
    capture_begin();
    fake_pager_fail_with(0, -EACCES, 403, "HTTP 403");
    capture_end();
    assert_int_equal(fake_pagers_waiting(), 0);
    assert_shows(&second, 5, user(5, ""));
}

static void read_one(uint64_t id)
{
    want(&first, id);
    assert_string_not_equal(fake_pager_path(0), LIST);
    bring_one(0, id, user(id, ""));
    give_back(&first);
}

TEST(single_calls_of_one_moment_do_not_wait_for_the_price)
{
    struct wanter at_once[9] = {{.waiter.done = NULL}};
    for (unsigned i = 0; i < LENGTH(at_once); i++) {
        at_once[i].waiter.done = on_done;
        want(&at_once[i], 1 + i);
    }
    assert_int_equal(fake_pagers_waiting(), 9);
    assert_string_equal(fake_pager_path(7), "users/8");
    assert_string_equal(fake_pager_path(8), LIST);
    fake_pager_stop_at(8, 40);
    for (unsigned i = 0; i < LENGTH(at_once); i++) {
        bring_one(0, 1 + i, user(1 + i, ""));
        give_back(&at_once[i]);
    }
}

TEST(single_calls_of_one_moment_wait_for_the_price_where_lists_are_short)
{
    read_list(8, 1);
    cache_remove(list);
    list = list_create();
    want(&first, 1);
    want(&second, 2);
    assert_string_equal(fake_pager_path(1), LIST);
    bring_one(0, 1, user(1, ""));
    bring_list(0, 8, 1);
    give_back(&first);
    give_back(&second);
}

TEST(single_price_is_learned_from_page_one)
{
    want(&first, 5);
    bring_one(0, 5, user(5, ""));
    give_back(&first);
    want(&first, 6);
    assert_asks(LIST);
    assert_int_equal(fake_pager_limit(0), 2);
    fake_pager_stop_at(0, 40);
    assert_asks("users/6");
    bring_one(0, 6, user(6, ""));
    assert_int_equal(first.calls, 1);
    give_back(&first);
    want(&first, 7);
    assert_asks("users/7");
}

TEST(single_price_does_not_bind_who_wants_the_list)
{
    want(&first, 5);
    bring_one(0, 5, user(5, ""));
    give_back(&first);
    want(&first, 6);
    want(&second, 0);
    assert_asks(LIST);
    assert_int_equal(fake_pager_limit(0), 0);
}

TEST(single_price_does_not_bind_who_wanted_the_list_before_it_began_anew)
{
    want(&first, 5);
    bring_one(0, 5, user(5, ""));
    give_back(&first);
    want(&first, 0);
    cache_expire(cache);
    want(&second, 6);
    assert_asks(LIST);
    assert_int_equal(fake_pager_limit(0), 0);
}

/* -------- which was asked for later -------- */

/* The list is being read for FIRST; a little later SECOND was asked for alone, as user 5. */
static void hurry_5(void)
{
    want(&first, 0);
    want(&second, 5);
    fake_pager_set_price(0, 100);
    fake_now++;
    cache_hurry(list, &second.waiter);
    assert_string_equal(fake_pager_path(1), USER_5);
}

/* semantics: F9 */
TEST(single_that_was_asked_for_before_the_list_gives_way_when_it_comes_later)
{
    let_them_agree();
    want(&second, 5);
    fake_now++;
    want(&first, 0);
    bring_list(1, 8, 3);
    fake_now++;
    bring_one(0, 5, user(5, "old"));
    assert_shows(&second, 5, user(5, ""));
    fake_now += TTL - 1;
    assert_null(cache_fresh(list, 5));
}

TEST(single_that_was_asked_for_before_the_list_does_not_outlive_it)
{
    want(&second, 5);
    bring_one(0, 5, user(5, "old"));
    fake_now++;
    want(&first, 0);
    fake_pager_say(TTL / 1000, 0);
    bring_list(0, 8, 3);
    fake_now += 1000;
    assert_null(cache_fresh(list, 5));
    assert_ptr_equal(singles_newer(&list->singles, 5, first.snapshot), first.snapshot);
}

TEST(single_that_came_while_the_list_was_read_stays_when_it_comes)
{
    hurry_5();
    bring_one(1, 5, user(5, "new"));
    bring_list(0, 8, 100);
    assert_shows(&first, 5, user(5, "new"));
    assert_ptr_equal(snapshot_find(first.snapshot, 5), snapshot_find(second.snapshot, 5));
    assert_ptr_equal(cache_fresh(list, 5), first.snapshot);
}

TEST(single_that_came_while_the_list_was_read_is_listed)
{
    hurry_5();
    bring_one(1, 5, user(5, "new"));
    bring_list(0, 4, 100);
    assert_shows(&first, 5, user(5, "new"));
    assert_int_equal(first.snapshot->count, 5);
}

TEST(single_that_came_while_the_list_was_read_stays_however_long_that_takes)
{
    hurry_5();
    bring_one(1, 5, user(5, "new"));
    fake_now += TTL + STALE;
    cache_sweep(cache);
    bring_list(0, 8, 100);
    assert_shows(&first, 5, user(5, "new"));
}

/* Nobody has seen it, and the list somebody may have. */
TEST(single_that_comes_after_the_list_gives_way_if_the_list_was_being_read)
{
    let_them_agree();
    hurry_5();
    bring_list(0, 8, 100);
    fake_now++;
    bring_one(0, 5, user(5, "new?"));
    assert_shows(&second, 5, user(5, ""));
    fake_now += TTL;
    assert_null(cache_fresh(list, 5));
}

/* User 5 comes with that PHONE, as it was AGE_S ago. */
static void bring_5_aged(int64_t age_s, const char *phone)
{
    fake_pager_say(age_s, 0);
    bring_one(0, 5, user(5, phone));
    fake_pager_say(0, 0);
}

/* semantics: F9, F11 */
TEST(single_does_not_give_way_to_an_older_one)
{
    read_5();
    want(&second, 5);
    bring_5_aged(TTL / 1000 + 3, "old");
    assert_int_equal(second.calls, 0);
    assert_asks(USER_5);
    assert_true(fake_pager_is_anew(0));
    bring_one(0, 5, user(5, "2"));
    assert_shows(&second, 5, user(5, "2"));
}

/* semantics: F9, F11 */
TEST(single_that_is_older_than_the_list_is_not_shown)
{
    let_them_agree();
    want(&second, 5);
    bring_5_aged(TTL / 1000 + 3, "old");
    assert_asks(USER_5);
    assert_true(fake_pager_is_anew(0));
    bring_5_aged(TTL / 1000 + 3, "old");
    assert_int_equal(second.calls, 0);
    assert_asks(LIST);
    bring_list_with(0, "2");
    assert_shows(&second, 5, user(5, "2"));
    fake_now += TTL;
    want(&first, 5);
    assert_asks(USER_5);
    assert_true(fake_pager_is_anew(0));
    bring_one(0, 5, user(5, "3"));
    assert_shows(&first, 5, user(5, "3"));
}

/* Where nothing else is known of the user, their last answer serves on. */
TEST(single_serves_on_where_only_what_is_older_comes)
{
    read_5();
    want(&second, 5);
    bring_5_aged(TTL / 1000 + 3, "old");
    capture_begin();
    bring_5_aged(TTL / 1000 + 3, "old");
    capture_end();
    assert_shows(&second, 5, user(5, "1"));
    assert_int_equal(fake_pagers_waiting(), 0);
}

TEST(single_of_one_cache_costs_no_call_more)
{
    static const int64_t ages_s[] = {0, 61, 119, 0, 62, 0};
    for (size_t i = 0; i < LENGTH(ages_s); i++) {
        want(&first, 5);
        bring_5_aged(ages_s[i], "1");
        assert_shows(&first, 5, user(5, "1"));
        give_back(&first);
        fake_now += TTL;
    }
    assert_int_equal(fake_pagers_made(), LENGTH(ages_s));
}

/* The list answers, however old it is. */
TEST(single_that_comes_after_the_list_is_not_read_past_caches)
{
    hurry_5();
    bring_list(0, 8, 100);
    bring_5_aged(TTL / 1000, "old");
    assert_shows(&second, 5, user(5, ""));
    assert_int_equal(fake_pagers_made(), 2);
}

TEST(single_gives_way_to_a_list_that_came_and_was_swept)
{
    want(&second, 5);
    fake_now++;
    want(&first, 0);
    bring_list(1, 8, 3);
    fake_now += TTL + STALE;
    cache_sweep(cache);
    assert_null(cache_held(list));
    bring_one(0, 5, user(5, "old"));
    assert_asks(LIST);
}

TEST(single_is_not_hidden_by_an_older_list_that_serves_on)
{
    read_list(4, 3);
    read_5();
    want(&second, 0);
    no_answer(0);
    assert_ptr_equal(second.snapshot, cache_held(list));
    assert_null(cache_fresh(list, 5));
    assert_ptr_equal(cache_fresh(list, 6), cache_held(list));
}

TEST(single_that_fails_after_the_list_came_is_in_the_list)
{
    hurry_5();
    bring_list(0, 8, 100);
    no_answer(0);
    assert_int_equal(second.error, 0);
    assert_int_equal(cache_valid_ms(list, cache_held(list)), TTL);
    assert_false(list->holding.failed);
}

/* -------- written otherwise than in the list -------- */

#define ROLES(id)                                                                              \
    "{\n  \"userID\": " #id ",\n  \"departmentID\": 12,\n  \"organizationID\": 23,\n  "        \
    "\"phone\": \"\",\n  \"role\": \"\"\n}\n"

static void want_the_list_to_be_asked(uint64_t id)
{
    fake_now += TTL;
    give_back(&second);
    want(&second, id);
    assert_asks(LIST);
}

TEST(single_that_differs_is_for_a_list_to_confirm_as_long_as_none_has_agreed)
{
    read_list(8, 3);
    want(&first, 5);
    bring_one(0, 5, user(5, "9"));
    assert_int_equal(first.calls, 0);
    assert_asks(LIST);
    bring_list_with(0, "9");
    assert_shows(&first, 5, user(5, "9"));
    fake_now += TTL;
    want(&second, 6);
    bring_one(0, 6, user(6, "8"));
    assert_shows(&second, 6, user(6, "8"));
}

/* semantics: F9 */
TEST(single_that_is_written_otherwise_is_never_shown_and_lists_are_used)
{
    read_list(8, 3);
    want(&first, 5);
    bring_one(0, 5, user(5, "none"));
    assert_int_equal(first.calls, 0);
    fake_now++;
    bring_list(0, 8, 3);
    assert_shows(&first, 5, user(5, ""));
    assert_asks(USER_5);
    capture_begin();
    bring_one(0, 5, user(5, "none"));
    assert_non_null(strstr(capture_end(), "users/5: the service writes users otherwise"));
    assert_ptr_equal(cache_fresh(list, 5), first.snapshot);
    want_the_list_to_be_asked(6);
}

/* Nobody waits for what it says, and nothing is held of it. */
TEST(single_that_is_asked_for_once_more_is_not_swept)
{
    read_list(8, 3);
    want(&first, 5);
    bring_one(0, 5, user(5, "none"));
    fake_now++;
    bring_list(0, 8, 3);
    cache_sweep(cache);
    assert_asks(USER_5);
    fake_now += TTL + 1;
    cache_sweep(cache);
    assert_int_equal(fake_pagers_waiting(), 0);
}

TEST(single_that_was_shown_and_is_written_otherwise_is_seen_when_the_list_comes)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "none"));
    fake_now++;
    want(&second, 0);
    bring_list_with(0, "");
    assert_asks(USER_5);
    capture_begin();
    bring_one(0, 5, user(5, "none"));
    assert_non_null(strstr(capture_end(), "lists are used from now on"));
    want_the_list_to_be_asked(6);
}

TEST(single_that_is_written_otherwise_after_others_agreed_is_shown_once)
{
    let_them_agree();
    want(&first, 5);
    bring_one(0, 5, user(5, "(1)"));
    assert_shows(&first, 5, user(5, "(1)"));
    want_the_list_to_be_asked(0);
    bring_list_with(0, "1");
    assert_asks(USER_5);
    capture_begin();
    bring_one(0, 5, user(5, "(1)"));
    assert_non_null(strstr(capture_end(), "lists are used from now on"));
    want_the_list_to_be_asked(5);
}

TEST(single_whose_user_changed_before_the_list_is_still_asked_for_alone)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "1"));
    fake_now++;
    want(&second, 0);
    bring_list_with(0, "2");
    assert_asks(USER_5);
    bring_one(0, 5, user(5, "2"));
    fake_now += TTL;
    give_back(&first);
    want(&first, 5);
    assert_asks(USER_5);
}

TEST(single_whose_user_changes_each_time_is_still_asked_for_alone)
{
    want(&first, 5);
    bring_one(0, 5, user(5, "1"));
    fake_now++;
    want(&second, 0);
    bring_list_with(0, "2");
    bring_one(0, 5, user(5, "3"));
    assert_shows(&second, 5, user(5, "2"));
    assert_ptr_equal(cache_fresh(list, 5), second.snapshot);
    fake_now += TTL;
    give_back(&first);
    want(&first, 5);
    assert_asks(USER_5);
}

TEST(single_in_another_order_says_the_same_as_the_list)
{
    want(&first, 5);
    bring_one(0, 5, user_reordered(5, ""));
    fake_now++;
    want(&second, 0);
    bring_list(0, 8, 1);
    assert_int_equal(fake_pagers_waiting(), 0);
}

TEST(single_with_other_members_twice_is_not_asked_for_any_more)
{
    let_them_agree();
    want(&first, 5);
    bring_one(0, 5, ROLES(5));
    assert_asks(LIST);
    fake_now++;
    bring_list_with(0, "");
    assert_shows(&first, 5, user(5, ""));
    capture_begin();
    bring_one(0, 5, ROLES(5));
    assert_non_null(strstr(capture_end(), "lists are used from now on"));
    want_the_list_to_be_asked(6);
}

TEST(single_with_members_that_others_lack_is_no_reason_for_distrust)
{
    const struct fake_record records[] = {{4, user(4, "")}, {5, ROLES(5)}};
    read_list(4, 3);
    want(&first, 5);
    bring_one(0, 5, ROLES(5));
    assert_asks(LIST);
    fake_now++;
    fake_pager_set_price(0, 10);
    fake_pager_bring(0, records, LENGTH(records));
    assert_int_equal(fake_pagers_waiting(), 0);
    fake_now += TTL;
    want(&second, 4);
    assert_asks("users/4");
}

TEST(single_that_differs_is_shown_to_who_waits_long_for_the_list)
{
    read_list(8, 100);
    want(&first, 5);
    bring_one(0, 5, user(5, "9"));
    assert_asks(LIST);
    fake_pager_set_price(0, 100);
    fake_now++;
    cache_hurry(list, &first.waiter);
    assert_string_equal(fake_pager_path(1), USER_5);
    bring_one(1, 5, user(5, "9"));
    assert_shows(&first, 5, user(5, "9"));
}

TEST(single_is_asked_for_again_for_one_difference_of_many)
{
    read_list(8, 10);
    fake_now += STALE;
    cache_sweep(cache);
    for (uint64_t id = 4; id <= 6; id++) {
        want(&first, id);
        bring_one(0, id, user(id, "none"));
        give_back(&first);
    }
    fake_now++;
    want(&second, 0);
    bring_list_with(0, "");
    assert_asks("users/4");
}

/* -------- rent or buy -------- */

#define ROUNDS 4000
#define STEPS  12
#define NAMES  6
#define ALL    0 /* the step of an ls */

static uint32_t random_state;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 16) % limit;
}

/* The least that STEPS of one TTL cost, with PRICE for the list, whoever plans knowing all. */
static unsigned optimum(const unsigned *steps, size_t count, unsigned held, unsigned price)
{
    if (count == 0)
        return 0;
    unsigned bit = 1u << steps[0];
    if (held & 1u << ALL || held & bit)
        return optimum(steps + 1, count - 1, held, price);
    unsigned buy = price + optimum(steps + 1, count - 1, held | 1u << ALL, price);
    if (steps[0] == ALL)
        return buy;
    unsigned rent = 1 + optimum(steps + 1, count - 1, held | bit, price);
    return rent < buy ? rent : buy;
}

/* Answers one of those that wait; returns the calls that it took. */
static unsigned answer_one(unsigned price)
{
    unsigned id, index = random_below(fake_pagers_waiting());
    if (sscanf(fake_pager_path(index), "users/%u", &id) == 1) {
        bring_one(index, id, user(id, ""));
        return 1;
    }
    uint64_t limit = fake_pager_limit(index);
    if (limit > 0 && price > limit) {
        fake_pager_stop_at(index, price);
        return 1;
    }
    bring_list(index, NAMES, price);
    return price;
}

/* Take the steps, some of them at the same time, and return the calls that they took. AT_ONCE:
 * so many were under way at the same time, at most. */
static unsigned walk(const unsigned *steps, size_t count, unsigned price, unsigned *at_once)
{
    static struct wanter wanters[STEPS];
    unsigned calls = 0;
    *at_once = 0;
    for (size_t i = 0; i < count; i++) {
        wanters[i] = (struct wanter){.waiter.done = on_done};
        if (!cache_fresh(list, steps[i]))
            assert_int_equal(cache_wait(list, steps[i], &wanters[i].waiter), 0);
        if (fake_pagers_waiting() > *at_once)
            *at_once = fake_pagers_waiting();
        while (fake_pagers_waiting() > random_below(3))
            calls += answer_one(price);
    }
    while (fake_pagers_waiting() > 0)
        calls += answer_one(price);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wanters[i].error, 0);
        give_back(&wanters[i]);
    }
    return calls;
}

TEST(single_calls_count_for_a_whole_ttl)
{
    read_list(8, 4);
    read_one(1);
    fake_now += TTL - 1;
    read_one(2);
    read_one(3);
    fake_now += 1;
    cache_sweep(cache);
    read_one(4);
    want(&first, 5);
    assert_asks(LIST);
}

TEST(single_calls_before_an_expiry_by_hand_do_not_count)
{
    read_list(8, 3);
    read_one(1);
    read_one(2);
    fake_now += 1;
    cache_expire(cache);
    fake_now += 1;
    read_one(3);
}

TEST(single_calls_are_at_most_twice_the_best_plan_and_those_of_a_moment)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned steps[STEPS], price = 1 + random_below(8);
        random_state = round;
        for (size_t i = 0; i < STEPS; i++)
            steps[i] = random_below(8) ? 1 + random_below(NAMES) : ALL;
        size_t count = 1 + random_below(STEPS);
        unsigned known = random_below(2);
        if (known)
            read_list(NAMES, price);
        unsigned best = optimum(steps, count, 0, price);
        unsigned at_once, calls = walk(steps, count, price, &at_once);
        if (calls > 2 * best + (known ? 0 : at_once))
            fail_msg("round %u: %u calls, best %u, price %u", round, calls, best, price);
        assert_int_equal(tear_down(NULL) + set_up(NULL), 0);
    }
}

#define SINGLE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SINGLE_TEST(single_is_asked_for_in_a_cold_list),
        SINGLE_TEST(single_is_asked_for_once_by_many),
        SINGLE_TEST(single_is_asked_for_again_after_the_ttl),
        SINGLE_TEST(single_ends_with_who_wanted_it),
        SINGLE_TEST(single_is_dropped_by_an_expiry_by_hand),
        SINGLE_TEST(single_and_list_share_a_node),
        SINGLE_TEST(single_takes_the_node_that_an_expired_list_had),
        SINGLE_TEST(single_takes_the_order_of_the_list),
        SINGLE_TEST(single_takes_the_order_that_lists_had_before_they_were_swept),
        SINGLE_TEST(single_gives_way_to_the_text_of_the_list),
        SINGLE_TEST(single_with_other_members_makes_way_for_the_list),
        SINGLE_TEST(single_404_is_for_the_list_to_say),
        SINGLE_TEST(single_404_is_not_asked_for_again_while_its_list_fails),
        SINGLE_TEST(single_of_another_department_is_for_the_list_to_judge),
        SINGLE_TEST(single_that_does_not_say_where_it_belongs_proves_nothing),
        SINGLE_TEST(single_that_is_forbidden_is_never_asked_for_again),
        SINGLE_TEST(single_that_is_forbidden_stays_so_whatever_another_one_says),
        SINGLE_TEST(single_401_is_final_and_nothing_old_serves_past_it),
        SINGLE_TEST(single_that_fails_lets_the_old_list_serve),
        SINGLE_TEST(single_that_fails_without_a_list_is_an_error),
        SINGLE_TEST(single_that_was_read_serves_on_while_the_service_fails),
        SINGLE_TEST(single_that_is_refused_otherwise_is_for_the_list_to_say),
        SINGLE_TEST(single_that_is_newer_than_the_list_is_not_gone_because_the_service_fails),
        SINGLE_TEST(single_stands_in_for_a_list_that_fails),
        SINGLE_TEST(single_stands_in_for_a_list_that_has_failed),
        SINGLE_TEST(single_404_is_no_answer_while_the_service_fails),
        SINGLE_TEST(single_serves_no_more_when_it_is_forbidden),
        SINGLE_TEST(single_that_is_forbidden_ends_what_its_list_said_before),
        SINGLE_TEST(single_401_is_final_though_its_list_is_being_fetched),
        SINGLE_TEST(single_that_is_nonsense_thrice_is_seen_while_the_list_comes),
        SINGLE_TEST(single_serves_no_more_when_its_list_is_refused),
        SINGLE_TEST(single_that_is_nonsense_thrice_is_not_asked_for_any_more),
        SINGLE_TEST(single_is_not_asked_for_while_the_list_comes),
        SINGLE_TEST(single_is_asked_for_when_the_list_takes_long),
        SINGLE_TEST(single_404_after_the_list_came_asks_for_nothing_more),
        SINGLE_TEST(single_403_after_the_list_came_asks_for_nothing_more),
        SINGLE_TEST(single_calls_of_one_moment_do_not_wait_for_the_price),
        SINGLE_TEST(single_calls_of_one_moment_wait_for_the_price_where_lists_are_short),
        SINGLE_TEST(single_price_is_learned_from_page_one),
        SINGLE_TEST(single_price_does_not_bind_who_wants_the_list),
        SINGLE_TEST(single_price_does_not_bind_who_wanted_the_list_before_it_began_anew),
        SINGLE_TEST(single_that_was_asked_for_before_the_list_gives_way_when_it_comes_later),
        SINGLE_TEST(single_that_was_asked_for_before_the_list_does_not_outlive_it),
        SINGLE_TEST(single_that_came_while_the_list_was_read_stays_when_it_comes),
        SINGLE_TEST(single_that_came_while_the_list_was_read_is_listed),
        SINGLE_TEST(single_that_came_while_the_list_was_read_stays_however_long_that_takes),
        SINGLE_TEST(single_that_comes_after_the_list_gives_way_if_the_list_was_being_read),
        SINGLE_TEST(single_does_not_give_way_to_an_older_one),
        SINGLE_TEST(single_that_is_older_than_the_list_is_not_shown),
        SINGLE_TEST(single_serves_on_where_only_what_is_older_comes),
        SINGLE_TEST(single_of_one_cache_costs_no_call_more),
        SINGLE_TEST(single_that_comes_after_the_list_is_not_read_past_caches),
        SINGLE_TEST(single_gives_way_to_a_list_that_came_and_was_swept),
        SINGLE_TEST(single_is_not_hidden_by_an_older_list_that_serves_on),
        SINGLE_TEST(single_that_fails_after_the_list_came_is_in_the_list),
        SINGLE_TEST(single_that_differs_is_for_a_list_to_confirm_as_long_as_none_has_agreed),
        SINGLE_TEST(single_that_is_written_otherwise_is_never_shown_and_lists_are_used),
        SINGLE_TEST(single_that_is_asked_for_once_more_is_not_swept),
        SINGLE_TEST(single_that_was_shown_and_is_written_otherwise_is_seen_when_the_list_comes),
        SINGLE_TEST(single_that_is_written_otherwise_after_others_agreed_is_shown_once),
        SINGLE_TEST(single_whose_user_changed_before_the_list_is_still_asked_for_alone),
        SINGLE_TEST(single_whose_user_changes_each_time_is_still_asked_for_alone),
        SINGLE_TEST(single_in_another_order_says_the_same_as_the_list),
        SINGLE_TEST(single_with_other_members_twice_is_not_asked_for_any_more),
        SINGLE_TEST(single_with_members_that_others_lack_is_no_reason_for_distrust),
        SINGLE_TEST(single_that_differs_is_shown_to_who_waits_long_for_the_list),
        SINGLE_TEST(single_is_asked_for_again_for_one_difference_of_many),
        SINGLE_TEST(single_calls_count_for_a_whole_ttl),
        SINGLE_TEST(single_calls_before_an_expiry_by_hand_do_not_count),
        SINGLE_TEST(single_calls_are_at_most_twice_the_best_plan_and_those_of_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
