#include "unit.h"

#include <errno.h>
#include <stdlib.h>

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

/* That it brought all the server shows, in order of ID. */
static void assert_complete(void)
{
    assert_string_equal(run.why, "");
    assert_int_equal(run.error, 0);
    assert_int_equal(run.done, 1);
    assert_int_equal(run.count, server.count);
    for (size_t i = 0; i < run.count; i++)
        assert_int_equal(run.records[i]->id, server.ids[i]);
}

static void assert_failed(int error, const char *why)
{
    assert_int_equal(run.done, 1);
    assert_int_equal(run.error, error);
    assert_string_equal(run.why, why);
    assert_int_equal(run.count, 0);
    assert_int_equal(fake_calls_waiting(), 0);
}

TEST(pager_reads_one_page_with_one_call)
{
    fake_server_init(&server, 3, 1000);
    start(1000, 8);
    assert_string_equal(fake_call_path(0),
                        "organizations/23/departments/12/users?page=1&perPage=1000");
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 1);
    assert_int_equal(run.price, 1);
}

TEST(pager_reads_an_empty_list_with_one_call)
{
    fake_server_init(&server, 0, 1000);
    start(1000, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_reads_full_pages_of_a_known_total)
{
    fake_server_init(&server, 2500, 1000);
    start(1000, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3);
    assert_int_equal(run.price, 3);
    assert_int_equal(run.kept, 2500 + 1 + 2);
}

TEST(pager_gives_the_least_that_its_pages_say_of_their_age)
{
    fake_server_init(&server, 2500, 1000);
    start(1000, 8);
    fake_server_answer(&server, 0);
    fake_call_say(7, 60);
    fake_server_answer(&server, 0);
    fake_call_say(0, 50);
    fake_server_answer(&server, 0);
    assert_complete();
    assert_int_equal(run.freshness.age_s, 7);
    assert_int_equal(run.freshness.max_age_s, 50);
}

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
    assert_complete();
    assert_in_range(limit, 2500 / 64 + 3, 199);
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
    fake_server_answer(&server, 1);
    assert_progress(2, 3);
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_counts_the_second_look_among_its_pages)
{
    struct pager_progress progress = {.done = 0};
    fake_server_init(&server, 2400, 100);
    start(100, 1);
    while (!run.done) {
        uint64_t before = progress.done;
        progress = pager_progress(run.pager);
        assert_in_range(progress.done, before, before + 1);
        fake_server_answer(&server, 0);
    }
    assert_complete();
    assert_int_equal(progress.pages, 26);
    assert_int_equal(progress.done, 25);
    assert_int_equal(run.price, 26);
}

TEST(pager_asks_for_pages_that_overlap)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 2);
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=99"));
    assert_non_null(strstr(fake_call_path(1), "?page=3&perPage=98"));
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_keeps_no_more_in_flight_than_it_may)
{
    fake_server_init(&server, 1200, 100);
    start(100, 3);
    unsigned most = 0;
    while (fake_calls_waiting() > 0) {
        most = fake_calls_waiting() > most ? fake_calls_waiting() : most;
        fake_server_answer(&server, fake_calls_waiting() - 1);
    }
    assert_int_equal(most, 3);
    assert_complete();
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

/* Before the last page is read, nothing tells that those in the middle fit it. */
TEST(pager_decodes_the_last_of_many_pages_before_it_asks_for_those_in_the_middle)
{
    fake_server_init(&server, 4000, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_work_hold(true);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 0);
    while (fake_calls_waiting() == 0)
        assert_true(fake_work_step());
    assert_int_equal(fake_calls_waiting(), 8);
    fake_work_hold(false);
    pager_run_finish(&run);
}

/* Else a service that refuses their sizes would cost more calls. */
TEST(pager_decodes_a_page_that_overlaps_before_it_asks_ahead)
{
    fake_server_init(&server, 850, 100);
    start(100, 3);
    fake_server_answer(&server, 0);
    fake_work_hold(true);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 2);
    while (fake_calls_waiting() == 2)
        assert_true(fake_work_step());
    assert_int_equal(fake_calls_waiting(), 3);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 3);
    fake_work_hold(false);
    pager_run_finish(&run);
}

TEST(pager_asks_again_once_there_is_memory)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    fake_client_fail_next();
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_takes_pages_in_any_order)
{
    unsigned seed = 5;
    for (int round = 0; round < 200; round++) {
        fake_server_init(&server, 950, 100);
        start(100, 8);
        while (fake_calls_waiting() > 0)
            fake_server_answer(&server, (unsigned)rand_r(&seed) % fake_calls_waiting());
        assert_complete();
        pager_run_finish(&run);
    }
}

