/* Tests the text of .qpfs/status.json. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "base/loop.h"
#include "cache/cache.h"
#include "cache/status.h"
#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"

#define TTL   60000
#define STALE 300000
#define START 1000000
#define NOON  1769860800 /* 2026-01-31T12:00:00Z */

static struct loop *loop;
static struct ledger *ledger; /* of the next client; NULL: none */
static uint64_t max_calls;
static struct client *client;
static struct cache *cache;
static struct listing *listing;
static struct listing *listings[10 * STATUS_LISTINGS_MAX + 1];
static size_t listing_count;
static struct waiter waiter;
static struct buffer out;

static const struct fake_record two[] = {{1, "one"}, {2, "two!"}};

time_t __wrap_time(time_t *at);
time_t __wrap___time64(time_t *at);

time_t __wrap_time(time_t *at)
{
    (void)at;
    return (time_t)(NOON + (fake_now - START) / 1000);
}

/* What time() is called where time_t is larger than a long, as on armhf. */
time_t __wrap___time64(time_t *at)
{
    return __wrap_time(at);
}

static void ignore(struct waiter *one, struct snapshot *snapshot, int error, const char *why)
{
    (void)one;
    (void)snapshot;
    (void)error;
    (void)why;
}

static struct listing *make(uint64_t department)
{
    const struct listing_options options = {.target =
                                                target_make(ENDPOINT_USERS, 23, department),
                                            .family = {.kind = INO_USER_FILE}};
    struct listing *made = cache_add(cache, &options);
    assert_non_null(made);
    listings[listing_count++] = made;
    return made;
}

static void want(struct listing *one)
{
    waiter.done = ignore;
    assert_int_equal(cache_wait(one, 0, &waiter), 0);
}

static void fetch(struct listing *one)
{
    want(one);
    fake_pager_bring(0, two, LENGTH(two));
}

static int set_up(void **state)
{
    (void)state;
    const struct client_options client_options = {.base_url = "http://127.0.0.1:9/a/api/v2",
                                                  .key = "key-of-the-account",
                                                  .timeout_ms = 1000,
                                                  .rate = 300,
                                                  .max_calls = max_calls,
                                                  .ledger = ledger};
    const struct cache_options options = {.api_url = "https://api.questionpro.com/a/api/v2",
                                          .ttl_ms = TTL,
                                          .stale_ms = STALE,
                                          .per_page = 1000,
                                          .parallel = 8};
    fake_now = START;
    fake_pager_reset();
    loop = loop_create();
    client = client_create(loop, &client_options);
    cache = cache_create(loop, client, &options);
    listing = make(12);
    buffer_init(&out, 1 << 24);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    waiter_cancel(&waiter, true);
    while (listing_count > 0)
        cache_remove(listings[--listing_count]);
    assert_int_equal(cache_status(cache)->fetching_count + cache_status(cache)->settled_count,
                     0);
    cache_destroy(cache);
    client_destroy(client);
    ledger_destroy(ledger);
    ledger = NULL;
    max_calls = 0;
    loop_destroy(loop);
    buffer_finish(&out);
    return 0;
}

static const char *status(void)
{
    buffer_clear(&out);
    assert_int_equal(status_write(cache_status(cache), &out), 0);
    assert_int_equal(buffer_append(&out, "", 1), 0);
    return out.data;
}

static void assert_says(const char *text)
{
    if (!strstr(status(), text))
        fail_msg("%s\nis not in\n%s", text, out.data);
}

TEST(status_of_a_mount_that_has_done_nothing)
{
    assert_string_equal(status(), "{\n"
                                  "  \"version\": \"" QPFS_VERSION "\",\n"
                                  "  \"mounted_at\": \"2026-01-31T12:00:00Z\",\n"
                                  "  \"api_url\": \"https://api.questionpro.com/a/api/v2\",\n"
                                  "  \"calls\": {\n"
                                  "    \"total\": 0,\n"
                                  "    \"last_minute\": 0,\n"
                                  "    \"waiting\": 0,\n"
                                  "    \"rate\": 300,\n"
                                  "    \"max\": null,\n"
                                  "    \"allowance\": null,\n"
                                  "    \"used\": null,\n"
                                  "    \"left\": null,\n"
                                  "    \"singles\": 0\n"
                                  "  },\n"
                                  "  \"totals\": {\n"
                                  "    \"fetching\": 0,\n"
                                  "    \"fresh\": 0,\n"
                                  "    \"stale\": 0,\n"
                                  "    \"failed\": 0,\n"
                                  "    \"items\": 0,\n"
                                  "    \"bytes\": 0,\n"
                                  "    \"oldest_at\": null\n"
                                  "  },\n"
                                  "  \"listings\": [],\n"
                                  "  \"listings_more\": 0,\n"
                                  "  \"fetching\": [],\n"
                                  "  \"fetching_more\": 0,\n"
                                  "  \"errors\": {},\n"
                                  "  \"last_error\": null\n"
                                  "}\n");
}

