/* Tests how a pager goes on: in steps, with pauses, up to a limit. */
#include "unit.h"

#include <errno.h>

#include "fake_client.h"
#include "fake_server.h"
#include "fake_work.h"
#include "pager_run.h"

static struct fake_server server;
static struct pager_run run;

static void start(uint64_t per_page, unsigned parallel)
{
    pager_run_start(&run, ENDPOINT_USERS, per_page, parallel);
    assert_non_null(run.pager);
}

static void start_limited(uint64_t per_page, uint64_t limit)
{
    pager_run_start_limited(&run, ENDPOINT_USERS, per_page, 8, limit);
    assert_non_null(run.pager);
}

/* -------- steps -------- */

/* Answers what is asked for, and runs up to LIMIT steps. */
static void run_steps(unsigned limit)
{
    unsigned steps = 0;
    while (!run.done && steps < limit) {
        while (fake_calls_waiting() > 0)
            fake_server_answer(&server, 0);
        steps += fake_work_step();
    }
}

/* Between two steps the loop serves others, and a fetch may be given up at any of them. */
TEST(pager_decodes_and_merges_in_steps)
{
    unsigned limit;
    fake_work_hold(true);
    for (limit = 0; limit < 200; limit++) {
        fake_server_init(&server, 2500, 1000);
        start(1000, 8);
        run_steps(limit);
        if (run.done)
            break;
        pager_run_finish(&run);
    }
    fake_work_hold(false);
    pager_run_assert_complete(&run, &server);
    assert_between(limit, 2500 / 64 + 3, 199);
}

/* The decoding of what came is not waited for, but for two bodies a call at most. */
TEST(pager_asks_for_more_before_it_has_decoded)
{
    fake_server_init(&server, 4000, 100);
    start(100, 3);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    fake_work_hold(true);
    for (unsigned came = 1; came <= 6; came++) {
        assert_int_equal(fake_calls_waiting(), came <= 4 ? 3 : 7 - came);
        fake_server_answer(&server, 0);
    }
    assert_int_equal(fake_calls_waiting(), 0);
    while (fake_calls_waiting() == 0)
        assert_true(fake_work_step());
    assert_int_equal(fake_calls_waiting(), 1);
    fake_work_hold(false);
    pager_run_finish(&run);
}

/* Else a service that refuses their sizes would cost more calls. */
TEST(pager_decodes_the_first_window_that_overlaps_before_it_asks_ahead)
{
    fake_server_init(&server, 850, 100);
    start(100, 3);
    fake_server_answer(&server, 0);
    fake_work_hold(true);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 0);
    while (fake_calls_waiting() == 0)
        assert_true(fake_work_step());
    assert_int_equal(fake_calls_waiting(), 3);
    fake_work_hold(false);
    pager_run_finish(&run);
}

static void assert_progress(uint64_t done, uint64_t pages)
{
    const struct pager_progress progress = pager_progress(run.pager);
    assert_int_equal(progress.done, done);
    assert_int_equal(progress.pages, pages);
}

TEST(pager_tells_how_far_it_has_come)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    assert_progress(0, 0);
    fake_server_answer(&server, 0);
    assert_progress(1, 3);
    fake_server_answer(&server, 0);
    assert_progress(2, 3);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_can_be_ended_at_any_time)
{
    for (int answered = 0; answered < 46; answered++) {
        fake_server_init(&server, 4000, 100);
        start(100, 8);
        for (int i = 0; i < answered; i++)
            fake_server_answer(&server, fake_calls_waiting() - 1);
        pager_run_finish(&run);
        assert_int_equal(run.done, 0);
        assert_int_equal(fake_calls_waiting(), 0);
    }
    pager_destroy(NULL);
}

/* -------- pauses -------- */

TEST(pager_asks_for_nothing_while_it_is_paused)
{
    fake_server_init(&server, 850, 100);
    start(100, 3);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 3);
    pager_pause(run.pager, true);
    fake_server_answer_all(&server);
    assert_int_equal(run.done, 0);
    assert_int_equal(fake_calls_made(), 5);
    pager_pause(run.pager, false);
    assert_int_equal(fake_calls_waiting(), 3);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 10);
}

