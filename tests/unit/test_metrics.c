/* Tests the text of .qpfs/metrics. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "api/meter.h"
#include "base/loop.h"
#include "cache/cache.h"
#include "cache/metrics.h"
#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"

#define TTL   60000
#define START 1000000
#define NOON  1769860800 /* 2026-01-31T12:00:00Z */
#define HERE  "{mountpoint=\"/mnt/q\"}"

static struct loop *loop;
static struct ledger *ledger;
static struct client *client;
static struct cache *cache;
static struct listing *listings[3];
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

static void bring_error(struct listing *one, int error)
{
    want(one);
    capture_begin();
    fake_pager_fail(0, error, false, "no");
    capture_end();
}

static void set_up_with(uint64_t allowance, uint64_t max_calls)
{
    const struct ledger_options ledger_options = {
        .key = "key-of-the-account", .allowance = allowance, .reserve = allowance / 10};
    capture_begin();
    ledger = allowance > 0 ? ledger_create(&ledger_options) : NULL;
    capture_end();
    const struct client_options client_options = {.base_url = "http://127.0.0.1:9/a/api/v2",
                                                  .key = "key-of-the-account",
                                                  .timeout_ms = 1000,
                                                  .rate = 300,
                                                  .max_calls = max_calls,
                                                  .ledger = ledger};
    const struct cache_options options = {.api_url = "https://api.questionpro.com/a/api/v2",
                                          .ttl_ms = TTL,
                                          .stale_ms = 300000,
                                          .per_page = 1000,
                                          .parallel = 8};
    fake_now = START;
    fake_pager_reset();
    loop = loop_create();
    client = client_create(loop, &client_options);
    cache = cache_create(loop, client, &options);
    cache_status(cache)->mount_point = "/mnt/q";
    for (size_t i = 0; i < LENGTH(listings); i++) {
        const struct listing_options of = {.target = target_make(ENDPOINT_USERS, 23, 12 + i),
                                           .family = {.kind = INO_USER_FILE}};
        listings[i] = cache_add(cache, &of);
        assert_non_null(listings[i]);
    }
    buffer_init(&out, 1 << 20);
}

