#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "api/page.h"
#include "fake_client.h"

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

static struct page *ask(enum endpoint_name name, uint64_t number, uint64_t per_page)
{
    struct target target = target_make(name, 23, 12);
    memset(&came, 0, sizeof came);
    return page_create(NULL, &target, number, per_page, 5, on_page, NULL);
}

TEST(page_is_there_when_it_was_answered)
{
    struct page *page = ask(ENDPOINT_USERS, 2, 50);
    assert_string_equal(fake_call_path(0),
                        "organizations/23/departments/12/users?page=2&perPage=50");
    assert_false(page_is_there(page));
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":7}]}");
    assert_int_equal(came.calls, 1);
    assert_int_equal(came.error, 0);
    assert_true(page_is_there(page));
    assert_int_equal(page_index(page), 5);
    assert_int_equal(page_envelope(page)->records[0]->id, 7);
    page_destroy(page);
}

TEST(page_of_one_record_is_asked_for_without_a_query)
{
    struct page *page = ask(ENDPOINT_ORGANIZATION, 0, 0);
    assert_string_equal(fake_call_path(0), "organizations/23");
    fake_call_answer(0, 200, "{\"response\":{\"organizationID\":23}}");
    assert_true(page_is_there(page));
    page_destroy(page);
}

TEST(page_says_what_is_wrong_with_an_answer)
{
    struct page *page = ask(ENDPOINT_USERS, 1, 50);
    fake_call_answer(0, 200, "<html>");
    assert_int_equal(came.error, -EBADMSG);
    assert_int_equal(came.status, 200);
    assert_string_equal(came.why, "HTTP 200, but: not a JSON object");
    assert_false(page_is_there(page));
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

static const char two[] = "{\"response\":[{\"userID\":7},{\"userID\":9}],"
                          "\"pagination\":{\"perPage\":50,\"totalItems\":52}}";

/* What page 2 of 50 was, with this ETag. */
static struct validators *remember(const char *etag)
{
    struct validators *held = NULL;
    struct page *page = ask(ENDPOINT_USERS, 2, 50);
    fake_call_tag(etag);
    fake_call_answer(0, 200, two);
    fake_call_tag(NULL);
    page_remember(page, &held);
    page_destroy(page);
    return held;
}

TEST(page_that_was_not_modified_is_what_it_was)
{
    struct validators *held = remember("W/\"x\"");
    for (int i = 0; i < 3; i++) {
        struct page *page = ask(ENDPOINT_USERS, 2, 50);
        page_revalidate(page, held);
        assert_string_equal(fake_call_etag(0), "W/\"x\"");
        fake_call_tag(i == 0 ? NULL : i == 1 ? "\"x\"" : "W/\"x\"");
        fake_call_answer(0, 304, "");
        assert_int_equal(came.error, 0);
        assert_true(page_is_there(page));
        assert_int_equal(page_envelope(page)->count, 2);
        assert_int_equal(page_envelope(page)->records[1]->id, 9);
        assert_int_equal(page_envelope(page)->total_items, 52);
        validators_unref(held);
        held = NULL;
        page_remember(page, &held); /* for the next time */
        page_destroy(page);
    }
    validators_unref(held);
}

TEST(page_that_was_modified_is_the_new_one)
{
    struct validators *held = remember("\"x\"");
    struct page *page = ask(ENDPOINT_USERS, 2, 50);
    page_revalidate(page, held);
    fake_call_answer(0, 200, "{\"response\":[{\"userID\":8}]}");
    assert_int_equal(page_envelope(page)->records[0]->id, 8);
    validators_unref(held);
    held = NULL;
    page_remember(page, &held);
    assert_null(held); /* it came without an ETag */
    page_destroy(page);
}

TEST(page_asks_in_that_way_for_what_is_held_and_nothing_else)
{
    static const struct {
        uint64_t number, per_page;
    } others[] = {{1, 50}, {2, 49}, {0, 0}};
    struct validators *held = remember("\"x\"");
    for (size_t i = 0; i < LENGTH(others); i++) {
        struct page *page = ask(ENDPOINT_USERS, others[i].number, others[i].per_page);
        page_revalidate(page, held);
        assert_string_equal(fake_call_etag(0), "");
        fake_call_answer(0, 304, "");
        assert_int_equal(came.error, -EBADMSG);
        assert_string_equal(came.why, "HTTP 304: not modified");
        page_destroy(page);
    }
    validators_unref(held);
}

TEST(page_does_not_believe_a_304_for_another_etag)
{
    struct validators *held = remember("\"x\"");
    struct page *page = ask(ENDPOINT_USERS, 2, 50);
    page_revalidate(page, held);
    fake_call_tag("\"y\"");
    fake_call_answer(0, 304, "");
    assert_int_equal(came.error, -EBADMSG);
    assert_string_equal(came.why, "HTTP 304, but for another ETag");
    assert_false(page_is_there(page));
    page_destroy(page);
    validators_unref(held);
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
        cmocka_unit_test_setup(page_destroy_cancels_the_call, set_up),
        cmocka_unit_test_setup(page_needs_memory_for_its_call, set_up),
        cmocka_unit_test_setup(page_that_was_not_modified_is_what_it_was, set_up),
        cmocka_unit_test_setup(page_that_was_modified_is_the_new_one, set_up),
        cmocka_unit_test_setup(page_asks_in_that_way_for_what_is_held_and_nothing_else, set_up),
        cmocka_unit_test_setup(page_does_not_believe_a_304_for_another_etag, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