TEST(status_of_a_listing)
{
    fetch(listing);
    fake_now += 12149;
    assert_says("    {\n"
                "      \"path\": \"organizations/23/departments/12/users\",\n"
                "      \"state\": \"fresh\",\n"
                "      \"items\": 2,\n"
                "      \"pages\": 1,\n"
                "      \"fetched_at\": \"2026-01-31T12:00:00Z\",\n"
                "      \"age\": 12.1,\n"
                "      \"bytes\": 7\n"
                "    }\n");
    assert_says("  \"totals\": {\n"
                "    \"fetching\": 0,\n"
                "    \"fresh\": 1,\n"
                "    \"stale\": 0,\n"
                "    \"failed\": 0,\n"
                "    \"items\": 2,\n"
                "    \"bytes\": 7,\n"
                "    \"oldest_at\": \"2026-01-31T12:00:00Z\"\n"
                "  },\n");
}

TEST(status_is_stale_when_the_time_is_over)
{
    fetch(listing);
    fake_now += TTL;
    assert_says("\"state\": \"stale\"");
}

TEST(status_is_stale_while_the_service_fails_and_the_old_one_serves)
{
    fetch(listing);
    fake_now += TTL;
    want(listing);
    capture_begin();
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    assert_says("\"state\": \"stale\"");
    assert_says("\"message\": \"HTTP 500\"");
    assert_says("\"error\": \"EIO\"");
}

TEST(status_has_failed_when_nothing_serves)
{
    want(listing);
    capture_begin();
    fake_pager_fail_saying(0, -EACCES, 403, "no \"permission\"\n", "r-1");
    capture_end();
    fake_now += 2000;
    assert_says("\"state\": \"failed\",\n"
                "      \"items\": null,\n"
                "      \"pages\": null,\n"
                "      \"fetched_at\": null,\n"
                "      \"age\": null,\n"
                "      \"bytes\": null\n");
    assert_says("  \"errors\": {\n"
                "    \"EACCES\": 1\n"
                "  },\n");
    assert_says("  \"last_error\": {\n"
                "    \"path\": \"organizations/23/departments/12/users\",\n"
                "    \"error\": \"EACCES\",\n"
                "    \"status\": 403,\n"
                "    \"message\": \"no \\u0022permission\\u0022\\u000a\",\n"
                "    \"requestID\": \"r-1\",\n"
                "    \"time\": \"2026-01-31T12:00:00Z\"\n"
                "  }\n");
    fake_now += TTL;
    fetch(listing);
    assert_says("\"state\": \"fresh\"");
    assert_says("\"last_error\": {");
}

TEST(status_never_shows_the_key)
{
    log_redact("key-of-the-account");
    want(listing);
    capture_begin();
    fake_pager_fail_saying(0, -EACCES, 403, "no key-of-the-account", "key-of-the-account");
    capture_end();
    assert_says("\"message\": \"no ***\"");
    assert_says("\"requestID\": \"***\"");
    log_redact(NULL);
}

TEST(status_shows_a_fetch_and_what_is_held_meanwhile)
{
    fetch(listing);
    fake_now += TTL;
    want(listing);
    fake_pager_set_progress(0, (struct pager_progress){3, 25});
    fake_now += 1500;
    assert_says("\"state\": \"fetching\",\n      \"items\": 2,");
    assert_says("  \"fetching\": [\n"
                "    {\n"
                "      \"path\": \"organizations/23/departments/12/users\",\n"
                "      \"pages_done\": 3,\n"
                "      \"pages\": 25,\n"
                "      \"eta\": 11.0\n"
                "    }\n"
                "  ],\n");
    waiter_cancel(&waiter, true);
    assert_says("\"fetching\": []");
}

