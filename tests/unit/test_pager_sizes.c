/* Tests the pager with services that do not keep to the page size or number, or refuse it. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "fake_client.h"
#include "fake_clock.h"
#include "fake_server.h"
#include "pager_run.h"
#include "plan_calls.h"

#define MINUTES 60000

static struct fake_server server;
static struct pager_run run;

static void start(uint64_t per_page, unsigned parallel)
{
    pager_run_start(&run, ENDPOINT_USERS, per_page, parallel);
    assert_non_null(run.pager);
}

/* -------- a maximum -------- */

TEST(pager_follows_a_smaller_page_that_is_echoed)
{
    fake_server_init(&server, 120, 50);
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_follows_a_smaller_page_that_is_not_echoed)
{
    fake_server_init(&server, 1200, 500);
    server.silent = true;
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3);
}

/* Starts once more, and returns what page 1 is asked for with. */
static const char *asked_next(void)
{
    pager_run_again(&run);
    return strstr(fake_call_path(0), "perPage=");
}

TEST(pager_asks_for_100_where_1000_is_refused_and_for_1000_after_ten_minutes)
{
    fake_server_init(&server, 150, 100);
    server.refuses = true;
    start(1000, 8);
    for (int64_t minutes = 10; minutes <= 40; minutes *= 2) {
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        fake_now += minutes * MINUTES - 1;
        assert_string_equal(asked_next(), "perPage=100");
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        fake_now++;
        assert_string_equal(asked_next(), "perPage=1000");
    }
    server.refuses = false;
    server.clamp = 1000;
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_string_equal(asked_next(), "perPage=1000");
}

TEST(pager_takes_a_400_for_what_it_is_when_it_asked_for_100)
{
    start(100, 8);
    fake_call_answer(0, 400, "");
    pager_run_assert_failed(&run, -EINVAL, "HTTP 400");
}

#define TOO_LARGE                                                                              \
    "{\"response\":{\"error\":{\"httpStatusCode\":413,\"message\":\"Use perPage 950 or "       \
    "less.\"}}}"

TEST(pager_takes_the_size_from_a_413_and_remembers_it)
{
    fake_server_init(&server, 2500, 1000);
    server.too_large = 950;
    server.refusal = TOO_LARGE;
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 1 + plan_calls(2500, 950, PLAN_ANY_SIZE));
    fake_now += 10 * MINUTES - 1;
    assert_string_equal(asked_next(), "perPage=950");
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    fake_now++;
    assert_string_equal(asked_next(), "perPage=1000");
}

TEST(pager_halves_a_page_that_is_too_large_where_no_size_is_named)
{
    fake_server_init(&server, 2500, 1000);
    server.too_large = 300;
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(quirks_per_page(&run.quirks), 250);
    assert_int_equal(fake_calls_made(), 2 + plan_calls(2500, 250, PLAN_ANY_SIZE));
}

TEST(pager_counts_no_page_that_was_too_large_for_the_price)
{
    fake_server_init(&server, 50, 1000);
    server.too_large = 950;
    server.refusal = TOO_LARGE;
    pager_run_start_limited(&run, ENDPOINT_USERS, 1000, 1, 1);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.price, 1);
    assert_int_equal(fake_calls_made(), 2);
}

TEST(pager_follows_the_message_of_a_413_once)
{
    fake_server_init(&server, 50, 1000);
    server.too_large = 100;
    server.refusal = "{\"message\":\"at most 999, 998, 997, 996, 500, 499, 400\"}";
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server); /* 1000, 999, 499, 249, 124, 62 */
    assert_int_equal(fake_calls_made(), 6);
}

TEST(pager_ends_in_an_error_where_one_record_is_too_large)
{
    static const uint64_t sizes[] = {1, 100, 1000, 100000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        fake_client_reset();
        start(sizes[i], 8);
        unsigned calls = 0;
        for (; fake_calls_waiting() > 0; calls++)
            fake_call_answer(0, 413, "");
        pager_run_assert_failed(&run, -EIO, "HTTP 413");
        assert_between(calls, 1, 17);
        pager_run_finish(&run);
    }
}