static int set_up(void **state)
{
    (void)state;
    set_up_with(0, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    waiter_cancel(&waiter, true);
    for (size_t i = 0; i < LENGTH(listings); i++)
        cache_remove(listings[i]);
    cache_destroy(cache);
    client_destroy(client);
    ledger_destroy(ledger);
    loop_destroy(loop);
    buffer_finish(&out);
    return 0;
}

static const char *text(void)
{
    buffer_clear(&out);
    assert_int_equal(metrics_write(cache_status(cache), &out), 0);
    assert_int_equal(buffer_append(&out, "", 1), 0);
    return out.data;
}

static void assert_says(const char *said)
{
    if (!strstr(text(), said))
        fail_msg("%s\nis not in\n%s", said, out.data);
}

static void assert_does_not_say(const char *said)
{
    if (strstr(text(), said))
        fail_msg("%s\nis in\n%s", said, out.data);
}

TEST(metrics_begin_with_the_version_and_end_with_the_mark)
{
    static const char end[] = "\n# EOF\n";
    const char *said = text();
    assert_ptr_equal(
        strstr(said, "# TYPE qpfs_build_info gauge\n"
                     "# HELP qpfs_build_info The version of qpfs. Always 1.\n"
                     "qpfs_build_info{mountpoint=\"/mnt/q\",version=\"" QPFS_VERSION "\"} 1\n"),
        said);
    assert_string_equal(said + strlen(said) - strlen(end), end);
}

TEST(metrics_tell_when_they_were_written_and_when_it_was_mounted)
{
    fake_now += 90000;
    assert_says("# TYPE qpfs_time_seconds gauge\n"
                "# UNIT qpfs_time_seconds seconds\n"
                "# HELP qpfs_time_seconds When this was written, since 1970.\n"
                "qpfs_time_seconds" HERE " 1769860890\n");
    assert_says("\nqpfs_start_time_seconds" HERE " 1769860800\n");
}

TEST(metrics_count_calls_by_endpoint_without_an_id)
{
    client->meter.calls[ENDPOINT_USERS] = 7;
    assert_says("# TYPE qpfs_calls counter\n");
    assert_says("\nqpfs_calls_total{mountpoint=\"/mnt/q\",endpoint="
                "\"organizations/{}/departments/{}/users\"} 7\n");
    assert_says("\nqpfs_calls_total{mountpoint=\"/mnt/q\",endpoint=\"users/{}\"} 0\n");
}

TEST(metrics_have_no_limits_that_are_not_set)
{
    assert_says("\nqpfs_calls_allowed{mountpoint=\"/mnt/q\",limit=\"rate\"} 300\n#");
    assert_says("\nqpfs_calls_left{mountpoint=\"/mnt/q\",limit=\"rate\"} 300\n#");
    assert_does_not_say("limit=\"allowance\"");
    assert_does_not_say("limit=\"max_calls\"");
}

TEST(metrics_tell_what_each_limit_allows_and_leaves)
{
    tear_down(NULL);
    set_up_with(20000, 50);
    for (int i = 0; i < 12; i++)
        ledger_count(ledger);
    assert_says("\nqpfs_calls_allowed{mountpoint=\"/mnt/q\",limit=\"allowance\"} 20000\n"
                "qpfs_calls_allowed{mountpoint=\"/mnt/q\",limit=\"max_calls\"} 50\n");
    assert_says("\nqpfs_calls_used{mountpoint=\"/mnt/q\",limit=\"allowance\"} 12\n"
                "qpfs_calls_used{mountpoint=\"/mnt/q\",limit=\"max_calls\"} 0\n");
    assert_says("\nqpfs_calls_left{mountpoint=\"/mnt/q\",limit=\"allowance\"} 17988\n"
                "qpfs_calls_left{mountpoint=\"/mnt/q\",limit=\"max_calls\"} 50\n");
}

TEST(metrics_add_the_answers_of_shorter_times_to_those_of_longer)
{
    static const int64_t times_us[] = {99999, 100000, 100001, 2000000, 30000001};
    for (size_t i = 0; i < LENGTH(times_us); i++)
        meter_add_answer(&client->meter,
                         &(struct answer){.status = 200, .took_us = times_us[i]});
    static const char *const said[] = {"0.1\"} 2\n",  "0.25\"} 3\n", "0.5\"} 3\n",
                                       "1.0\"} 3\n",  "2.5\"} 4\n",  "5.0\"} 4\n",
                                       "10.0\"} 4\n", "30.0\"} 4\n", "+Inf\"} 5\n"};
    for (size_t i = 0; i < LENGTH(said); i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "\nqpfs_call_duration_seconds_bucket{mountpoint=\"/mnt/q\",le=\"%s", said[i]);
        assert_says(line);
    }
    assert_says("\nqpfs_call_duration_seconds_count" HERE " 5\n"
                "qpfs_call_duration_seconds_sum" HERE " 32.300001\n");
}

TEST(metrics_count_no_time_where_no_answer_came)
{
    meter_add_answer(&client->meter, &(struct answer){.error = -ECONNREFUSED});
    assert_says("\nqpfs_call_duration_seconds_count" HERE " 0\n");
    assert_says("\nqpfs_call_errors_total{mountpoint=\"/mnt/q\",errno=\"ECONNREFUSED\"} 1\n");
}

TEST(metrics_know_each_error_of_the_semantics_and_one_for_the_rest)
{
    meter_add_answer(&client->meter, &(struct answer){.error = -EIO, .status = 500});
    meter_add_answer(&client->meter, &(struct answer){.error = -E2BIG});
    meter_add_answer(&client->meter, &(struct answer){.error = -ELOOP});
    assert_says("\nqpfs_call_errors_total{mountpoint=\"/mnt/q\",errno=\"EIO\"} 1\n");
    assert_says("\nqpfs_call_errors_total{mountpoint=\"/mnt/q\",errno=\"other\"} 2\n");
    assert_says("\nqpfs_call_errors_total{mountpoint=\"/mnt/q\",errno=\"EDQUOT\"} 0\n");
}

