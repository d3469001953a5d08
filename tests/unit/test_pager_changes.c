/* Tests the pager on accounts that change while it reads, and on answers that can't be true. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

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

static bool brought(uint64_t id)
{
    for (size_t i = 0; i < run.count; i++) {
        if (run.records[i]->id == id)
            return true;
    }
    return false;
}

/* That it brought everybody who is there now, and was when it began: IDs up to LAST. */
static void assert_nobody_is_missing(uint64_t last)
{
    assert_string_equal(run.why, "");
    assert_int_equal(run.error, 0);
    for (size_t i = 0; i < server.count; i++)
        assert_true(server.ids[i] > last || brought(server.ids[i]));
    for (size_t i = 1; i < run.count; i++)
        assert_true(run.records[i - 1]->id < run.records[i]->id);
}

/* -------- moves -------- */

TEST(pager_bridges_a_break_and_starts_nothing_over)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    for (int i = 0; i < 3; i++)
        fake_server_answer(&server, 0);
    fake_server_remove(&server, 4);
    while (fake_calls_waiting() > 0) {
        assert_null(strstr(fake_call_path(0), "page=1&"));
        fake_server_answer(&server, 0);
    }
    assert_nobody_is_missing(850);
    assert_between(fake_calls_made(), 10, 11);
}

/* So many go that the next window begins behind the end of the one before. The total stays what
 * it was. */
TEST(pager_misses_nobody_when_others_came_for_those_who_went)
{
    for (unsigned answered = 1; answered < 9; answered++) {
        fake_server_init(&server, 850, 100);
        start(100, 1);
        for (unsigned i = 0; i < answered; i++)
            fake_server_answer(&server, 0);
        for (unsigned i = 0; i <= answered; i++) {
            fake_server_remove(&server, 4);
            fake_server_add(&server, server.count, 990 + i);
        }
        fake_server_answer_all(&server);
        assert_nobody_is_missing(850);
        assert_between(fake_calls_made(), 11, 12);
        pager_run_finish(&run);
        fake_client_reset();
    }
}

TEST(pager_reads_on_when_somebody_came_at_the_end)
{
    fake_server_init(&server, 198, 100);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_server_add(&server, server.count, 999);
    fake_server_answer_all(&server);
    assert_nobody_is_missing(198);
    assert_true(brought(999));
}

/* A cache may have all pages and bridges of two moments, and none of them fit. */
TEST(pager_asks_past_caches_from_the_second_bridge_on)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    for (unsigned broken = 0; fake_calls_waiting() > 0; broken++) {
        assert_int_equal(fake_call_is_anew(0), broken > 2);
        for (int i = 0; i < 60; i++)
            fake_server_move(&server, 0, server.count - 1);
        fake_server_answer(&server, 0);
    }
    assert_int_equal(run.error, -EBADMSG);
}

TEST(pager_gives_a_list_up_that_is_in_another_order_each_time)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    while (fake_calls_waiting() > 0) {
        for (int i = 0; i < 60; i++)
            fake_server_move(&server, 0, server.count - 1);
        fake_server_answer(&server, 0);
    }
    pager_run_assert_failed(
        &run, -EBADMSG,
        "it changes faster than it can be read, or its order does: too many of its "
        "pages did not fit together");
    assert_between(fake_calls_made(), 10, 2 * 9 + 10);
}

/* A list in order of names, which the pager can't see. Somebody is renamed after page 1, and so
 * moves from a window that was not read to one that was. */
static void start_with_a_rename(void)
{
    fake_server_init(&server, 150, 100);
    for (size_t i = 0; i + 1 < 150; i += 2)
        fake_server_move(&server, i, i + 1);
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_server_move(&server, 120, 10);
    fake_server_answer(&server, 0);
}

#define NOBODY "{\"response\":[],\"pagination\":{\"totalItems\":0}}"

TEST(pager_reads_a_list_again_whose_total_says_that_somebody_is_missing)
{
    start_with_a_rename();
    assert_int_equal(run.done, 0);
    assert_non_null(strstr(fake_call_path(0), "page=1&"));
    assert_true(fake_call_is_anew(0));
    fake_server_answer_all(&server);
    assert_nobody_is_missing(150);
    assert_int_equal(run.count, 150);
    assert_int_equal(run.price, 4);
}

