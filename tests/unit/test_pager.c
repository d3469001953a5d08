/* Tests the pager on accounts that hold still. */
#include "unit.h"

#include <errno.h>

#include "fake_client.h"
#include "fake_server.h"
#include "pager_run.h"

static struct fake_server server;
static struct pager_run run;

static void start(uint64_t per_page, unsigned parallel)
{
    pager_run_start(&run, ENDPOINT_USERS, per_page, parallel);
    assert_non_null(run.pager);
}

/* -------- what is asked for -------- */

TEST(pager_reads_one_page_with_one_call)
{
    fake_server_init(&server, 3, 1000);
    start(1000, 8);
    assert_string_equal(fake_call_path(0),
                        "organizations/23/departments/12/users?page=1&perPage=1000");
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 1);
    assert_int_equal(run.price, 1);
    assert_int_equal(run.pages, 1);
}

TEST(pager_reads_an_empty_list_with_one_call)
{
    fake_server_init(&server, 0, 1000);
    start(1000, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 1);
}

TEST(pager_asks_again_where_people_were_and_nobody_is)
{
    fake_server_init(&server, 0, 1000);
    pager_run_start_expecting(&run, ENDPOINT_USERS, 1000, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(run.done, 0);
    fake_server_answer(&server, 0);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.price, 2);
}

/* What a cache has may be what it had the first time. */
TEST(pager_asks_again_past_caches)
{
    fake_server_init(&server, 0, 1000);
    pager_run_start_expecting(&run, ENDPOINT_USERS, 1000, 8);
    assert_false(fake_call_is_anew(0));
    fake_server_answer(&server, 0);
    assert_true(fake_call_is_anew(0));
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

TEST(pager_believes_people_more_than_an_empty_answer)
{
    fake_server_init(&server, 0, 1000);
    pager_run_start_expecting(&run, ENDPOINT_USERS, 1000, 8);
    fake_server_answer(&server, 0);
    fake_server_add(&server, 0, 7);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.count, 1);
}

/* Until a service has kept to a size once, one window is tried. */
TEST(pager_asks_for_windows_that_overlap)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=99"));
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    assert_non_null(strstr(fake_call_path(0), "?page=3&perPage=98"));
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.price, 3);
    assert_int_equal(run.kept, 250 + 1 + 2);
}

