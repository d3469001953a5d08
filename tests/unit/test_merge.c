#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/merge.h"
#include "api/page.h"
#include "fake_client.h"

static void on_page(void *data, struct page *page, const struct answer *answer)
{
    (void)data;
    (void)page;
    assert_int_equal(answer->error, 0);
}

/* Pages with the IDs of TEXTS, as bodies. */
static void answer_pages(struct page **pages, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char body[256];
        snprintf(body, sizeof body, "{\"response\":[%s]}", texts[i]);
        struct target target = target_make(ENDPOINT_USERS, 23, 12);
        pages[i] = page_create(NULL, &target, i + 1, 1, i, on_page, NULL);
        fake_call_answer(0, 200, body);
        assert_true(page_is_there(pages[i]));
    }
}

#define USER(id) "{\"userID\":" #id "}"

TEST(merge_puts_pages_together_in_order_of_id)
{
    struct window windows[] = {{1, 3}, {2, 2}};
    struct plan plan = {windows, 2, true};
    struct page *pages[2];
    struct merge merge;
    answer_pages(
        pages, (const char *const[]){USER(9) "," USER(5) "," USER(7), USER(7) "," USER(1)}, 2);
    assert_true(merge_overlaps_agree(&plan, pages));
    assert_int_equal(merge_init(&merge, &plan, pages), 0);
    while (merge_step(&merge) > 0)
        continue;
    assert_int_equal(merge.count, 4);
    assert_int_equal(merge.twice, 0);
    struct record **records = merge_take(&merge);
    static const uint64_t ids[] = {1, 5, 7, 9};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(records[i]->id, ids[i]);
        record_unref(records[i]);
    }
    free(records);
    page_destroy(pages[0]);
    page_destroy(pages[1]);
}

TEST(merge_sees_overlaps_that_do_not_agree)
{
    struct window windows[] = {{1, 3}, {2, 2}};
    struct plan plan = {windows, 2, true};
    static const char *const seconds[] = {USER(8) "," USER(1), USER(5) "," USER(1), ""};
    for (size_t i = 0; i < LENGTH(seconds); i++) {
        struct page *pages[2];
        answer_pages(pages, (const char *const[]){USER(9) "," USER(5) "," USER(7), seconds[i]},
                     2);
        assert_row(seconds[i], !merge_overlaps_agree(&plan, pages));
        page_destroy(pages[0]);
        page_destroy(pages[1]);
    }
}

/* What the steps make of pages without overlap, COUNT of them, whose IDs are TEXTS. */
static uint64_t twice_in(const char *const *texts, size_t count)
{
    struct window windows[] = {{1, 2}, {2, 2}, {3, 2}};
    struct plan plan = {windows, count, false};
    struct page *pages[3];
    struct merge merge;
    answer_pages(pages, texts, count);
    assert_int_equal(merge_init(&merge, &plan, pages), 0);
    while (merge_step(&merge) > 0)
        continue;
    uint64_t twice = merge.twice;
    merge_finish(&merge);
    for (size_t i = 0; i < count; i++)
        page_destroy(pages[i]);
    return twice;
}

TEST(merge_finds_a_double)
{
    static const char *const in_order[] = {USER(1) "," USER(2), USER(2) "," USER(3)};
    static const char *const apart[] = {USER(8) "," USER(2), USER(5) "," USER(3), USER(8)};
    static const char *const once[] = {USER(8) "," USER(2), USER(5) "," USER(3)};
    static const char *const none[] = {""};
    assert_int_equal(twice_in(in_order, 2), 2);
    assert_int_equal(twice_in(apart, 3), 8);
    assert_int_equal(twice_in(once, 2), 0);
    assert_int_equal(twice_in(none, 1), 0);
}

TEST(merge_takes_a_page_a_step_and_can_be_given_up_at_each)
{
    static const char *const texts[] = {USER(9) "," USER(5), USER(7) "," USER(1), USER(3)};
    struct window windows[] = {{1, 2}, {2, 2}, {3, 2}};
    struct plan plan = {windows, 3, false};
    for (size_t steps = 0; steps < 6; steps++) {
        struct page *pages[3];
        struct merge merge;
        answer_pages(pages, texts, 3);
        assert_int_equal(merge_init(&merge, &plan, pages), 0);
        for (size_t i = 0; i < steps && merge_step(&merge) > 0; i++)
            assert_in_range(merge.count, 1, 2 * (i + 1));
        merge_finish(&merge);
        for (size_t i = 0; i < 3; i++)
            page_destroy(pages[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_puts_pages_together_in_order_of_id),
        cmocka_unit_test(merge_sees_overlaps_that_do_not_agree),
        cmocka_unit_test(merge_finds_a_double),
        cmocka_unit_test(merge_takes_a_page_a_step_and_can_be_given_up_at_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
