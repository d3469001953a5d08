/* Tests what the pager takes for the end of a list whose total is not known. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_client.h"
#include "fake_server.h"
#include "pager_run.h"

static struct fake_server server;
static struct pager_run run;

/* A list of COUNT people, on pages of PER_PAGE. */
static void prepare(size_t count, uint64_t per_page)
{
    fake_server_init(&server, count, per_page);
    server.no_totals = true;
}

static void start(void)
{
    pager_run_start(&run, ENDPOINT_USERS, server.clamp, 1);
    assert_non_null(run.pager);
}

/* Answers all that is asked for, and returns what came of it. */
static int outcome(void)
{
    fake_server_answer_all(&server);
    assert_int_equal(run.done, 1);
    return run.error;
}

static void assert_complete(void)
{
    assert_int_equal(outcome(), 0);
    pager_run_assert_complete(&run, &server);
}

/* The same list is read once more, with what was learnt. */
static void assert_complete_again(void)
{
    pager_run_again(&run);
    assert_complete();
}

/* Answers the next call with the people at places FROM to END, and PAGINATION. */
static void answer_with_pagination(size_t from, size_t end, const char *pagination)
{
    char *body = fake_allocate(128 + (end - from) * 32), *at = body;
    at += sprintf(at, "{\"response\":[");
    for (size_t i = from; i < end; i++)
        at += sprintf(at, "{\"userID\":%llu}%s", (unsigned long long)server.ids[i],
                      i + 1 < end ? "," : "");
    sprintf(at, "],\"pagination\":{%s}}", pagination);
    fake_call_answer(0, 200, body);
    free(body);
}

/* The same with TOTAL. */
static void answer_with(size_t from, size_t end, unsigned long long total)
{
    char pagination[64];
    snprintf(pagination, sizeof pagination, "\"totalItems\":%llu", total);
    answer_with_pagination(from, end, pagination);
}

/* -------- pages that are cut -------- */

/* The first two windows of 3,500 people are there, and 1,998 of these. */
static void start_with_two_windows(void)
{
    prepare(3500, 1000);
    start();
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    assert_non_null(strstr(fake_call_path(0), "?page=3&perPage=998"));
}

/* Two back ends share an address, and one gives 500 a page at most. So page 3 holds 1,001 to
 * 1,500. */
TEST(pager_does_not_end_within_what_it_has)
{
    for (int silent = 0; silent < 2; silent++) {
        unsigned made = fake_calls_made();
        start_with_two_windows();
        server.silent = silent;
        server.clamp = 500;
        fake_server_answer(&server, 0);
        server.clamp = 1000;
        assert_complete();
        assert_int_equal(fake_calls_made() - made, 5);
        pager_run_finish(&run);
    }
}

/* Page 3 of 936 is the same to this back end. */
TEST(pager_does_not_end_within_what_it_has_where_a_page_comes_twice)
{
    start_with_two_windows();
    server.silent = true;
    server.clamp = 500;
    fake_server_answer(&server, 0);
    assert_non_null(strstr(fake_call_path(0), "?page=3&perPage=936"));
    fake_server_answer(&server, 0);
    server.clamp = 1000;
    assert_complete();
}

TEST(pager_does_not_end_at_a_page_that_fills_the_smaller_size_that_it_names)
{
    start_with_two_windows();
    answer_with_pagination(1996, 2496, "\"perPage\":500");
    assert_complete();
}

/* Page 2 is cut whenever it is asked for. */
TEST(pager_does_not_end_at_a_page_that_is_cut_and_says_that_there_are_more)
{
    for (int links = 0; links < 2; links++) {
        prepare(3500, 1000);
        server.links = links;
        server.counted = links ? 0 : 1000;
        server.cut = 300;
        start();
        assert_int_equal(outcome(), -EBADMSG);
        pager_run_finish(&run);
    }
}

/* The page behind the last one has a link, too. Two windows that begin at two places end at
 * one, and two pages behind them hold nobody. */