/* At any place of the list, and whatever was in flight beside it. */
TEST(pager_goes_on_with_smaller_pages_from_where_they_are_too_large)
{
    for (unsigned parallel = 1; parallel <= 8; parallel += 7) {
        for (unsigned answered = 1; answered <= 26; answered++) {
            for (int no_totals = 0; no_totals < 2; no_totals++) {
                fake_client_reset();
                fake_server_init(&server, 2500, 100);
                server.no_totals = no_totals;
                start(100, parallel);
                for (unsigned k = 0; k < answered && fake_calls_waiting() > 0; k++)
                    fake_server_answer(&server, 0);
                server.too_large = 40;
                server.refusal = TOO_LARGE;
                fake_server_answer_all(&server);
                pager_run_assert_complete(&run, &server);
                assert_between(fake_calls_made(), 28,
                               answered + 8 + plan_calls(2500, 24, PLAN_ANY_SIZE));
                if (answered < 25)
                    assert_int_equal(quirks_per_page(&run.quirks) < 50, true);
                pager_run_finish(&run);
            }
        }
    }
}

TEST(pager_keeps_what_is_certain_where_later_pages_are_too_large)
{
    fake_server_init(&server, 2500, 100);
    start(100, 1);
    for (unsigned k = 0; k < 20; k++)
        fake_server_answer(&server, 0);
    server.too_large = 50;
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_between(fake_calls_made(), 36, 42); /* where all of them in 49s is 58 */
}

TEST(pager_shrinks_pages_that_are_read_twice)
{
    fake_server_init(&server, 450, 100);
    server.step = 100;
    start(100, 1);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    pager_run_again(&run);
    fake_server_answer(&server, 0);
    server.step = 0;
    server.too_large = 60;
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_learns_only_from_what_succeeded)
{
    fake_server_init(&server, 450, 100);
    start(1000, 8);
    fake_call_answer(0, 400, "");
    fake_server_answer(&server, 0);
    fake_call_answer(0, 400, "");
    fake_call_answer(0, 403, "");
    assert_int_equal(run.error, -EACCES);
    assert_int_equal(quirks_per_page(&run.quirks), 1000);
    assert_int_equal(quirks_sizes(&run.quirks), PLAN_ANY_SIZE);
    assert_false(run.quirks.keeps_sizes);
}

/* -------- sizes -------- */

TEST(pager_asks_for_sizes_that_the_service_has)
{
    static const struct {
        const char *what;
        uint64_t step;
        bool rounds_down, silent;
        enum plan_sizes sizes;
    } rows[] = {
        {"tens, up", 10, false, false, PLAN_ROUND_SIZES},
        {"tens, up, in silence", 10, false, true, PLAN_ROUND_SIZES},
        {"tens, down", 10, true, false, PLAN_ROUND_SIZES},
        {"tens, down, in silence", 10, true, true, PLAN_ROUND_SIZES},
        {"25, up", 25, false, false, PLAN_ONE_SIZE},
        {"25, down, in silence", 25, true, true, PLAN_ROUNDER_SIZES},
        {"50, down, in silence", 50, true, true, PLAN_ONE_SIZE},
        {"100, up", 100, false, false, PLAN_ONE_SIZE},
        {"100, up, in silence", 100, false, true, PLAN_ONE_SIZE},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        fake_server_init(&server, 250, 100);
        server.step = rows[i].step;
        server.rounds_down = rows[i].rounds_down;
        server.silent = rows[i].silent;
        start(100, 8);
        fake_server_answer_all(&server);
        assert_row(rows[i].what, run.error == 0 && run.count == 250);
        assert_row(rows[i].what, quirks_sizes(&run.quirks) == rows[i].sizes);
        unsigned made = fake_calls_made();
        pager_run_again(&run);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_row(rows[i].what,
                   fake_calls_made() - made == plan_calls(250, 100, rows[i].sizes));
        pager_run_finish(&run);
    }
}