TEST(pager_asks_for_all_windows_at_once_of_a_service_that_keeps_to_sizes)
{
    fake_server_init(&server, 850, 100);
    start(100, 8);
    fake_server_answer_all(&server);
    pager_run_again(&run);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

/* Its total may count this page alone. */
TEST(pager_looks_behind_a_page_that_is_just_full)
{
    fake_server_init(&server, 100, 100);
    start(100, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 2);
}

TEST(pager_reads_on_where_totals_are_zero)
{
    fake_server_init(&server, 250, 100);
    server.no_totals = true;
    start(100, 8);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(fake_calls_made(), 3);
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
    pager_run_assert_complete(&run, &server);
}

TEST(pager_takes_windows_in_any_order)
{
    unsigned seed = 5;
    for (int round = 0; round < 200; round++) {
        fake_server_init(&server, 950, 100);
        start(100, 8);
        while (fake_calls_waiting() > 0)
            fake_server_answer(&server, (unsigned)rand_r(&seed) % fake_calls_waiting());
        pager_run_assert_complete(&run, &server);
        pager_run_finish(&run);
    }
}

/* The list of the last time. */
static struct record *past[12];
static size_t past_count;

static struct record *beside(void *data, uint64_t id, bool below, size_t *hint)
{
    (void)hint;
    assert_ptr_equal(data, &run);
    assert_false(below);
    for (size_t i = 0; i < past_count; i++) {
        if (past[i]->id > id)
            return past[i];
    }
    return NULL;
}

/* All but the first of each window. */
TEST(pager_uses_again_what_it_is_told_of)
{
    fake_server_init(&server, LENGTH(past), 5);
    start(5, 2);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    past_count = run.count;
    for (size_t i = 0; i < past_count; i++)
        past[i] = record_ref(run.records[i]);
    run.options.beside = beside;
    pager_run_again(&run);
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
    size_t again = 0;
    for (size_t i = 0; i < past_count; i++)
        again += run.records[i] == past[i];
    assert_int_equal(again, past_count - run.pages);
    for (size_t i = 0; i < past_count; i++)
        record_unref(past[i]);
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

TEST(pager_gives_the_least_that_its_windows_say_of_their_age)
{
    fake_server_init(&server, 2500, 1000);
    start(1000, 8);
    fake_server_answer(&server, 0);
    fake_call_say(7, 60);
    fake_server_answer(&server, 0);
    fake_call_say(0, 50);
    fake_server_answer(&server, 0);
    pager_run_assert_complete(&run, &server);
    assert_int_equal(run.freshness.age_s, 7);
    assert_int_equal(run.freshness.max_age_s, 50);
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
    pager_run_assert_failed(&run, -EBADMSG, "HTTP 200, but: another record's ID");
}

/* -------- errors -------- */

TEST(pager_says_which_page_failed)
{
    fake_server_init(&server, 250, 100);
    start(100, 8);
    fake_server_answer(&server, 0);
    fake_call_answer(0, 502, "{\"message\":\"Bad gateway\"}");
    pager_run_assert_failed(&run, -EIO, "page=2&perPage=99: HTTP 502: Bad gateway");
    assert_int_equal(run.status, 502);
}

TEST(pager_says_that_it_was_a_404)
{
    start(100, 8);
    fake_call_answer(0, 404, "");
    pager_run_assert_failed(&run, -EIO, "HTTP 404");
    assert_int_equal(run.status, 404);
}

TEST(pager_refuses_a_page_that_is_not_json)
{
    start(100, 8);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":1},}");
    pager_run_assert_failed(&run, -EBADMSG,
                            "HTTP 200, but: record 2: not JSON: a value was expected");
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
    pager_run_assert_failed(&run, -ENOMEM, "out of memory");
}

/* As long as another call is under way, it can wait for memory. */
TEST(pager_asks_again_once_there_is_memory)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    fake_client_fail_next();
    fake_server_answer_all(&server);
    pager_run_assert_complete(&run, &server);
}

#define PAGER_TEST(name)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(name, pager_run_set_up, pager_run_tear_down, &run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_reads_one_page_with_one_call),
        PAGER_TEST(pager_reads_an_empty_list_with_one_call),
        PAGER_TEST(pager_asks_again_where_people_were_and_nobody_is),
        PAGER_TEST(pager_asks_again_past_caches),
        PAGER_TEST(pager_believes_people_more_than_an_empty_answer),
        PAGER_TEST(pager_asks_for_windows_that_overlap),
        PAGER_TEST(pager_asks_for_all_windows_at_once_of_a_service_that_keeps_to_sizes),
        PAGER_TEST(pager_looks_behind_a_page_that_is_just_full),
        PAGER_TEST(pager_reads_on_where_totals_are_zero),
        PAGER_TEST(pager_keeps_no_more_in_flight_than_it_may),
        PAGER_TEST(pager_takes_windows_in_any_order),
        PAGER_TEST(pager_uses_again_what_it_is_told_of),
        PAGER_TEST(pager_sorts_by_id),
        PAGER_TEST(pager_gives_the_least_that_its_windows_say_of_their_age),
        PAGER_TEST(pager_reads_the_sample_of_communities_with_one_call),
        PAGER_TEST(pager_reads_the_record_that_was_asked_for),
        PAGER_TEST(pager_refuses_another_record),
        PAGER_TEST(pager_says_which_page_failed),
        PAGER_TEST(pager_says_that_it_was_a_404),
        PAGER_TEST(pager_refuses_a_page_that_is_not_json),
        PAGER_TEST(pager_fails_when_memory_is_out),
        PAGER_TEST(pager_asks_again_once_there_is_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