TEST(status_does_not_guess_where_page_1_has_not_come)
{
    want(listing);
    assert_says("\"pages_done\": 0,\n      \"pages\": null,\n      \"eta\": null\n");
}

TEST(status_eta_goes_by_the_pace_so_far)
{
    static const struct {
        const char *row;
        struct pager_progress progress;
        int64_t taken_ms, eta_ms;
    } rows[] = {
        {"nothing came", {0, 25}, 1000, -1},
        {"nobody knows", {3, 0}, 1000, -1},
        {"a clock before the beginning", {3, 25}, -1000, -1},
        {"a quarter", {5, 20}, 5000, 15000},
        {"all", {20, 20}, 6000, 0},
        {"more than planned", {21, 20}, 6000, 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].row,
                   status_eta_ms(&rows[i].progress, rows[i].taken_ms) == rows[i].eta_ms);
}

TEST(status_forgets_a_listing_that_was_let_go)
{
    fetch(listing);
    fake_now += TTL + STALE;
    cache_sweep(cache);
    assert_says("\"listings\": []");
}

TEST(status_forgets_a_failure_of_long_ago)
{
    want(listing);
    capture_begin();
    fake_pager_fail(0, -EIO, false, "HTTP 500");
    capture_end();
    fake_now += STALE;
    cache_sweep(cache);
    assert_says("\"state\": \"failed\"");
    fake_now += 1001;
    cache_sweep(cache);
    assert_says("\"listings\": []");
}

TEST(status_tells_how_many_calls_are_left_by_the_narrowest_limit)
{
    static const struct {
        const char *row;
        uint64_t allowance, max_calls;
        const char *said;
    } rows[] = {
        {"no limit", 0, 0, "\"left\": null"},
        {"max_calls alone", 0, 50, "\"left\": 50"},
        {"the allowance, less its reserve", 100, 0, "\"left\": 87"},
        {"max_calls is less", 100, 50, "\"left\": 50"},
        {"the allowance is less", 60, 50, "\"left\": 47"},
        {"nothing", 12, 50, "\"left\": 0"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tear_down(NULL);
        const struct ledger_options options = {
            .key = "k", .allowance = rows[i].allowance, .reserve = rows[i].allowance ? 10 : 0};
        capture_begin();
        ledger = ledger_create(&options);
        max_calls = rows[i].max_calls;
        set_up(NULL);
        for (int calls = 0; calls < 3; calls++)
            ledger_count(ledger);
        capture_end();
        assert_row(rows[i].row, strstr(status(), rows[i].said));
    }
}

TEST(status_names_the_latest_of_many_listings_and_counts_the_rest)
{
    for (uint64_t i = 1; i <= 10 * STATUS_LISTINGS_MAX; i++)
        fetch(make(100 + i));
    assert_says("\"listings_more\": 9000,");
    assert_says("\"listings\": [\n    {\n      \"path\": "
                "\"organizations/23/departments/10100/users\"");
    assert_says("departments/9101/users");
    assert_null(strstr(status(), "departments/9100/users"));
}

#define STATUS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATUS_TEST(status_of_a_mount_that_has_done_nothing),
        STATUS_TEST(status_of_a_listing),
        STATUS_TEST(status_is_stale_when_the_time_is_over),
        STATUS_TEST(status_is_stale_while_the_service_fails_and_the_old_one_serves),
        STATUS_TEST(status_has_failed_when_nothing_serves),
        STATUS_TEST(status_never_shows_the_key),
        STATUS_TEST(status_shows_a_fetch_and_what_is_held_meanwhile),
        STATUS_TEST(status_does_not_guess_where_page_1_has_not_come),
        STATUS_TEST(status_eta_goes_by_the_pace_so_far),
        STATUS_TEST(status_forgets_a_listing_that_was_let_go),
        STATUS_TEST(status_forgets_a_failure_of_long_ago),
        STATUS_TEST(status_tells_how_many_calls_are_left_by_the_narrowest_limit),
        STATUS_TEST(status_names_the_latest_of_many_listings_and_counts_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