/* Windows 2 and 3 share somebody who stands there twice, and who is no sign of another one. */
TEST(pager_counts_once_who_stands_twice_where_two_windows_overlap)
{
    fake_server_init(&server, 450, 100);
    fake_server_add(&server, 197, server.ids[196]);
    start(100, 1);
    for (int i = 0; i < 3; i++)
        fake_server_answer(&server, 0);
    fake_server_move(&server, 420, 10);
    fake_server_answer_all(&server);
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 450);
}

/* It stood twice on a page 1 that was short, and so was read again. That page is none of the
 * list. */
TEST(pager_counts_nobody_who_stood_twice_on_a_page_that_was_read_again)
{
    fake_server_init(&server, 450, 100);
    start(100, 1);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":1}],"
                     "\"pagination\":{\"perPage\":100,\"totalItems\":450}}");
    fake_server_answer(&server, 0);
    fake_server_move(&server, 420, 10);
    while (run.done == 0 && !strstr(fake_call_path(0), "page=1&"))
        fake_server_answer(&server, 0);
    assert_int_equal(run.done, 0);
    fake_server_answer_all(&server);
    assert_nobody_is_missing(450);
    assert_int_equal(run.count, 450);
}

TEST(pager_asks_again_where_a_page_1_that_fits_nothing_is_empty_then)
{
    fake_server_init(&server, 850, 100);
    server.no_totals = true;
    pager_run_start_expecting(&run, ENDPOINT_USERS, 100, 1);
    fake_call_answer(0, 200, NOBODY); /* and so it was at first */
    fake_server_answer(&server, 0);
    while (!strstr(fake_call_path(0), "page=1&")) {
        for (int i = 0; i < 60; i++)
            fake_server_move(&server, 0, server.count - 1);
        fake_server_answer(&server, 0);
        assert_int_equal(fake_calls_waiting(), 1);
    }
    fake_call_answer(0, 200, NOBODY);
    fake_server_answer_all(&server);
    assert_nobody_is_missing(850);
    assert_int_equal(run.count, 850);
}

/* It had been read once more already, for it was short. */
TEST(pager_asks_again_where_a_page_1_that_was_short_is_empty_then)
{
    fake_server_init(&server, 450, 50);
    server.silent = true;
    start(100, 1);
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    fake_call_answer(0, 200, NOBODY);
    fake_server_answer_all(&server);
    assert_nobody_is_missing(450);
    assert_int_equal(run.count, 450);
}

TEST(pager_asks_again_where_a_list_that_is_read_again_is_empty)
{
    start_with_a_rename();
    fake_call_answer(0, 200, NOBODY);
    fake_server_answer_all(&server);
    assert_nobody_is_missing(150);
    assert_int_equal(run.count, 150);
}

TEST(pager_refuses_a_list_that_lacks_somebody_twice)
{
    start_with_a_rename();
    fake_server_answer(&server, 0);
    fake_server_move(&server, 120, 10);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -EBADMSG,
                            "fewer came than totalItems says, or its order changed");
}

static const char *text_of(uint64_t id)
{
    static char text[256];
    for (size_t i = 0; i < run.count; i++) {
        if (run.records[i]->id == id)
            snprintf(text, sizeof text, "%.*s", (int)run.records[i]->size,
                     run.records[i]->bytes);
    }
    return text;
}

#define PAGINATION(size, total)                                                                \
    "\"pagination\":{\"perPage\":" #size ",\"totalItems\":" #total "}}"

TEST(pager_takes_what_was_asked_for_later_of_a_person_in_two_windows)
{
    start(3, 1);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1},{\"userID\":2},"
                     "{\"userID\":3,\"name\":\"old\"}]," PAGINATION(3, 4));
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=2"));
    fake_call_answer(
        0, 200,
        "{\"response\":[{\"userID\":3,\"name\":\"new\"},{\"userID\":4}]," PAGINATION(2, 4));
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":4}]," PAGINATION(3, 4));
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 4);
    assert_non_null(strstr(text_of(3), "new"));
}