TEST(pager_sorts_by_id)
{
    fake_server_init(&server, 0, 100);
    for (uint64_t id = 250; id > 0; id--)
        fake_server_add(&server, server.count, id);
    start(100, 8);
    fake_server_answer_all(&server);
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 250);
    for (size_t i = 0; i < 250; i++)
        assert_int_equal(run.records[i]->id, i + 1);
}

/* -------- changes -------- */

TEST(pager_starts_over_when_someone_was_removed_between_pages)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_server_remove(&server, 4);
    fake_server_answer_all(&server);
    assert_complete();
    assert_true(fake_calls_made() > 3);
}

TEST(pager_starts_over_when_someone_else_came_for_who_went)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_server_remove(&server, 4);
    fake_server_add(&server, server.count, 999);
    fake_server_answer_all(&server);
    assert_complete();
    assert_true(fake_calls_made() > 3);
}

TEST(pager_gives_up_after_four_reads)
{
    fake_server_init(&server, 250, 100);
    start(100, 1);
    while (fake_calls_waiting() > 0) {
        if (!strstr(fake_call_path(0), "?page=1&"))
            fake_server_add(&server, server.count, 1000 + server.count);
        fake_server_answer(&server, 0);
    }
    assert_failed(-EBADMSG, "its pages did not fit together, 4 times: totalItems changed "
                            "between pages");
    assert_int_equal(fake_calls_made(), 8);
}

TEST(pager_refuses_an_id_that_is_there_twice)
{
    fake_server_init(&server, 3, 100);
    server.ids[2] = 1;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_failed(-EBADMSG, "its pages did not fit together, 4 times: ID 1 is there twice");
    assert_int_equal(fake_calls_made(), 4);
}

TEST(pager_looks_again_at_the_ends_of_many_pages)
{
    fake_server_init(&server, 4000, 100);
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 42);
}

TEST(pager_sees_at_a_second_look_that_many_pages_have_moved)
{
    fake_server_init(&server, 4000, 100);
    start(100, 8);
    for (int i = 0; i < 20; i++)
        fake_server_answer(&server, 0);
    fake_server_remove(&server, 0);
    fake_server_add(&server, server.count, 9999);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 84);
}

/* -------- services as they are -------- */

TEST(pager_follows_a_smaller_page_that_is_echoed)
{
    fake_server_init(&server, 120, 50);
    start(1000, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_follows_a_smaller_page_that_is_not_echoed)
{
    fake_server_init(&server, 1200, 500);
    server.silent = true;
    start(1000, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_asks_for_100_where_1000_is_refused_and_remembers)
{
    fake_server_init(&server, 150, 100);
    server.refuses = true;
    start(1000, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3);
    assert_int_equal(run.habits.per_page, 100);
}

TEST(pager_takes_a_400_for_what_it_is_when_it_asked_for_100)
{
    start(100, 8);
    fake_call_answer(0, 400, "");
    assert_failed(-EINVAL, "HTTP 400");
}

TEST(pager_does_without_overlap_where_page_sizes_are_rounded)
{
    fake_server_init(&server, 450, 100);
    server.step = 100;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_true(run.habits.no_overlap);
}

TEST(pager_does_without_overlap_where_page_sizes_are_rounded_down)
{
    fake_server_init(&server, 450, 100);
    server.step = 50;
    server.rounds_down = true;
    server.silent = true;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_true(run.habits.no_overlap);
}

TEST(pager_does_without_overlap_where_odd_page_sizes_are_refused)
{
    fake_server_init(&server, 450, 100);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_call_answer(0, 400, "");
    fake_server_answer_all(&server);
    assert_complete();
    assert_true(run.habits.no_overlap);
}

TEST(pager_learns_only_from_what_succeeded)
{
    fake_server_init(&server, 450, 100);
    start(1000, 8);
    fake_call_answer(0, 400, "");
    fake_server_answer(&server, 0);
    fake_call_answer(0, 400, "");
    fake_call_answer(0, 403, "");
    assert_failed(-EACCES, "HTTP 403");
    assert_int_equal(run.habits.per_page, 1000);
    assert_false(run.habits.no_overlap);
}

TEST(pager_reads_the_last_of_many_pages_before_those_in_the_middle)
{
    fake_server_init(&server, 4000, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    assert_non_null(strstr(fake_call_path(0), "?page=40&perPage=100"));
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 8);
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=100"));
}

TEST(pager_reads_on_where_totals_are_zero)
{
    fake_server_init(&server, 250, 100);
    server.no_totals = true;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3 + 3); /* each page twice */
}

TEST(pager_tells_what_a_list_costs_with_one_call)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    fake_server_answer_all(&server);
    assert_failed(-E2BIG, "more pages than were wanted");
    assert_int_equal(run.price, 3);
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_counts_the_second_look_as_part_of_the_price)
{
    fake_server_init(&server, 500, 10);
    start_limited(10, 40);
    fake_server_answer_all(&server);
    assert_failed(-E2BIG, "more pages than were wanted");
    assert_int_equal(run.price, 52);
    start(10, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(run.price, 52);
}

TEST(pager_reads_a_list_that_is_within_the_limit)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 3);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 3);
}

