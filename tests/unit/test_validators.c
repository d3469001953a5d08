#include "unit.h"

#include "api/validators.h"

static struct validators *all;

/* A page of COUNT records from ID FIRST on, each with TEXT. */
static struct envelope make(uint64_t first, size_t count, const char *text)
{
    struct envelope envelope = {
        .records = calloc(count + 1, sizeof(struct record *)),
        .count = count,
        .per_page = 100,
        .total_items = 250,
        .total_pages = 3,
    };
    assert_non_null(envelope.records);
    for (size_t i = 0; i < count; i++)
        envelope.records[i] = record_create(first + i, 0, text, strlen(text));
    return envelope;
}

static void add(uint64_t page, uint64_t per_page, const char *etag, struct envelope envelope)
{
    const struct window window = {page, per_page};
    assert_int_equal(validators_add(&all, &window, etag, &envelope), 0);
    envelope_finish(&envelope);
}

static const struct validator *find(uint64_t page, uint64_t per_page)
{
    const struct window window = {page, per_page};
    return validators_find(all, &window);
}

static int tear_down(void **state)
{
    (void)state;
    validators_unref(all);
    all = NULL;
    return 0;
}

TEST(validators_find_a_page_by_just_what_was_asked_for)
{
    assert_null(find(1, 100));
    add(0, 0, "\"all\"", make(1, 3, "x"));
    add(1, 100, "\"one\"", make(1, 100, "x"));
    add(2, 99, "W/\"two\"", make(100, 99, "x"));
    assert_string_equal(find(0, 0)->etag, "\"all\"");
    assert_string_equal(find(1, 100)->etag, "\"one\"");
    assert_string_equal(find(2, 99)->etag, "W/\"two\"");
    assert_null(find(2, 100));
    assert_null(find(1, 99));
    assert_null(find(3, 99));
}

TEST(validator_restores_the_page_as_it_was)
{
    struct envelope page = make(7, 3, "x"), again;
    const struct record *first = page.records[0], *last = page.records[2];
    add(1, 3, "\"one\"", page);
    assert_int_equal(validator_restore(find(1, 3), &again), 0);
    assert_int_equal(again.count, 3);
    assert_ptr_equal(again.records[0], first);
    assert_ptr_equal(again.records[2], last);
    assert_int_equal(again.per_page, 100);
    assert_int_equal(again.total_items, 250);
    assert_int_equal(again.total_pages, 3);
    assert_string_equal(again.request_id, "");
    validators_unref(all); /* the page has references of its own */
    all = NULL;
    assert_int_equal(again.records[1]->id, 8);
    envelope_finish(&again);
}

TEST(validator_restores_an_empty_page)
{
    struct envelope again;
    add(1, 100, "\"none\"", make(1, 0, ""));
    assert_int_equal(validator_restore(find(1, 100), &again), 0);
    assert_int_equal(again.count, 0);
    envelope_finish(&again);
}

TEST(validators_hold_a_record_in_an_overlap_once)
{
    add(1, 10, "\"one\"", make(1, 10, "x"));
    add(2, 9, "\"two\"", make(10, 9, "x"));
    add(3, 8, "\"three\"", make(17, 8, "y"));
    assert_ptr_equal(find(2, 9)->records[0], find(1, 10)->records[9]);
    assert_int_equal(find(1, 10)->records[9]->refs, 2);
    assert_int_equal(find(2, 9)->records[1]->refs, 1);
    assert_ptr_not_equal(find(3, 8)->records[0], find(2, 9)->records[7]); /* it has changed */
    assert_int_equal(find(3, 8)->records[0]->bytes[0], 'y');
}

TEST(validators_take_no_page_for_an_overlap_that_is_none)
{
    add(1, 10, "\"one\"", make(1, 4, "x")); /* shorter than it should be */
    add(2, 9, "\"two\"", make(1, 9, "x"));
    add(2, 2, "\"before\"", make(1, 2, "x"));
    add(0, 0, "\"all\"", make(1, 2, "x"));
    add(1, 2, "\"again\"", make(1, 2, "x"));
    assert_int_equal(find(2, 9)->records[0]->refs, 1);
    assert_int_equal(find(0, 0)->records[0]->refs, 1);
    assert_int_equal(find(1, 2)->records[0]->refs, 1);
}

#define VALIDATORS_TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VALIDATORS_TEST(validators_find_a_page_by_just_what_was_asked_for),
        VALIDATORS_TEST(validator_restores_the_page_as_it_was),
        VALIDATORS_TEST(validator_restores_an_empty_page),
        VALIDATORS_TEST(validators_hold_a_record_in_an_overlap_once),
        VALIDATORS_TEST(validators_take_no_page_for_an_overlap_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
