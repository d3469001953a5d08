/* Tests the windows of a flight: their calls, and what comes of them. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "api/flight.h"
#include "fake_client.h"
#include "fake_work.h"

static struct {
    unsigned calls;
    int error;
    long status;
    char why[384];
} came;

static struct quirks quirks;
static struct flight flight;

static void on_window(void *data, size_t index, const struct answer *answer)
{
    (void)data;
    assert_int_equal(index, 0);
    came.calls++;
    came.error = answer->error;
    came.status = answer->status;
    snprintf(came.why, sizeof came.why, "%s", answer->why);
}

#define USERS target_make(ENDPOINT_USERS, 23, 12)

/* Ask for one page, by a flight that makes one call at a time. */
static int ask(struct target target, uint64_t number, uint64_t per_page)
{
    const struct flight_options options = {
        .target = target, .quirks = &quirks, .parallel = 1, .done = on_window};
    const struct window window = {.page = number, .size = per_page};
    memset(&came, 0, sizeof came);
    flight_finish(&flight);
    flight_init(&flight, &options);
    assert_int_equal(flight_insert(&flight, 0, &window), 0);
    return flight_go(&flight);
}

TEST(flight_has_a_window_when_it_was_answered)
{
    assert_int_equal(ask(USERS, 2, 50), 0);
    assert_string_equal(fake_call_path(0),
                        "organizations/23/departments/12/users?page=2&perPage=50");
    assert_int_equal(came.calls, 0);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.error, 0);
    assert_int_equal(flight.windows[0].state, FLIGHT_THERE);
    assert_int_equal(flight_envelope(&flight, 0)->records[0]->id, 7);
}

TEST(flight_asks_for_one_record_without_a_query)
{
    assert_int_equal(ask(target_make(ENDPOINT_ORGANIZATION, 23, 0), 0, 0), 0);
    assert_string_equal(fake_call_path(0), "organizations/23");
    fake_call_answer(0, 200, "{\"response\":{\"organizationID\":23}}");
    assert_int_equal(came.error, 0);
    assert_int_equal(flight_envelope(&flight, 0)->records[0]->id, 23);
}

TEST(flight_says_what_is_wrong_with_an_answer)
{
    assert_int_equal(ask(USERS, 1, 50), 0);
    fake_call_answer(0, 200, "<html>");
    assert_int_equal(came.error, -EBADMSG);
    assert_int_equal(came.status, 200);
    assert_string_equal(came.why, "HTTP 200, but: not a JSON object");
    assert_int_equal(flight.windows[0].state, FLIGHT_WAITING);
    assert_int_equal(flight_answered(&flight), 1);
}

TEST(flight_hands_an_error_on)
{
    assert_int_equal(ask(USERS, 1, 50), 0);
    fake_call_answer(0, 404, "{\"message\":\"gone\"}");
    assert_int_equal(came.error, -EIO);
    assert_int_equal(came.status, 404);
    assert_string_equal(came.why, "HTTP 404: gone");
    assert_int_equal(flight_answered(&flight), 1);
}

/* Two people of an organization each, as a page of everybody in organization 23. */
static void answer_everybody(int first, int second)
{
    static const char two[] = "{\"response\":[{\"userID\":7,\"organizationID\":%d},"
                              "{\"userID\":8,\"organizationID\":%d}]}";
    char body[sizeof two + 32];
    assert_int_equal(ask(target_make(ENDPOINT_EVERYBODY, 23, 0), 1, 50), 0);
    snprintf(body, sizeof body, two, first, second);
    fake_call_answer(0, 200, body);
}

TEST(flight_refuses_somebody_of_another_organization)
{
    answer_everybody(23, 23);
    assert_int_equal(came.error, 0);
    answer_everybody(23, 22);
    assert_int_equal(came.error, -EBADMSG);
    assert_string_equal(came.why, "HTTP 200, but: somebody on it is of another organization");
    assert_int_equal(fake_connections_renewed(), 0);
}