TEST(pager_believes_two_windows_that_end_at_one_place_against_a_link)
{
    static const struct {
        size_t count, per_page;
        unsigned calls;
    } rows[] = {{3, 100, 4}, {21, 20, 5}, {250, 100, 6}, {100, 100, 5}, {5, 100, 5}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        unsigned made = fake_calls_made();
        prepare(rows[i].count, rows[i].per_page);
        server.links_always = true;
        start();
        assert_complete();
        assert_int_equal(fake_calls_made() - made, rows[i].calls);
        pager_run_finish(&run);
    }
}

/* Window 3 lies elsewhere. Where it was asked for, it would be the end. Somebody has left, so
 * the totals differ, and prove nothing later. */
TEST(pager_believes_no_end_of_a_page_whose_total_promises_more)
{
    fake_server_init(&server, 240, 100);
    start();
    fake_server_answer(&server, 0);
    fake_server_remove(&server, server.count - 1);
    fake_server_answer(&server, 0);
    assert_non_null(strstr(fake_call_path(0), "?page=3&perPage=98"));
    answer_with(155, 198, 239);
    assert_complete();
}

/* It does not fit, and so a bridge is asked for, which begins near the break. */
TEST(pager_seeks_a_bridge_near_the_break_whatever_a_total_says)
{
    fake_server_init(&server, 250, 100);
    start();
    fake_server_answer(&server, 0);
    answer_with(220, 222, 100000000);
    assert_int_equal(fake_calls_waiting(), 1);
    assert_true(strtoul(strstr(fake_call_path(0), "?page=") + 6, NULL, 10) < 100);
    assert_complete();
}

/* -------- links that are true -------- */

/* Each page has a link. Two windows ended at one place, and a page behind them is asked for. */
static void start_with_a_page_behind_the_end(void)
{
    prepare(21, 20);
    server.links_always = true;
    start();
    for (int i = 0; i < 3; i++)
        fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
}

/* A service leaves people out after it has cut the list into pages. */
TEST(pager_looks_behind_two_windows_that_end_at_one_place_where_a_link_leads)
{
    start_with_a_page_behind_the_end();
    fake_server_answer(&server, 0);
    assert_int_equal(fake_calls_waiting(), 1);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":999}]}");
    assert_int_equal(outcome(), -EBADMSG);
    assert_string_equal(run.why,
                        "a link leads to more people behind pages that hold nobody new");
}

TEST(pager_does_not_end_at_an_empty_page_2_that_counts_more)
{
    prepare(2, 100);
    start();
    fake_call_answer(0, 200,
                     "{\"response\":[{\"userID\":1},{\"userID\":2}],"
                     "\"pagination\":{\"links\":{\"next\":\"https://h/x?page=2\"}}}");
    fake_call_answer(0, 200, "{\"response\":[],\"pagination\":{\"totalItems\":15}}");
    assert_int_equal(outcome(), -EBADMSG);
    assert_string_equal(run.why, "page 2 holds nobody, and counts more than page 1 holds");
}

/* Each page has a link, those behind the end, too. The next list believes none. */
TEST(pager_learns_that_links_lie)
{
    unsigned made = fake_calls_made();
    prepare(21, 20);
    server.links_always = true;
    start();
    assert_int_equal(outcome(), 0);
    assert_int_equal(fake_calls_made() - made, 5);
    assert_complete_again();
    assert_int_equal(fake_calls_made() - made, 8);
}

/* Somebody moves, and stands on two pages. */
TEST(pager_remembers_that_links_lie_when_it_begins_again)
{
    prepare(250, 100);
    server.links_always = true;
    start();
    assert_int_equal(outcome(), 0);
    unsigned made = fake_calls_made();
    pager_run_again(&run);
    fake_server_answer(&server, 0);
    fake_server_move(&server, 30, 180);
    assert_int_equal(outcome(), 0);
    assert_int_equal(run.count, 250);
    assert_int_equal(fake_calls_made() - made, 9);
}