TEST(pager_reads_all_when_the_limit_is_lifted)
{
    fake_server_init(&server, 2500, 1000);
    start_limited(1000, 2);
    pager_unlimit(run.pager);
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_stops_at_the_limit_where_totals_are_zero)
{
    fake_server_init(&server, 1000, 100);
    server.no_totals = true;
    start_limited(100, 4);
    fake_server_answer_all(&server);
    assert_failed(-E2BIG, "more pages than were wanted");
    assert_int_equal(run.price, 6);
    assert_int_equal(fake_calls_made(), 2);
}

TEST(pager_ends_at_an_empty_page_where_totals_are_zero)
{
    fake_server_init(&server, 200, 100);
    server.no_totals = true;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_reads_the_sample_of_communities_with_one_call)
{
    pager_run_start(&run, ENDPOINT_COMMUNITIES, 1000, 8);
    assert_string_equal(fake_call_path(0), "micropanel/users/23/communities");
    fake_call_answer(0, 200,
                     "{\"response\":[{\"id\":1},{\"id\":2},{\"id\":3}],\"pagination\":"
                     "{\"perPage\":100,\"totalItems\":0,\"totalPages\":0}}");
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 3);
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_takes_everything_at_once_from_an_endpoint_that_ignores_page)
{
    fake_server_init(&server, 150, 1000);
    server.no_totals = true;
    server.ignores_query = true;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_complete();
    assert_int_equal(fake_calls_made(), 2);
    assert_int_equal(run.price, 2);
}

TEST(pager_refuses_an_endpoint_that_ignores_page_and_is_cut)
{
    fake_server_init(&server, 250, 100);
    server.no_totals = true;
    server.ignores_query = true;
    start(100, 8);
    fake_server_answer_all(&server);
    assert_failed(-EBADMSG,
                  "page 2 of 2: page 2 repeats page 1: what may be behind it can't be "
                  "asked for");
}

TEST(pager_looks_again_when_a_page_came_empty)
{
    fake_server_init(&server, 200, 100);
    server.no_totals = true;
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    fake_server_remove(&server, 0); /* page 3 is empty then, for the second time */
    fake_server_answer_all(&server);
    assert_complete();
}

TEST(pager_refuses_a_total_that_cannot_be_true)
{
    start(1, 8);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1}],\"pagination\":{\"perPage\":1,"
                     "\"totalItems\":9007199254740992}}");
    assert_failed(-EBADMSG, "totalItems is more than can be true");
}

/* -------- single records -------- */

TEST(pager_reads_the_record_that_was_asked_for)
{
    pager_run_start(&run, ENDPOINT_DEPARTMENT, 1000, 8);
    assert_string_equal(fake_call_path(0), "organizations/23/departments/12");
    fake_call_answer(0, 200, "{\"response\":{\"departmentID\":12}}");
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 1);
    assert_int_equal(run.records[0]->id, 12);
}

TEST(pager_refuses_another_record)
{
    pager_run_start(&run, ENDPOINT_DEPARTMENT, 1000, 8);
    fake_call_answer(0, 200, "{\"response\":{\"departmentID\":23}}");
    assert_failed(-EBADMSG, "HTTP 200, but: another record's ID");
}

/* -------- errors -------- */

TEST(pager_says_which_page_failed)
{
    fake_server_init(&server, 2400, 1000);
    start(1000, 8);
    fake_server_answer(&server, 0);
    fake_call_answer(1, 502, "{\"message\":\"Bad gateway\"}");
    assert_failed(-EIO, "page 3 of 3: HTTP 502: Bad gateway");
    assert_false(run.not_found);
}

TEST(pager_says_which_of_many_pages_failed)
{
    fake_server_init(&server, 4000, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    fake_call_answer(1, 429, "{\"id\":1013}");
    assert_failed(-EDQUOT, "page 3 of 40: HTTP 429, error 1013");
}

TEST(pager_says_that_it_was_a_404)
{
    start(100, 8);
    fake_call_answer(0, 404, "");
    assert_failed(-EIO, "HTTP 404");
    assert_true(run.not_found);
}

TEST(pager_refuses_a_page_that_is_cut)
{
    start(100, 8);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":1},");
    assert_failed(-EBADMSG, "HTTP 200, but: record 2: not JSON");
}

