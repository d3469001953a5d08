/* Tests one page: its call, and what comes of it. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "api/page.h"
#include "fake_client.h"
#include "fake_work.h"

static struct {
    unsigned calls;
    int error;
    long status;
    char why[384];
} came;

static void on_page(void *data, struct page *page, const struct answer *answer)
{
    (void)data;
    (void)page;
    came.calls++;
    came.error = answer->error;
    came.status = answer->status;
    snprintf(came.why, sizeof came.why, "%s", answer->why);
}

static struct page_source source;

static struct page *ask(enum endpoint_name name, uint64_t number, uint64_t per_page)
{
    memset(&came, 0, sizeof came);
    source = (struct page_source){.target = target_make(name, 23, 12), .done = on_page};
    const struct window window = {.page = number, .size = per_page};
    return page_create(&source, &window, false);
}

TEST(page_is_there_when_it_was_answered)
{
    struct page *page = ask(ENDPOINT_USERS, 2, 50);
    assert_string_equal(fake_call_path(0),
                        "organizations/23/departments/12/users?page=2&perPage=50");
    assert_int_equal(came.calls, 0);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.error, 0);
    assert_int_equal(page_envelope(page)->records[0]->id, 7);
    page_destroy(page);
}

TEST(page_of_one_record_is_asked_for_without_a_query)
{
    struct page *page = ask(ENDPOINT_ORGANIZATION, 0, 0);
    assert_string_equal(fake_call_path(0), "organizations/23");
    fake_call_answer(0, 200, "{\"response\":{\"organizationID\":23}}");
    assert_int_equal(page_envelope(page)->records[0]->id, 23);
    page_destroy(page);
}

TEST(page_says_what_is_wrong_with_an_answer)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    fake_call_answer(0, 200, "<html>");
    assert_int_equal(came.error, -EBADMSG);
    assert_int_equal(came.status, 200);
    assert_string_equal(came.why, "HTTP 200, but: not a JSON object");
    assert_int_equal(page_envelope(page)->count, 0);
    page_destroy(page);
}

TEST(page_hands_an_error_on)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    fake_call_answer(0, 404, "{\"message\":\"gone\"}");
    assert_int_equal(came.error, -EIO);
    assert_int_equal(came.status, 404);
    assert_string_equal(came.why, "HTTP 404: gone");
    page_destroy(page);
}

/* Two people of an organization each, as a page of everybody in organization 23. */
static void answer_everybody(int first, int second)
{
    static const char two[] = "{\"response\":[{\"userID\":7,\"organizationID\":%d},"
                              "{\"userID\":8,\"organizationID\":%d}]}";
    char body[sizeof two + 32];
    struct page *page = ask(ENDPOINT_EVERYBODY, 1, 50);
    snprintf(body, sizeof body, two, first, second);
    fake_call_answer(0, 200, body);
    page_destroy(page);
}

TEST(page_refuses_somebody_of_another_organization)
{
    answer_everybody(23, 23);
    assert_int_equal(came.error, 0);
    answer_everybody(23, 22);
    assert_int_equal(came.error, -EBADMSG);
    assert_string_equal(came.why, "HTTP 200, but: somebody on it is of another organization");
    assert_int_equal(fake_connections_renewed(), 0);
}

TEST(page_of_everybody_in_another_organization_renews_connections)
{
    answer_everybody(22, 22);
    assert_int_equal(came.error, -EBADMSG);
    assert_string_equal(came.why, "HTTP 200, but: all its records are of another list");
    assert_int_equal(fake_connections_renewed(), 1);
}

static unsigned bodies;

static void on_came(void *data, struct page *page)
{
    (void)data;
    assert_true(page_has_come(page));
    assert_int_equal(came.calls, 0);
    bodies++;
}

TEST(page_says_that_its_body_came_before_it_is_decoded)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    source.came = on_came;
    bodies = 0;
    assert_false(page_has_come(page));
    fake_work_hold(true);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    assert_int_equal(bodies, 1);
    assert_int_equal(came.calls, 0);
    fake_work_hold(false);
    while (fake_work_step())
        continue;
    assert_int_equal(bodies, 1);
    assert_int_equal(came.calls, 1);
    page_destroy(page);
}

TEST(page_destroy_ends_its_decoding)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    fake_work_hold(true);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    page_destroy(page);
    fake_work_hold(false);
    assert_false(fake_work_step());
    assert_int_equal(came.calls, 0);
}

TEST(page_destroy_cancels_the_call)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    page_destroy(page);
    page_destroy(NULL);
    assert_int_equal(fake_calls_waiting(), 0);
    assert_int_equal(came.calls, 0);
}

TEST(page_needs_memory_for_its_call)
{
    fake_client_fail_next();
    assert_null(ask(ENDPOINT_USERS, 1, 50));
}

static int set_up(void **state)
{
    (void)state;
    fake_client_reset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(page_is_there_when_it_was_answered, set_up),
        cmocka_unit_test_setup(page_of_one_record_is_asked_for_without_a_query, set_up),
        cmocka_unit_test_setup(page_says_what_is_wrong_with_an_answer, set_up),
        cmocka_unit_test_setup(page_hands_an_error_on, set_up),
        cmocka_unit_test_setup(page_refuses_somebody_of_another_organization, set_up),
        cmocka_unit_test_setup(page_of_everybody_in_another_organization_renews_connections,
                               set_up),
        cmocka_unit_test_setup(page_says_that_its_body_came_before_it_is_decoded, set_up),
        cmocka_unit_test_setup(page_destroy_ends_its_decoding, set_up),
        cmocka_unit_test_setup(page_destroy_cancels_the_call, set_up),
        cmocka_unit_test_setup(page_needs_memory_for_its_call, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