/* A page behind the end may be refused. */
TEST(pager_ends_where_the_page_to_which_a_link_leads_is_refused)
{
    for (long status = 400; status <= 404; status += 4) {
        start_with_a_page_behind_the_end();
        fake_call_answer(0, status, "");
        assert_int_equal(fake_calls_waiting(), 0);
        assert_complete();
        pager_run_finish(&run);
    }
}

/* Pages of one or two people can't overlap, and page 2 is the one behind the end. */
TEST(pager_ends_where_page_2_of_a_few_to_which_a_link_leads_is_refused)
{
    for (long status = 400; status <= 404; status += 4) {
        for (size_t count = 1; count <= 2; count++) {
            prepare(count, 100);
            server.links_always = true;
            start();
            fake_server_answer(&server, 0);
            fake_call_answer(0, status, "");
            assert_int_equal(fake_calls_waiting(), 0);
            pager_run_assert_complete(&run, &server);
            pager_run_finish(&run);
        }
    }
}

/* It shows its last page once more behind the end. */
TEST(pager_ends_where_a_link_leads_to_those_who_are_known)
{
    start_with_a_page_behind_the_end();
    answer_with(20, 21, 0);
    assert_complete();
}

/* Somebody has come there meanwhile. Of another page nobody knows where it stands. */
TEST(pager_ends_where_a_link_leads_to_the_last_page_though_somebody_has_come)
{
    static const char form[] = "{\"response\":[{\"userID\":20},{\"userID\":21},"
                               "{\"userID\":22}],\"pagination\":{\"currentPage\":%d}}";
    for (int page = 2; page <= 3; page++) {
        char body[sizeof form];
        prepare(21, 20);
        server.links_always = true;
        start();
        for (int i = 0; i < 3; i++)
            fake_server_answer(&server, 0);
        assert_non_null(strstr(fake_call_path(0), "?page=3&"));
        sprintf(body, form, page);
        fake_call_answer(0, 200, body);
        assert_int_equal(run.error, page == 2 ? 0 : -EBADMSG);
        if (page == 2)
            pager_run_assert_complete(&run, &server);
        pager_run_finish(&run);
    }
}

/* A service that has few sizes has no second window there. */
TEST(pager_believes_a_window_that_comes_twice_against_a_link)
{
    prepare(250, 100);
    server.links_always = server.rounds_down = server.silent = true;
    server.step = 25;
    start();
    assert_int_equal(outcome(), 0);
    server.count = 100;
    assert_complete_again();
}

/* A service that shows the first 150 people alone looks so. */
TEST(pager_believes_no_two_windows_against_a_number_of_pages)
{
    prepare(150, 100);
    server.counted = 30;
    start();
    assert_int_equal(outcome(), -EBADMSG);
}

/* The last three go, and so window 3 is empty. */
TEST(pager_ends_where_the_last_ones_have_gone)
{
    prepare(199, 100);
    start();
    fake_server_answer(&server, 0);
    fake_server_answer(&server, 0);
    for (unsigned i = 0; i < 3; i++)
        fake_server_remove(&server, server.count - 1);
    assert_complete();
}

/* Page 1 is read again, for it holds fewer than its total says. Then it has 33, and no total.
 */
TEST(pager_does_not_forget_a_total_that_page_1_gave)
{
    static const char first[] =
        "{\"response\":[{\"userID\":1}],\"pagination\":{\"totalItems\":100}}";
    for (size_t count = 33; count <= 100; count += 67) {
        prepare(count, 33);
        server.silent = true;
        pager_run_start(&run, ENDPOINT_USERS, 1000, 1);
        fake_call_answer(0, 200, first);
        assert_complete();
        pager_run_finish(&run);
    }
}

/* Another machine, which has fewer people and gives no totals, answers the next call. */
static void answer_by_another(size_t its_count)
{
    size_t count = server.count;
    server.count = its_count;
    server.no_totals = server.links_always = true;
    fake_server_answer(&server, 0);
    server.no_totals = server.links_always = false;
    server.count = count;
}