TEST(flight_renews_connections_after_everybody_of_another_organization)
{
    answer_everybody(22, 22);
    assert_int_equal(came.error, -EBADMSG);
    assert_string_equal(came.why, "HTTP 200, but: all its records are of another list");
    assert_int_equal(fake_connections_renewed(), 1);
}

/* Answer for people of department 12 with a page of nobody that gives ADDRESS to itself. */
static int answer_as(const char *address)
{
    char body[256];
    assert_int_equal(ask(USERS, 1, 50), 0);
    snprintf(body, sizeof body,
             "{\"response\":[],\"pagination\":{\"totalItems\":0,\"links\":{\"self\":\"%s\"}}}",
             address);
    fake_call_answer(0, 200, body);
    return came.error;
}

TEST(flight_refuses_a_page_that_gives_another_address_to_itself)
{
    static const char sample[] = "/organizations/23/departments/13/users?page=1";
    assert_int_equal(answer_as(sample), 0);
    assert_int_equal(answer_as("https://x/organizations/23/departments/12/users?page=1"), 0);
    assert_int_equal(answer_as("/organizations/23/departments/12/survey"), 0);
    assert_int_equal(fake_connections_renewed(), 0);
    assert_int_equal(answer_as(sample), -EBADMSG);
    assert_string_equal(came.why,
                        "HTTP 200, but: it gives the address of another list to itself");
    assert_int_equal(fake_connections_renewed(), 1);
}

TEST(flight_asks_for_the_next_window_before_a_body_is_decoded)
{
    const struct window next = {.page = 2, .size = 50};
    assert_int_equal(ask(USERS, 1, 50), 0);
    assert_int_equal(flight_insert(&flight, 1, &next), 0);
    assert_int_equal(flight_go(&flight), 0);
    assert_int_equal(fake_calls_made(), 1);
    fake_work_hold(true);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    assert_int_equal(fake_calls_made(), 2);
    assert_int_equal(came.calls, 0);
    assert_int_equal(flight_answered(&flight), 0);
    fake_work_hold(false);
    while (fake_work_step())
        continue;
    assert_int_equal(came.calls, 1);
    assert_int_equal(flight_answered(&flight), 1);
}

TEST(flight_finish_ends_decoding)
{
    assert_int_equal(ask(USERS, 1, 50), 0);
    fake_work_hold(true);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    flight_finish(&flight);
    fake_work_hold(false);
    assert_false(fake_work_step());
    assert_int_equal(came.calls, 0);
}

TEST(flight_finish_cancels_calls)
{
    assert_int_equal(ask(USERS, 1, 50), 0);
    flight_finish(&flight);
    assert_int_equal(fake_calls_waiting(), 0);
    assert_int_equal(came.calls, 0);
}

TEST(flight_needs_memory_for_a_call)
{
    fake_client_fail_next();
    assert_int_equal(ask(USERS, 1, 50), -ENOMEM);
    assert_int_equal(flight_go(&flight), 0);
    assert_int_equal(fake_calls_made(), 1);
}

static int set_up(void **state)
{
    (void)state;
    fake_client_reset();
    quirks = (struct quirks){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    flight_finish(&flight);
    return 0;
}

#define FLIGHT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLIGHT_TEST(flight_has_a_window_when_it_was_answered),
        FLIGHT_TEST(flight_asks_for_one_record_without_a_query),
        FLIGHT_TEST(flight_says_what_is_wrong_with_an_answer),
        FLIGHT_TEST(flight_hands_an_error_on),
        FLIGHT_TEST(flight_refuses_somebody_of_another_organization),
        FLIGHT_TEST(flight_renews_connections_after_everybody_of_another_organization),
        FLIGHT_TEST(flight_refuses_a_page_that_gives_another_address_to_itself),
        FLIGHT_TEST(flight_asks_for_the_next_window_before_a_body_is_decoded),
        FLIGHT_TEST(flight_finish_ends_decoding),
        FLIGHT_TEST(flight_finish_cancels_calls),
        FLIGHT_TEST(flight_needs_memory_for_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