TEST(pager_ends_although_it_is_paused_when_all_has_come)
{
    fake_server_init(&server, 3, 100);
    start(100, 3);
    pager_pause(run.pager, true);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_waits_for_a_single_record_after_a_pause)
{
    pager_run_start(&run, ENDPOINT_DEPARTMENT, 1000, 8);
    pager_pause(run.pager, true);
    pager_pause(run.pager, false);
    assert_int_equal(run.done, 0);
    fake_call_answer(0, 200, "{\"response\":{\"departmentID\":12}}");
    assert_int_equal(run.done, 1);
    assert_int_equal(run.count, 1);
}

/* A pause may end just before the last body is decoded: then both have work to do. */
TEST(pager_merges_once_whenever_a_pause_ends)
{
    for (unsigned before = 0; before < 12; before++) {
        fake_server_init(&server, 250, 100);
        start(100, 8);
        fake_server_answer(&server, 0);
        fake_server_answer(&server, 0);
        fake_work_hold(true);
        fake_server_answer(&server, 0);
        for (unsigned i = 0; i < before && !run.done; i++)
            fake_work_step();
        if (!run.done) {
            pager_pause(run.pager, true);
            pager_pause(run.pager, false);
        }
        while (!run.done && fake_work_step())
            continue;
        fake_work_hold(false);
        pager_run_assert_complete(&run, &server);
        assert_int_equal(run.price, 3);
        pager_run_finish(&run);
    }
}

/* -------- limits -------- */

TEST(pager_tells_what_a_list_costs_with_one_call)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -E2BIG, "more pages than were wanted");
    assert_int_equal(run.price, 3);
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_reads_a_list_that_is_within_the_limit)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 3);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_reads_all_when_the_limit_is_lifted)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    pager_set_limit(run.pager, 0);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_keeps_what_has_come_while_it_is_paused_at_the_limit)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    pager_pause(run.pager, true);
    fake_server_answer_all(&server);
    assert_int_equal(run.done, 0);
    assert_int_equal(pager_price(run.pager), 3);
    pager_set_limit(run.pager, 0);
    pager_pause(run.pager, false);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_stops_at_the_limit_when_a_pause_ends)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    pager_pause(run.pager, true);
    fake_server_answer_all(&server);
    pager_pause(run.pager, false);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -E2BIG, "more pages than were wanted");
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_stops_at_the_limit_where_totals_are_zero)
{
    fake_server_init(&server, 1000, 100);
    server.no_totals = true;
    start_limited(100, 4);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -E2BIG, "more pages than were wanted");
    assert_int_equal(run.price, 5);
    assert_int_equal(fake_calls_made(), 4);
}

#define PAGER_TEST(name)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(name, pager_run_set_up, pager_run_tear_down, &run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_decodes_and_merges_in_steps),
        PAGER_TEST(pager_asks_for_more_before_it_has_decoded),
        PAGER_TEST(pager_decodes_the_first_window_that_overlaps_before_it_asks_ahead),
        PAGER_TEST(pager_tells_how_far_it_has_come),
        PAGER_TEST(pager_can_be_ended_at_any_time),
        PAGER_TEST(pager_asks_for_nothing_while_it_is_paused),
        PAGER_TEST(pager_ends_although_it_is_paused_when_all_has_come),
        PAGER_TEST(pager_waits_for_a_single_record_after_a_pause),
        PAGER_TEST(pager_merges_once_whenever_a_pause_ends),
        PAGER_TEST(pager_tells_what_a_list_costs_with_one_call),
        PAGER_TEST(pager_reads_a_list_that_is_within_the_limit),
        PAGER_TEST(pager_reads_all_when_the_limit_is_lifted),
        PAGER_TEST(pager_keeps_what_has_come_while_it_is_paused_at_the_limit),
        PAGER_TEST(pager_stops_at_the_limit_when_a_pause_ends),
        PAGER_TEST(pager_stops_at_the_limit_where_totals_are_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