/* Page 1 and window 3 hold 2,010 people. Another machine has 1,500 of them, and answers for
 * window 2 and for the bridge behind it. */
TEST(pager_believes_two_windows_that_end_at_one_place_only_behind_all_others)
{
    fake_server_init(&server, 2010, 1000);
    start();
    fake_server_answer(&server, 0);
    answer_by_another(1500);
    fake_server_answer(&server, 0);
    answer_by_another(1500);
    assert_complete();
}

/* Another machine answers for all windows but page 1, or for page 1, too, when it is asked for
 * again. */
TEST(pager_does_not_believe_windows_that_have_far_fewer_than_page_1_says)
{
    for (int round = 0; round < 4; round++) {
        bool again = round % 2, totals = round / 2;
        fake_server_init(&server, 5000, 1000);
        start();
        for (int firsts = 0; fake_calls_waiting() > 0;) {
            bool is_first = strstr(fake_call_path(0), "?page=1&") != NULL;
            firsts += is_first;
            bool other = !is_first || (again && firsts > 1);
            server.no_totals = other && !totals;
            server.count = other ? 1500 : 5000;
            fake_server_answer(&server, 0);
        }
        assert_int_equal(run.error, again ? 0 : -EBADMSG);
        assert_true(!again || run.count == 1500);
        pager_run_finish(&run);
    }
}

/* One page is cut, and says nothing. */
TEST(pager_does_not_end_before_the_total_that_page_1_gave)
{
    fake_server_init(&server, 1900, 1000);
    server.silent = true;
    start();
    fake_server_answer(&server, 0);
    server.no_totals = true;
    server.cut = 501;
    fake_server_answer(&server, 0);
    server.no_totals = false;
    server.cut = 0;
    assert_complete();
}

/* -------- pages of one size -------- */

/* Whatever is asked for, pages have 100. */
static void prepare_one_size(size_t count)
{
    prepare(count, 100);
    server.step = 100;
}

TEST(pager_takes_no_page_of_one_size_for_the_last_that_says_that_there_are_more)
{
    for (int links = 0; links < 2; links++) {
        prepare_one_size(350);
        server.links = links;
        server.counted = links ? 0 : 100;
        server.cut = 30;
        start();
        assert_int_equal(outcome(), -EBADMSG);
        pager_run_finish(&run);
    }
}

/* Another size may be another page. */
TEST(pager_asks_for_page_1_a_second_time_as_it_did_before)
{
    prepare_one_size(150);
    pager_run_start(&run, ENDPOINT_USERS, 1000, 1);
    unsigned firsts = 0;
    while (fake_calls_waiting() > 0) {
        const char *path = fake_call_path(0);
        firsts += strstr(path, "?page=1&") != NULL;
        assert_true(!strstr(path, "?page=1&") || strstr(path, "?page=1&perPage=1000"));
        fake_server_answer(&server, 0);
    }
    assert_int_equal(firsts, 2);
    pager_run_assert_complete(&run, &server);
}

/* Page 1 gives no total. Page 2 is short, and its total promises more. */
TEST(pager_takes_no_two_readings_that_lack_what_page_2_promises)
{
    prepare_one_size(132);
    start();
    while (fake_calls_waiting() > 0) {
        if (strstr(fake_call_path(0), "?page=2&perPage=100"))
            answer_with(100, 132, 150);
        else
            fake_server_answer(&server, 0);
    }
    assert_int_equal(run.error, -EBADMSG);
}

/* Page 1 alone gives the total, and each page has a link, the last one, too. */
TEST(pager_believes_the_total_of_page_1_against_a_link_of_the_last_page)
{
    prepare_one_size(350);
    start();
    while (fake_calls_waiting() > 0) {
        server.no_totals = strstr(fake_call_path(0), "?page=1&") == NULL;
        server.links_always = server.no_totals;
        fake_server_answer(&server, 0);
    }
    pager_run_assert_complete(&run, &server);
}