TEST(pager_asks_for_rounder_sizes_where_odd_ones_are_a_400)
{
    fake_server_init(&server, 450, 100);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_call_answer(0, 400, "");
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=90"));
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(quirks_sizes(&run.quirks), PLAN_ROUND_SIZES);
}

TEST(pager_tries_all_sizes_again_after_ten_minutes)
{
    fake_server_init(&server, 250, 100);
    server.step = 100;
    start(100, 1);
    fake_server_answer_all(&server);
    server.step = 0;
    fake_now += 10 * MINUTES;
    pager_run_again(&run);
    fake_server_answer(&server, 0);
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=99"));
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(quirks_sizes(&run.quirks), PLAN_ANY_SIZE);
}

TEST(pager_reads_pages_of_one_record)
{
    fake_server_init(&server, 3, 1);
    start(1, 2);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

/* -------- windows that are tried before it is known that sizes are kept -------- */

/* Return how many windows are asked for when page 1 of COUNT users has come. */
static unsigned tried(size_t count, unsigned parallel)
{
    fake_server_init(&server, count, 100);
    start(100, parallel);
    fake_server_answer(&server, 0);
    unsigned waiting = fake_calls_waiting();
    pager_run_finish(&run);
    return waiting;
}

TEST(pager_tries_a_twelfth_of_the_windows_of_a_long_list)
{
    assert_int_equal(tried(300, 8), 1);
    assert_int_equal(tried(2050, 8), 1); /* 23 windows */
    assert_int_equal(tried(2150, 8), 2); /* 24 */
    assert_int_equal(tried(5000, 8), 4);
    assert_int_equal(tried(8000, 64), 7);
    assert_int_equal(tried(8000, 3), 3);
}

TEST(pager_tries_one_window_of_a_list_without_a_total)
{
    fake_server_init(&server, 8000, 100);
    server.no_totals = true;
    start(100, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
}

/* A total may count others as well. A page 1 that is smaller than was asked for does not bear
 * it out. */
TEST(pager_tries_one_window_where_page_1_is_smaller_than_was_asked_for)
{
    fake_server_init(&server, 8000, 100);
    start(1000, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 8);
}

/* Seven windows that are tried in vain, one more of a round size, 80 pages twice, and one
 * behind them, for the last one is full. Page 1 is the first of these. */
TEST(pager_tries_no_more_where_a_long_list_has_one_size)
{
    fake_server_init(&server, 8000, 100);
    server.step = 100;
    start(100, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(quirks_sizes(&run.quirks), PLAN_ONE_SIZE);
    assert_int_equal(fake_calls_made(), 7 + 1 + 161);
}

/* -------- each page twice -------- */

/* A service of one size, which is known. */
static void start_twice(size_t count, bool no_totals)
{
    fake_server_init(&server, count, 100);
    server.step = 100;
    server.no_totals = no_totals;
    start(100, 1);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    pager_run_finish(&run);
    fake_client_reset();
    pager_run_again(&run);
}

static void answer(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fake_server_answer(&server, 0);
}

TEST(pager_reads_pages_that_can_not_overlap_twice)
{
    for (int no_totals = 0; no_totals < 2; no_totals++) {
        start_twice(450, no_totals);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_int_equal(run.price, 10);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

/* So 50 people stand on two pages. Nobody is missing, but that can't be seen: where the list
 * moved between two pages, it looks the same. */
TEST(pager_reads_no_such_pages_where_the_last_one_is_filled_from_the_one_before)
{
    fake_server_init(&server, 450, 100);
    server.step = 100;
    server.no_totals = true;
    server.fills_last = true;
    start(100, 1);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -EBADMSG,
                            "fewer came than totalItems says, or its order changed");
}

/* The last page was short at first, and is full then. */
TEST(pager_misses_nobody_where_the_last_of_such_pages_fills_up)
{
    for (unsigned answered = 1; answered < 4; answered++) {
        start_twice(195, true);
        answer(answered);
        for (uint64_t i = 0; i < 10; i++)
            fake_server_add(&server, 0, 1000 + i);
        fake_server_answer_all(&server);
        size_t stayed = 0;
        for (size_t i = 0; i < run.count; i++)
            stayed += run.records[i]->id <= 195;
        assert_int_equal(run.error ? 195 : stayed, 195);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

TEST(pager_believes_no_total_that_is_one_too_small_for_such_pages)
{
    fake_server_init(&server, 301, 100);
    server.step = 100;
    server.total_off = -1;
    start(100, 1);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -EBADMSG, "the end of its pages was another one each time");
}

/* It names the sizes that it was asked for. */
TEST(pager_sees_by_two_equal_pages_that_there_is_one_size)
{
    for (size_t count = 101; count <= 200; count += 9) {
        fake_server_init(&server, count, 100);
        server.step = 100;
        server.silent = true;
        start(1000, 1);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

/* Else a cache might give the same old page to both readings. */
TEST(pager_reads_such_pages_a_second_time_past_caches)
{
    start_twice(450, false);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(fake_call_is_anew(0), i >= 5);
        answer(1);
    }
    pager_run_assert_complete(&run, &server);
}

TEST(pager_reads_such_pages_a_third_time_where_two_readings_differ)
{
    start_twice(450, false);
    answer(5);
    fake_server_remove(&server, 4);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.price, 15);
}

TEST(pager_sees_in_such_pages_that_somebody_went_while_another_came)
{
    for (unsigned answered = 1; answered < 5; answered++) {
        start_twice(450, false);
        answer(answered);
        fake_server_remove(&server, 4);
        fake_server_add(&server, server.count, 999);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_int_equal(run.price, 15);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

TEST(pager_reads_such_pages_anew_where_one_of_them_is_empty)
{
    start_twice(450, false);
    answer(2);
    assert_non_null(strstr(fake_call_path(0), "page=3"));
    fake_call_answer(0, 200, "{\"response\":[],\"pagination\":{\"totalItems\":450}}");
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3 + 1 + 10);
}

/* So the last page is empty, and rightly. */
TEST(pager_reads_such_pages_anew_where_the_list_gets_a_page_shorter)
{
    for (unsigned answered = 1; answered < 5; answered++) {
        start_twice(401, false);
        answer(answered);
        fake_server_remove(&server, 4);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_between(fake_calls_made(), 9, 16);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

TEST(pager_reads_such_pages_anew_where_one_total_was_too_large)
{
    start_twice(450, false);
    server.total_off = 100;
    answer(1);
    server.total_off = 0;
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

/* Else each page that the total promises would be paid for twice. */
TEST(pager_stops_behind_the_end_of_such_pages_where_the_total_is_far_too_large)
{
    fake_server_init(&server, 50, 10);
    server.step = 10;
    server.total_off = 5000;
    start(10, 8);
    fake_server_answer_all(&server);
    pager_run_assert_failed(
        &run, -EBADMSG, "a page brings nobody new, and totalItems says that there are more");
    assert_between(fake_calls_made(), 1, 40);
}

/* Either page is page 1 again. */
TEST(pager_stops_at_a_second_page_1_where_the_total_is_far_too_large)
{
    static const char *const bodies[] = {
        "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":3}],"
        "\"pagination\":{\"totalItems\":5000,\"currentPage\":1}}",
        "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":3}],"
        "\"pagination\":{\"totalItems\":5000}}"};
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        start(1000, 8);
        while (fake_calls_waiting() > 0)
            fake_call_answer(0, 200, bodies[i]);
        pager_run_assert_failed(
            &run, -EBADMSG,
            "a page brings nobody new, and totalItems says that there are more");
        assert_between(fake_calls_made(), 1, 6);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

TEST(pager_gives_up_where_three_readings_of_such_pages_differ)
{
    start_twice(450, false);
    answer(5);
    fake_server_remove(&server, 4);
    answer(5);
    fake_server_remove(&server, 4);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -EBADMSG,
                            "its pages can't overlap, and two readings of them did not agree");
}

#define NOBODY(pages)                                                                          \
    "{\"response\":[],\"pagination\":{\"totalItems\":0,\"totalPages\":" #pages "}}"

/* Starts a list that had people the last time, on such pages. */
static void start_twice_expecting(void)
{
    start_twice(450, false);
    run.options.expect_people = true;
    pager_run_again(&run);
}

TEST(pager_asks_again_where_people_were_on_such_pages_and_nobody_is)
{
    start_twice_expecting();
    fake_call_answer(0, 200, NOBODY(0));
    assert_int_equal(run.done, 0);
    assert_true(fake_call_is_anew(0));
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    pager_run_finish(&run);
    start_twice_expecting();
    fake_call_answer(0, 200, NOBODY(0));
    fake_call_answer(0, 200, NOBODY(0));
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 0);
    assert_int_equal(fake_calls_waiting(), 0);
}

TEST(pager_takes_no_empty_page_of_one_size_for_nobody_that_names_more_pages)
{
    start_twice(450, false);
    fake_call_answer(0, 200, NOBODY(5));
    assert_int_equal(run.done, 0);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

/* Page 1 had 100 people, and 49 are the size that is left then. Once more such pages may become
 * smaller. */
TEST(pager_reads_page_1_anew_where_pages_became_smaller_and_have_one_size)
{
    for (int shrinks = 0; shrinks < 2; shrinks++) {
        fake_client_reset();
        fake_server_init(&server, 450, 100);
        start(100, 1);
        answer(1);
        server.too_large = 60;
        server.step = server.clamp = 49;
        while (!strstr(fake_call_path(0), "?page=1&"))
            answer(1);
        assert_non_null(strstr(fake_call_path(0), "?page=1&perPage=49"));
        answer(2);
        if (shrinks) {
            server.too_large = 40;
            server.step = server.clamp = 24;
        }
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_int_equal(run.price, shrinks ? 2 * 19 : 2 * 10);
        pager_run_finish(&run);
    }
}

/* Answers the oldest call with page SHOWN of 450 people. It SAYS that it is that page; 0:
 * nothing. */
static void answer_with_page(unsigned shown, unsigned says)
{
    static char body[8192];
    char *at = body + sprintf(body, "{\"response\":[");
    for (unsigned id = shown * 100 - 99; id <= shown * 100; id++)
        at += sprintf(at, "%s{\"userID\":%u}", id % 100 == 1 ? "" : ",", id);
    sprintf(at, "],\"pagination\":{\"totalItems\":450,\"currentPage\":%u}}", says);
    fake_call_answer(0, 200, body);
}

/* In the first reading page 3 is another one. */
TEST(pager_counts_no_such_page_that_says_that_it_is_another)
{
    start_twice(450, false);
    answer(2);
    answer_with_page(2, 2);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3 + 1 + 10);
}

TEST(pager_refuses_such_pages_that_say_twice_that_they_are_others)
{
    for (unsigned shown = 2; shown <= 3; shown++) {
        start_twice(450, false);
        for (int reading = 0; reading < 2; reading++) {
            answer(2);
            answer_with_page(shown, 2);
        }
        pager_run_assert_failed(
            &run, -EBADMSG,
            "a page brings nobody new, and totalItems says that there are more");
        fake_client_reset();
    }
}

/* With page 2 in its place they hold as many as the total says. */
static void answer_with_page_2_for_4(void)
{
    for (int reading = 0; reading < 2; reading++) {
        answer(3);
        answer_with_page(2, 0);
        answer(1);
    }
}

TEST(pager_counts_nobody_for_another_on_such_pages)
{
    start_twice(450, false);
    answer_with_page_2_for_4();
    assert_int_equal(run.done, 0);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(quirks_sizes(&run.quirks), PLAN_ONE_SIZE);
    pager_run_finish(&run);
    start_twice(450, false);
    answer_with_page_2_for_4();
    answer_with_page_2_for_4();
    pager_run_assert_failed(&run, -EBADMSG,
                            "fewer came than totalItems says, or its order changed");
}

/* -------- pages behind the end, and none at all -------- */

TEST(pager_goes_on_where_a_page_behind_page_1_is_missing)
{
    for (long status = 400; status <= 404; status += 4) {
        fake_server_init(&server, 450, 100);
        start(100, 1);
        answer(2);
        fake_call_answer(0, status, "");
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        assert_int_equal(quirks_sizes(&run.quirks), PLAN_ANY_SIZE);
        pager_run_finish(&run);
    }
}

TEST(pager_ends_at_a_404_behind_the_end)
{
    for (size_t count = 98; count < 103; count++) {
        fake_server_init(&server, count, 100);
        server.no_totals = true;
        server.ends_in_404 = true;
        start(100, 1);
        fake_server_answer_all(&server);
        pager_run_assert_complete(&run, &server);
        pager_run_finish(&run);
    }
}

TEST(pager_takes_everything_at_once_from_an_endpoint_that_ignores_page)
{
    fake_server_init(&server, 150, 1000);
    server.no_totals = true;
    server.ignores_query = true;
    start(100, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3); /* page 2 is asked for twice */
}

static const char page_1_alone[] =
    "page 2 repeats page 1: what may be behind it can't be asked for";

TEST(pager_refuses_an_endpoint_that_ignores_page_and_is_cut)
{
    for (int no_totals = 0; no_totals < 2; no_totals++) {
        fake_server_init(&server, 250, 100);
        server.no_totals = no_totals;
        server.ignores_query = true;
        start(100, 8);
        fake_server_answer_all(&server);
        pager_run_assert_failed(&run, -EBADMSG, page_1_alone);
    }
}

#define PERSON(id) "{\"id\":" #id "}"
#define TEN                                                                                    \
    PERSON(1)                                                                                  \
    "," PERSON(2) "," PERSON(3) "," PERSON(4) "," PERSON(5) "," PERSON(6) "," PERSON(          \
        7) "," PERSON(8) "," PERSON(9) "," PERSON(10)

/* Ten of 25, on pages of ten: fewer than any service would put on one. */
TEST(pager_refuses_an_endpoint_without_pages_that_is_cut_short)
{
    static const char *const totals[] = {"25", "0"};
    for (size_t i = 0; i < LENGTH(totals); i++) {
        char body[1024] = "{\"response\":[" TEN "],\"pagination\":{\"perPage\":10,"
                          "\"totalItems\":";
        strcat(strcat(body, totals[i]), "}}");
        pager_run_start(&run, ENDPOINT_COMMUNITIES, 1000, 8);
        fake_call_answer(0, 200, body);
        fake_call_answer(0, 200, body);
        pager_run_assert_failed(&run, -EBADMSG, page_1_alone);
    }
}

/* Page 1 may be full, so page 2 is asked for. */
TEST(pager_takes_what_an_endpoint_without_pages_has_that_refuses_a_query)
{
    static const char body[] = "{\"response\":[" TEN "],\"pagination\":{\"totalItems\":0}}";
    static const char refusal[] =
        "{\"response\":{\"error\":{\"httpStatusCode\":400,\"id\":1000}}}";
    pager_run_start(&run, ENDPOINT_COMMUNITIES, 1000, 8);
    while (fake_calls_waiting() > 0) {
        bool asks = strchr(fake_call_path(0), '?') != NULL;
        fake_call_answer(0, asks ? 400 : 200, asks ? refusal : body);
    }
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 10);
    assert_int_equal(fake_calls_made(), 5);
}

/* -------- a 404 for a list -------- */

#define MISSING "{\"response\":{\"error\":{\"httpStatusCode\":404,\"id\":1040}}}"

static void start_with(bool missing_is_empty, bool expecting)
{
    if (expecting)
        pager_run_start_expecting(&run, ENDPOINT_USERS, 100, 1);
    else
        pager_run_start(&run, ENDPOINT_USERS, 100, 1);
    pager_destroy(run.pager);
    run.options.missing_is_empty = missing_is_empty;
    fake_client_reset();
    run.pager = pager_create(&run.options);
}

TEST(pager_says_that_a_404_of_the_service_itself_may_mean_nobody)
{
    static const struct {
        const char *body;
        bool nobody;
    } rows[] = {
        {MISSING, true},
        {"{\"response\":{\"error\":{\"id\":\"1040\"}}}", true},
        {"{\"response\":{\"error\":{\"id\":1041}}}", false},
        {"{\"response\":{\"error\":{\"httpStatusCode\":403,\"id\":1040}}}", false},
        {"{\"message\":\"x\",\"httpStatusCode\":404,\"id\":1040}", false},
        {"<html>404</html>", false},
        {"", false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        start_with(true, false);
        fake_call_answer(0, 404, rows[i].body);
        if (rows[i].nobody) /* it must come twice */
            fake_call_answer(0, 404, rows[i].body);
        assert_int_equal(run.error, -EIO);
        assert_int_equal(run.status, 404);
        assert_row(rows[i].body, run.nobody == rows[i].nobody);
        pager_run_finish(&run);
    }
}

TEST(pager_takes_no_404_behind_page_1_for_nobody)
{
    fake_server_init(&server, 450, 100);
    start_with(true, false);
    fake_server_answer(&server, 0);
    while (fake_calls_waiting() > 0)
        fake_call_answer(0, 404, MISSING);
    assert_true(run.error != 0);
    assert_false(run.nobody);
}

/* Somebody is renamed in a list in order of names, and so it is read again. */
TEST(pager_takes_no_404_for_nobody_where_people_came_before)
{
    fake_server_init(&server, 150, 100);
    for (size_t i = 0; i + 1 < 150; i += 2)
        fake_server_move(&server, i, i + 1);
    start_with(true, false);
    fake_server_answer(&server, 0);
    fake_server_move(&server, 120, 10);
    fake_server_answer(&server, 0);
    assert_non_null(strstr(fake_call_path(0), "page=1&"));
    while (fake_calls_waiting() > 0)
        fake_call_answer(0, 404, MISSING);
    assert_int_equal(run.status, 404);
    assert_false(run.nobody);
}

TEST(pager_asks_twice_before_a_404_means_nobody)
{
    start_with(true, true);
    fake_call_answer(0, 404, MISSING);
    assert_int_equal(run.done, 0);
    fake_call_answer(0, 404, MISSING);
    assert_true(run.nobody);
    pager_run_finish(&run);
    start_with(true, true);
    fake_server_init(&server, 50, 100);
    fake_call_answer(0, 404, MISSING);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_asks_once_where_a_404_is_an_error)
{
    start_with(false, true);
    fake_call_answer(0, 404, MISSING);
    assert_int_equal(run.done, 1);
    assert_int_equal(run.error, -EIO);
}

TEST(pager_takes_no_404_of_a_record_for_nobody)
{
    pager_run_start(&run, ENDPOINT_USER, 100, 1);
    fake_call_answer(0, 404, MISSING);
    assert_int_equal(run.status, 404);
    assert_false(run.nobody);
}

#define PAGER_TEST(name)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(name, pager_run_set_up, pager_run_tear_down, &run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_follows_a_smaller_page_that_is_echoed),
        PAGER_TEST(pager_follows_a_smaller_page_that_is_not_echoed),
        PAGER_TEST(pager_asks_for_100_where_1000_is_refused_and_for_1000_after_ten_minutes),
        PAGER_TEST(pager_takes_a_400_for_what_it_is_when_it_asked_for_100),
        PAGER_TEST(pager_takes_the_size_from_a_413_and_remembers_it),
        PAGER_TEST(pager_halves_a_page_that_is_too_large_where_no_size_is_named),
        PAGER_TEST(pager_counts_no_page_that_was_too_large_for_the_price),
        PAGER_TEST(pager_follows_the_message_of_a_413_once),
        PAGER_TEST(pager_ends_in_an_error_where_one_record_is_too_large),
        PAGER_TEST(pager_goes_on_with_smaller_pages_from_where_they_are_too_large),
        PAGER_TEST(pager_keeps_what_is_certain_where_later_pages_are_too_large),
        PAGER_TEST(pager_shrinks_pages_that_are_read_twice),
        PAGER_TEST(pager_learns_only_from_what_succeeded),
        PAGER_TEST(pager_asks_for_sizes_that_the_service_has),
        PAGER_TEST(pager_asks_for_rounder_sizes_where_odd_ones_are_a_400),
        PAGER_TEST(pager_tries_all_sizes_again_after_ten_minutes),
        PAGER_TEST(pager_reads_pages_of_one_record),
        PAGER_TEST(pager_tries_a_twelfth_of_the_windows_of_a_long_list),
        PAGER_TEST(pager_tries_one_window_of_a_list_without_a_total),
        PAGER_TEST(pager_tries_one_window_where_page_1_is_smaller_than_was_asked_for),
        PAGER_TEST(pager_tries_no_more_where_a_long_list_has_one_size),
        PAGER_TEST(pager_reads_pages_that_can_not_overlap_twice),
        PAGER_TEST(pager_reads_no_such_pages_where_the_last_one_is_filled_from_the_one_before),
        PAGER_TEST(pager_misses_nobody_where_the_last_of_such_pages_fills_up),
        PAGER_TEST(pager_believes_no_total_that_is_one_too_small_for_such_pages),
        PAGER_TEST(pager_sees_by_two_equal_pages_that_there_is_one_size),
        PAGER_TEST(pager_reads_such_pages_a_second_time_past_caches),
        PAGER_TEST(pager_reads_such_pages_a_third_time_where_two_readings_differ),
        PAGER_TEST(pager_sees_in_such_pages_that_somebody_went_while_another_came),
        PAGER_TEST(pager_stops_at_a_second_page_1_where_the_total_is_far_too_large),
        PAGER_TEST(pager_reads_such_pages_anew_where_one_of_them_is_empty),
        PAGER_TEST(pager_reads_such_pages_anew_where_the_list_gets_a_page_shorter),
        PAGER_TEST(pager_reads_such_pages_anew_where_one_total_was_too_large),
        PAGER_TEST(pager_stops_behind_the_end_of_such_pages_where_the_total_is_far_too_large),
        PAGER_TEST(pager_gives_up_where_three_readings_of_such_pages_differ),
        PAGER_TEST(pager_asks_again_where_people_were_on_such_pages_and_nobody_is),
        PAGER_TEST(pager_takes_no_empty_page_of_one_size_for_nobody_that_names_more_pages),
        PAGER_TEST(pager_reads_page_1_anew_where_pages_became_smaller_and_have_one_size),
        PAGER_TEST(pager_counts_no_such_page_that_says_that_it_is_another),
        PAGER_TEST(pager_refuses_such_pages_that_say_twice_that_they_are_others),
        PAGER_TEST(pager_counts_nobody_for_another_on_such_pages),
        PAGER_TEST(pager_goes_on_where_a_page_behind_page_1_is_missing),
        PAGER_TEST(pager_ends_at_a_404_behind_the_end),
        PAGER_TEST(pager_takes_what_an_endpoint_without_pages_has_that_refuses_a_query),
        PAGER_TEST(pager_says_that_a_404_of_the_service_itself_may_mean_nobody),
        PAGER_TEST(pager_takes_no_404_behind_page_1_for_nobody),
        PAGER_TEST(pager_takes_no_404_for_nobody_where_people_came_before),
        PAGER_TEST(pager_asks_twice_before_a_404_means_nobody),
        PAGER_TEST(pager_asks_once_where_a_404_is_an_error),
        PAGER_TEST(pager_takes_no_404_of_a_record_for_nobody),
        PAGER_TEST(pager_takes_everything_at_once_from_an_endpoint_that_ignores_page),
        PAGER_TEST(pager_refuses_an_endpoint_that_ignores_page_and_is_cut),
        PAGER_TEST(pager_refuses_an_endpoint_without_pages_that_is_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