TEST(metrics_count_fetches_and_those_that_failed)
{
    fetch(listings[0]);
    bring_error(listings[1], -ETIMEDOUT);
    fake_now += TTL;
    bring_error(listings[0], -ETIMEDOUT); /* and the old list serves on */
    assert_says("\nqpfs_fetches_total" HERE " 3\n");
    assert_says("\nqpfs_single_fetches_total" HERE " 0\n");
    assert_says("\nqpfs_fetch_errors_total{mountpoint=\"/mnt/q\",errno=\"ETIMEDOUT\"} 2\n");
}

TEST(metrics_count_lists_by_their_state)
{
    fetch(listings[0]);
    fake_now += TTL;
    fetch(listings[1]);
    bring_error(listings[2], -EIO);
    assert_says("\nqpfs_listings{mountpoint=\"/mnt/q\",state=\"fetching\"} 0\n"
                "qpfs_listings{mountpoint=\"/mnt/q\",state=\"fresh\"} 1\n"
                "qpfs_listings{mountpoint=\"/mnt/q\",state=\"stale\"} 1\n"
                "qpfs_listings{mountpoint=\"/mnt/q\",state=\"failed\"} 1\n");
    assert_says("\nqpfs_held_records" HERE " 4\n");
    assert_says("\nqpfs_held_bytes" HERE " 14\n");
    assert_says("\nqpfs_oldest_listing_time_seconds" HERE " 1769860800\n");
    want(listings[0]);
    assert_says("\nqpfs_listings{mountpoint=\"/mnt/q\",state=\"fetching\"} 1\n");
}

TEST(metrics_know_no_oldest_list_where_none_is_held)
{
    assert_says("# TYPE qpfs_oldest_listing_time_seconds gauge\n");
    assert_does_not_say("\nqpfs_oldest_listing_time_seconds{");
}

TEST(metrics_escape_what_stands_in_the_name_of_a_mount_point)
{
    cache_status(cache)->mount_point = "/m \"q\"\\\n\x1b\xc3\xa9\xff";
    assert_says("\nqpfs_held_records{mountpoint=\"/m \\\"q\\\"\\\\\\n\xef\xbf\xbd\xc3\xa9"
                "\xef\xbf\xbd\"} 0\n");
}

TEST(metrics_say_that_there_is_no_room)
{
    struct buffer small;
    buffer_init(&small, 100);
    assert_int_equal(metrics_write(cache_status(cache), &small), -EFBIG);
    buffer_finish(&small);
}

#define METRICS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        METRICS_TEST(metrics_begin_with_the_version_and_end_with_the_mark),
        METRICS_TEST(metrics_tell_when_they_were_written_and_when_it_was_mounted),
        METRICS_TEST(metrics_count_calls_by_endpoint_without_an_id),
        METRICS_TEST(metrics_have_no_limits_that_are_not_set),
        METRICS_TEST(metrics_tell_what_each_limit_allows_and_leaves),
        METRICS_TEST(metrics_add_the_answers_of_shorter_times_to_those_of_longer),
        METRICS_TEST(metrics_count_no_time_where_no_answer_came),
        METRICS_TEST(metrics_know_each_error_of_the_semantics_and_one_for_the_rest),
        METRICS_TEST(metrics_count_fetches_and_those_that_failed),
        METRICS_TEST(metrics_count_lists_by_their_state),
        METRICS_TEST(metrics_know_no_oldest_list_where_none_is_held),
        METRICS_TEST(metrics_escape_what_stands_in_the_name_of_a_mount_point),
        METRICS_TEST(metrics_say_that_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