/* -------- totals and hints -------- */

TEST(pager_refuses_totals_that_are_wrong)
{
    static const struct {
        size_t count;
        int off;
        const char *why;
    } rows[] = {
        {3, 2, "totalItems promises more than the service gives"},
        {250, 20, "totalItems promises more than the service gives"},
        {250, -130, "there are more than totalItems says"},
        {3, -1, "there are more than totalItems says"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        fake_server_init(&server, rows[i].count, 100);
        server.total_off = rows[i].off;
        start(100, 2);
        fake_server_answer_all(&server);
        pager_run_assert_failed(&run, -EBADMSG, rows[i].why);
    }
}

TEST(pager_refuses_a_total_that_can_not_be_true)
{
    for (unsigned size = 1; size <= 100; size *= 100) {
        fake_server_init(&server, size, size);
        server.total_off = 9007199254740000;
        start(size, 8);
        fake_server_answer_all(&server);
        pager_run_assert_failed(&run, -EBADMSG, "totalItems is more than can be true");
        assert_between(fake_calls_made(), 1, 3);
    }
}

TEST(pager_refuses_an_empty_page_that_says_that_there_are_people)
{
    static const char body[] = "{\"response\":[]," PAGINATION(100, 5);
    start(100, 8);
    fake_call_answer(0, 200, body);
    fake_call_answer(0, 200, body);
    pager_run_assert_failed(&run, -EBADMSG,
                            "page 1 is empty, and the service says that there is more");
}

TEST(pager_refuses_an_empty_page_that_says_nothing)
{
    start(100, 8);
    fake_call_answer(0, 200, "{\"response\":[]}");
    pager_run_assert_failed(&run, -EBADMSG,
                            "an empty list that does not say that there is nobody");
}

/* A page 1 that is short by chance is read once more before its size is believed. */
TEST(pager_doubts_a_page_that_is_short_of_many)
{
    fake_server_init(&server, 850, 100);
    start(100, 1);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1},{\"userID\":2}]," PAGINATION(100, 850));
    assert_non_null(strstr(fake_call_path(0), "?page=1&perPage=100"));
    fake_server_answer_all(&server);
    assert_nobody_is_missing(850);
    assert_int_equal(fake_calls_made(), 11);
}

#define LINKED(size, next)                                                                     \
    "\"pagination\":{\"perPage\":" #size ",\"totalItems\":3,\"links\":{\"next\":"              \
    "\"https://x/y?page=" #next "\"}}}"

TEST(pager_looks_where_a_link_leads_and_believes_what_it_finds)
{
    start(100, 8);
    fake_call_answer(
        0, 200, "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":3}]," LINKED(100, 2));
    assert_int_equal(fake_calls_waiting(), 1);
    assert_non_null(strstr(fake_call_path(0), "?page=2&perPage=2"));
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":3}]," LINKED(2, 3));
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 3);
    assert_int_equal(fake_calls_made(), 2);
}

/* -------- answers of something else -------- */

#define OF(department, id)                                                                     \
    "{\"userID\":" #id ",\"organizationID\":23,\"departmentID\":" #department "}"

TEST(pager_refuses_another_list_and_renews_connections)
{
    start(100, 8);
    fake_call_answer(0, 200, "{\"response\":[" OF(13, 1) "," OF(13, 2) "]," PAGINATION(100, 2));
    pager_run_assert_failed(&run, -EBADMSG,
                            "HTTP 200, but: all its records are of another list");
    assert_int_equal(fake_connections_renewed(), 1);
}

/* A service may file somebody elsewhere than it lists them. */
TEST(pager_takes_a_list_in_which_somebody_names_another)
{
    static const char *const rows[] = {OF(12, 1) "," OF(13, 2), OF(13, 1) "," OF(12, 2),
                                       OF(13, 1) "," OF(14, 2),
                                       "{\"userID\":1},{\"userID\":2}"};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char body[512];
        snprintf(body, sizeof body, "{\"response\":[%s]," PAGINATION(100, 2), rows[i]);
        start(100, 8);
        fake_call_answer(0, 200, body);
        assert_row(rows[i], run.error == 0 && run.count == 2);
        pager_run_finish(&run);
    }
    assert_int_equal(fake_connections_renewed(), 0);
}