/* The endpoint ignores the page, and shows the same people in another order each time. */
TEST(pager_does_not_read_on_where_pages_bring_nobody_new)
{
    unsigned made = fake_calls_made();
    prepare(100, 100);
    server.ignores_query = true;
    start();
    for (int i = 0; i < 30 && fake_calls_waiting() > 0; i++) {
        fake_server_move(&server, 99, 0);
        fake_server_answer(&server, 0);
    }
    assert_int_equal(run.error, -EBADMSG);
    assert_between(fake_calls_made() - made, 2, 6);
}

/* There are 150 people, and page 2 can't be had. */
static void prepare_too_deep(long status)
{
    prepare_one_size(150);
    server.deepest = 100;
    server.too_deep = status;
}

static void assert_refused(long status)
{
    assert_int_equal(outcome(), status == 400 ? -EINVAL : -EIO);
    assert_non_null(strstr(run.why, status == 400 ? "400" : "404"));
    pager_run_finish(&run);
}

TEST(pager_ends_at_no_refusal_of_a_page_that_the_number_of_pages_counts)
{
    for (long status = 400; status <= 404; status += 4) {
        for (int no_totals = 0; no_totals < 2; no_totals++) {
            prepare_too_deep(status);
            server.no_totals = no_totals;
            server.total_off = -50; /* it is rounded */
            server.counted = 100;
            start();
            assert_refused(status);
        }
    }
}

TEST(pager_ends_at_no_refusal_of_a_page_to_which_a_link_leads)
{
    for (long status = 400; status <= 404; status += 4) {
        prepare_too_deep(status);
        server.links = true;
        start();
        assert_refused(status);
    }
}

TEST(pager_ends_at_a_refusal_of_a_page_of_which_nothing_was_said)
{
    prepare_too_deep(400);
    start();
    assert_int_equal(outcome(), 0);
    assert_int_equal(run.count, 100);
}

/* It says nothing of where the list ends. */
TEST(pager_ends_at_no_refusal_of_a_proxy)
{
    static const char *const bodies[] = {
        "<html><body>default backend - 404</body></html>", "", "{\"message\":\"no route\"}",
        "{\"response\":{\"error\":{\"httpStatusCode\":403,\"id\":1020}}}"};
    for (long status = 400; status <= 404; status += 4) {
        for (size_t i = 0; i < LENGTH(bodies); i++) {
            prepare_too_deep(status);
            server.refused = bodies[i];
            start();
            assert_refused(status);
        }
    }
}

/* The proxy says so of one page, once, in the first reading or in the second. */
TEST(pager_goes_on_behind_a_single_refusal_of_a_proxy)
{
    for (int no_totals = 0; no_totals < 2; no_totals++) {
        for (int nth = 1; nth <= 2; nth++) {
            prepare_one_size(250);
            server.no_totals = no_totals;
            start();
            for (int asked = 0; fake_calls_waiting() > 0;) {
                asked += strstr(fake_call_path(0), "?page=2&perPage=100") != NULL;
                if (asked == nth && strstr(fake_call_path(0), "?page=2&perPage=100"))
                    fake_call_answer(0, 404, "default backend - 404");
                else
                    fake_server_answer(&server, 0);
            }
            pager_run_assert_complete(&run, &server);
            pager_run_finish(&run);
        }
    }
}

/* Page 2 is cut, and page 3 is refused. */
TEST(pager_ends_at_no_refusal_behind_a_page_that_is_cut)
{
    prepare_one_size(350);
    server.counted = 100;
    server.cut = 30;
    server.deepest = 200;
    server.too_deep = 404;
    start();
    assert_refused(404);
}

TEST(pager_ends_at_no_empty_page_that_the_number_of_pages_counts)
{
    prepare_too_deep(200);
    server.counted = 100;
    start();
    assert_int_equal(outcome(), -EBADMSG);
    assert_string_equal(run.why, "the service counts a further page, and does not give it");
}

/* Some name the next page on each page that is full. */
TEST(pager_ends_at_an_empty_page_to_which_a_link_leads)
{
    prepare_too_deep(200);
    server.links = true;
    start();
    assert_int_equal(outcome(), 0);
    assert_int_equal(run.count, 100);
}