TEST(pager_fails_when_memory_is_out)
{
    fake_client_fail_next();
    pager_run_start(&run, ENDPOINT_USERS, 100, 8);
    assert_null(run.pager);
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_client_fail_next();
    fake_server_answer(&server, 0);
    assert_failed(-ENOMEM, "out of memory");
}

TEST(pager_can_be_ended_at_any_time)
{
    for (int answered = 0; answered < 42; answered++) {
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

static int set_up(void **state)
{
    (void)state;
    fake_client_reset();
    memset(&run, 0, sizeof run);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pager_run_finish(&run);
    return 0;
}

#define PAGER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_reads_one_page_with_one_call),
        PAGER_TEST(pager_reads_an_empty_list_with_one_call),
        PAGER_TEST(pager_reads_full_pages_of_a_known_total),
        PAGER_TEST(pager_gives_the_least_that_its_pages_say_of_their_age),
        PAGER_TEST(pager_decodes_and_merges_in_steps),
        PAGER_TEST(pager_tells_how_far_it_has_come),
        PAGER_TEST(pager_counts_the_second_look_among_its_pages),
        PAGER_TEST(pager_asks_for_pages_that_overlap),
        PAGER_TEST(pager_keeps_no_more_in_flight_than_it_may),
        PAGER_TEST(pager_asks_for_more_before_it_has_decoded),
        PAGER_TEST(pager_decodes_the_last_of_many_pages_before_it_asks_for_those_in_the_middle),
        PAGER_TEST(pager_decodes_a_page_that_overlaps_before_it_asks_ahead),
        PAGER_TEST(pager_asks_again_once_there_is_memory),
        PAGER_TEST(pager_takes_pages_in_any_order),
        PAGER_TEST(pager_sorts_by_id),
        PAGER_TEST(pager_starts_over_when_someone_was_removed_between_pages),
        PAGER_TEST(pager_starts_over_when_someone_else_came_for_who_went),
        PAGER_TEST(pager_gives_up_after_four_reads),
        PAGER_TEST(pager_refuses_an_id_that_is_there_twice),
        PAGER_TEST(pager_looks_again_at_the_ends_of_many_pages),
        PAGER_TEST(pager_sees_at_a_second_look_that_many_pages_have_moved),
        PAGER_TEST(pager_follows_a_smaller_page_that_is_echoed),
        PAGER_TEST(pager_follows_a_smaller_page_that_is_not_echoed),
        PAGER_TEST(pager_asks_for_100_where_1000_is_refused_and_remembers),
        PAGER_TEST(pager_takes_a_400_for_what_it_is_when_it_asked_for_100),
        PAGER_TEST(pager_does_without_overlap_where_page_sizes_are_rounded),
        PAGER_TEST(pager_does_without_overlap_where_page_sizes_are_rounded_down),
        PAGER_TEST(pager_does_without_overlap_where_odd_page_sizes_are_refused),
        PAGER_TEST(pager_learns_only_from_what_succeeded),
        PAGER_TEST(pager_reads_the_last_of_many_pages_before_those_in_the_middle),
        PAGER_TEST(pager_reads_on_where_totals_are_zero),
        PAGER_TEST(pager_tells_what_a_list_costs_with_one_call),
        PAGER_TEST(pager_counts_the_second_look_as_part_of_the_price),
        PAGER_TEST(pager_reads_a_list_that_is_within_the_limit),
        PAGER_TEST(pager_reads_all_when_the_limit_is_lifted),
        PAGER_TEST(pager_stops_at_the_limit_where_totals_are_zero),
        PAGER_TEST(pager_ends_at_an_empty_page_where_totals_are_zero),
        PAGER_TEST(pager_reads_the_sample_of_communities_with_one_call),
        PAGER_TEST(pager_takes_everything_at_once_from_an_endpoint_that_ignores_page),
        PAGER_TEST(pager_refuses_an_endpoint_that_ignores_page_and_is_cut),
        PAGER_TEST(pager_looks_again_when_a_page_came_empty),
        PAGER_TEST(pager_refuses_a_total_that_cannot_be_true),
        PAGER_TEST(pager_reads_the_record_that_was_asked_for),
        PAGER_TEST(pager_refuses_another_record),
        PAGER_TEST(pager_says_which_page_failed),
        PAGER_TEST(pager_says_which_of_many_pages_failed),
        PAGER_TEST(pager_says_that_it_was_a_404),
        PAGER_TEST(pager_refuses_a_page_that_is_cut),
        PAGER_TEST(pager_fails_when_memory_is_out),
        PAGER_TEST(pager_can_be_ended_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
