/* Tests that the windows of a flight become one list. */
#include "unit.h"

#include <stdio.h>

#include "api/merge.h"
#include "fake_client.h"

static struct flight flight;

static void on_window(void *data, size_t index, const struct answer *answer)
{
    (void)data;
    (void)index;
    assert_int_equal(answer->error, 0);
}

#define USER(id) "{\"userID\":" #id "}"

/* Windows with the records of TEXTS. Each but the first one shares its first SKIP records with
 * the one before. */
static void fly(const char *const *texts, size_t count, size_t skip)
{
    const struct flight_options options = {
        .target = target_make(ENDPOINT_USERS, 23, 12), .parallel = 8, .done = on_window};
    flight_init(&flight, &options);
    for (size_t i = 0; i < count; i++) {
        char body[256];
        const struct window window = {.page = i + 1, .size = 3};
        snprintf(body, sizeof body, "{\"response\":[%s]}", texts[i]);
        assert_int_equal(flight_insert(&flight, i, &window), 0);
        assert_int_equal(flight_go(&flight), 0);
        fake_call_answer(0, 200, body);
        flight.windows[i].skip = i > 0 ? skip : 0;
    }
}

static void merge_all(struct merge *merge)
{
    assert_int_equal(merge_init(merge, &flight), 0);
    while (merge_step(merge) > 0)
        continue;
}

static void assert_ids(const struct merge *merge, const uint64_t *ids, size_t count)
{
    uint64_t bytes = 0;
    assert_int_equal(merge->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(merge->records[i]->id, ids[i]);
        bytes += merge->records[i]->size;
    }
    assert_int_equal(merge->bytes, bytes);
}

TEST(merge_takes_once_what_two_windows_share)
{
    struct merge merge;
    fly((const char *const[]){USER(1) "," USER(5) "," USER(7), USER(7) "," USER(9)}, 2, 1);
    merge_all(&merge);
    assert_ids(&merge, (const uint64_t[]){1, 5, 7, 9}, 4);
    assert_false(merge.doubles);
    merge_finish(&merge);
}

TEST(merge_brings_any_order_into_that_of_ids)
{
    struct merge merge;
    fly((const char *const[]){USER(9) "," USER(5) "," USER(7), USER(7) "," USER(1)}, 2, 1);
    merge_all(&merge);
    assert_ids(&merge, (const uint64_t[]){1, 5, 7, 9}, 4);
    assert_false(merge.doubles);
    merge_finish(&merge);
}

/* Somebody who moved from one window to another stands in both. */
TEST(merge_keeps_the_last_of_two_records_of_one_person)
{
    struct merge merge;
    fly((const char *const[]){"{\"userID\":8,\"name\":\"old\"}," USER(2), USER(5) "," USER(3),
                              "{\"userID\":8,\"name\":\"renamed\"}"},
        3, 0);
    merge_all(&merge);
    assert_ids(&merge, (const uint64_t[]){2, 3, 5, 8}, 4);
    assert_non_null(memmem(merge.records[3]->bytes, merge.records[3]->size, "renamed", 7));
    merge_finish(&merge);
}

TEST(merge_of_nobody_is_nobody)
{
    struct merge merge;
    fly((const char *const[]){""}, 1, 0);
    merge_all(&merge);
    assert_int_equal(merge.count, 0);
    merge_finish(&merge);
}

TEST(merge_gives_its_records_away)
{
    struct merge merge;
    fly((const char *const[]){USER(1)}, 1, 0);
    merge_all(&merge);
    struct record **records = merge_take(&merge);
    merge_finish(&merge);
    assert_int_equal(records[0]->id, 1);
    record_unref(records[0]);
    free(records);
}

TEST(merge_takes_a_window_a_step_and_can_be_given_up_at_each)
{
    static const char *const texts[] = {USER(9) "," USER(5), USER(7) "," USER(1), USER(3)};
    for (size_t steps = 0; steps < 6; steps++) {
        struct merge merge;
        fly(texts, 3, 0);
        assert_int_equal(merge_init(&merge, &flight), 0);
        for (size_t i = 0; i < steps && merge_step(&merge) > 0; i++)
            assert_between(merge.count, 1, 2 * (i + 1));
        merge_finish(&merge);
        flight_finish(&flight);
    }
}

static int set_up(void **state)
{
    (void)state;
    fake_client_reset();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    flight_finish(&flight);
    return 0;
}

#define MERGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MERGE_TEST(merge_takes_once_what_two_windows_share),
        MERGE_TEST(merge_brings_any_order_into_that_of_ids),
        MERGE_TEST(merge_keeps_the_last_of_two_records_of_one_person),
        MERGE_TEST(merge_of_nobody_is_nobody),
        MERGE_TEST(merge_gives_its_records_away),
        MERGE_TEST(merge_takes_a_window_a_step_and_can_be_given_up_at_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