TEST(pager_reads_again_where_a_page_that_was_counted_has_gone)
{
    prepare_one_size(101);
    server.counted = 100;
    start();
    fake_server_answer(&server, 0);
    fake_server_remove(&server, 7);
    assert_complete();
}

#define PAGER_TEST(name)                                                                       \
    cmocka_unit_test_prestate_setup_teardown(name, pager_run_set_up, pager_run_tear_down, &run)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGER_TEST(pager_does_not_end_within_what_it_has),
        PAGER_TEST(pager_does_not_end_within_what_it_has_where_a_page_comes_twice),
        PAGER_TEST(pager_does_not_end_at_a_page_that_fills_the_smaller_size_that_it_names),
        PAGER_TEST(pager_does_not_end_at_a_page_that_is_cut_and_says_that_there_are_more),
        PAGER_TEST(pager_believes_two_windows_that_end_at_one_place_against_a_link),
        PAGER_TEST(pager_believes_no_end_of_a_page_whose_total_promises_more),
        PAGER_TEST(pager_seeks_a_bridge_near_the_break_whatever_a_total_says),
        PAGER_TEST(pager_looks_behind_two_windows_that_end_at_one_place_where_a_link_leads),
        PAGER_TEST(pager_does_not_end_at_an_empty_page_2_that_counts_more),
        PAGER_TEST(pager_learns_that_links_lie),
        PAGER_TEST(pager_remembers_that_links_lie_when_it_begins_again),
        PAGER_TEST(pager_ends_where_the_page_to_which_a_link_leads_is_refused),
        PAGER_TEST(pager_ends_where_page_2_of_a_few_to_which_a_link_leads_is_refused),
        PAGER_TEST(pager_ends_where_a_link_leads_to_those_who_are_known),
        PAGER_TEST(pager_ends_where_a_link_leads_to_the_last_page_though_somebody_has_come),
        PAGER_TEST(pager_believes_a_window_that_comes_twice_against_a_link),
        PAGER_TEST(pager_believes_no_two_windows_against_a_number_of_pages),
        PAGER_TEST(pager_ends_where_the_last_ones_have_gone),
        PAGER_TEST(pager_does_not_forget_a_total_that_page_1_gave),
        PAGER_TEST(pager_believes_two_windows_that_end_at_one_place_only_behind_all_others),
        PAGER_TEST(pager_does_not_believe_windows_that_have_far_fewer_than_page_1_says),
        PAGER_TEST(pager_does_not_end_before_the_total_that_page_1_gave),
        PAGER_TEST(pager_takes_no_page_of_one_size_for_the_last_that_says_that_there_are_more),
        PAGER_TEST(pager_asks_for_page_1_a_second_time_as_it_did_before),
        PAGER_TEST(pager_takes_no_two_readings_that_lack_what_page_2_promises),
        PAGER_TEST(pager_believes_the_total_of_page_1_against_a_link_of_the_last_page),
        PAGER_TEST(pager_does_not_read_on_where_pages_bring_nobody_new),
        PAGER_TEST(pager_ends_at_no_refusal_of_a_page_that_the_number_of_pages_counts),
        PAGER_TEST(pager_ends_at_no_refusal_of_a_page_to_which_a_link_leads),
        PAGER_TEST(pager_ends_at_a_refusal_of_a_page_of_which_nothing_was_said),
        PAGER_TEST(pager_ends_at_no_refusal_of_a_proxy),
        PAGER_TEST(pager_goes_on_behind_a_single_refusal_of_a_proxy),
        PAGER_TEST(pager_ends_at_no_refusal_behind_a_page_that_is_cut),
        PAGER_TEST(pager_ends_at_no_empty_page_that_the_number_of_pages_counts),
        PAGER_TEST(pager_ends_at_an_empty_page_to_which_a_link_leads),
        PAGER_TEST(pager_reads_again_where_a_page_that_was_counted_has_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
