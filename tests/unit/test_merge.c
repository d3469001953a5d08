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
    struct record **records;
    size_t count;
    answer_pages(
        pages, (const char *const[]){USER(9) "," USER(5) "," USER(7), USER(7) "," USER(1)}, 2);
    assert_true(merge_overlaps_agree(&plan, pages));
    assert_int_equal(merge_pages(&plan, pages, &records, &count), 0);
    assert_int_equal(count, 4);
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

TEST(merge_finds_the_first_double)
{
    struct record a = {.id = 1}, b = {.id = 2}, c = {.id = 2}, d = {.id = 3};
    struct record *twice[] = {&a, &b, &c, &d}, *once[] = {&a, &b, &d};
    assert_int_equal(merge_first_double(twice, 4), 2);
    assert_int_equal(merge_first_double(once, 3), 0);
    assert_int_equal(merge_first_double(once, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_puts_pages_together_in_order_of_id),
        cmocka_unit_test(merge_sees_overlaps_that_do_not_agree),
        cmocka_unit_test(merge_finds_the_first_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