TEST(pager_refuses_a_page_1_that_says_that_it_is_another)
{
    start(100, 8);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1}],\"pagination\":{\"totalItems\":1,"
                     "\"currentPage\":2}}");
    pager_run_assert_failed(&run, -EBADMSG,
                            "HTTP 200, but: it says that it is another page than page 1");
}

/* A total of page 1 would show that people are missing. */
TEST(pager_counts_a_page_for_nothing_that_says_that_it_is_another)
{
    fake_server_init(&server, 250, 100);
    server.no_totals = true;
    start(100, 1);
    fake_server_answer(&server, 0);
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":100}],\"pagination\":{\"perPage\":99,"
                     "\"totalItems\":100,\"currentPage\":7}}");
    fake_server_answer_all(&server);
    assert_nobody_is_missing(250);
}

TEST(pager_takes_somebody_once_who_is_on_a_page_twice)
{
    start(100, 8);
    fake_call_answer(
        0, 200,
        "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":1}]," PAGINATION(100, 2));
    assert_int_equal(run.error, 0);
    assert_int_equal(run.count, 2);
}

TEST(pager_refuses_somebody_who_is_on_a_page_twice_with_other_values)
{
    start(100, 8);
    fake_call_answer(
        0, 200,
        "{\"response\":[{\"userID\":1},{\"userID\":2},{\"userID\":1,\"a\":1}]," PAGINATION(100,
                                                                                           2));
    pager_run_assert_failed(&run, -EBADMSG,
                            "HTTP 200, but: somebody is on the page twice, with other values");
}

#define PAGER_TEST(name)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(name, pager_run_set_up, pager_run_tear_down, &run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_bridges_a_break_and_starts_nothing_over),
        PAGER_TEST(pager_misses_nobody_when_others_came_for_those_who_went),
        PAGER_TEST(pager_reads_on_when_somebody_came_at_the_end),
        PAGER_TEST(pager_gives_a_list_up_that_is_in_another_order_each_time),
        PAGER_TEST(pager_asks_past_caches_from_the_second_bridge_on),
        PAGER_TEST(pager_reads_a_list_again_whose_total_says_that_somebody_is_missing),
        PAGER_TEST(pager_counts_once_who_stands_twice_where_two_windows_overlap),
        PAGER_TEST(pager_counts_nobody_who_stood_twice_on_a_page_that_was_read_again),
        PAGER_TEST(pager_asks_again_where_a_page_1_that_fits_nothing_is_empty_then),
        PAGER_TEST(pager_asks_again_where_a_page_1_that_was_short_is_empty_then),
        PAGER_TEST(pager_asks_again_where_a_list_that_is_read_again_is_empty),
        PAGER_TEST(pager_refuses_a_list_that_lacks_somebody_twice),
        PAGER_TEST(pager_takes_what_was_asked_for_later_of_a_person_in_two_windows),
        PAGER_TEST(pager_refuses_totals_that_are_wrong),
        PAGER_TEST(pager_refuses_a_total_that_can_not_be_true),
        PAGER_TEST(pager_refuses_an_empty_page_that_says_that_there_are_people),
        PAGER_TEST(pager_refuses_an_empty_page_that_says_nothing),
        PAGER_TEST(pager_doubts_a_page_that_is_short_of_many),
        PAGER_TEST(pager_looks_where_a_link_leads_and_believes_what_it_finds),
        PAGER_TEST(pager_refuses_another_list_and_renews_connections),
        PAGER_TEST(pager_takes_a_list_in_which_somebody_names_another),
        PAGER_TEST(pager_refuses_a_page_1_that_says_that_it_is_another),
        PAGER_TEST(pager_counts_a_page_for_nothing_that_says_that_it_is_another),
        PAGER_TEST(pager_takes_somebody_once_who_is_on_a_page_twice),
        PAGER_TEST(pager_refuses_somebody_who_is_on_a_page_twice_with_other_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
