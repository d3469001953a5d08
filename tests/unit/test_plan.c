#include "unit.h"

#include <errno.h>

#include "api/plan.h"

/* Every item lies in a window, and each window of an overlapping plan begins before the one
 * before it ends. */
static void check_plan(const struct plan *plan, uint64_t total, uint64_t size)
{
    uint64_t end = 0, plain = (total + size - 1) / size;
    for (size_t i = 0; i < plan->count; i++) {
        uint64_t start = plan_start(plan, i);
        assert_int_equal(start, (plan->windows[i].page - 1) * plan->windows[i].per_page);
        assert_int_equal(plan_overlap(plan, i), end - start);
        assert_true(i == 0 ? start == 0 : plan->overlapping ? start < end : start == end);
        assert_true(plan_size(plan, i, total) > plan_overlap(plan, i));
        assert_true(plan->windows[i].per_page >= 1 && plan->windows[i].per_page <= size);
        assert_true(i + 1 == plan->count ||
                    plan_size(plan, i, total) == plan->windows[i].per_page);
        end = start + plan->windows[i].per_page;
    }
    assert_true(end >= total);
    assert_true(plan->count <= (plan->overlapping ? plain + plain / 10 + 1 : plain));
}

TEST(plan_covers_every_item)
{
    for (uint64_t size = 1; size <= 40; size++) {
        for (uint64_t total = 1; total <= 400; total++) {
            for (int may_overlap = 0; may_overlap < 2; may_overlap++) {
                struct plan plan;
                assert_int_equal(plan_init(&plan, total, size, may_overlap), 0);
                check_plan(&plan, total, size);
                assert_true(may_overlap || !plan.overlapping);
                plan_finish(&plan);
            }
        }
    }
}

TEST(plan_covers_every_item_of_long_lists)
{
    static const uint64_t totals[] = {1000, 1001, 99999, 100000, 1000000, 99999999};
    for (size_t i = 0; i < LENGTH(totals); i++) {
        struct plan plan;
        assert_int_equal(plan_init(&plan, totals[i], 1000, true), 0);
        check_plan(&plan, totals[i], 1000);
        plan_finish(&plan);
    }
}

TEST(plan_overlaps_where_that_costs_little)
{
    struct plan plan;
    assert_int_equal(plan_init(&plan, 50000, 1000, true), 0);
    assert_true(plan.overlapping);
    plan_finish(&plan);
    assert_int_equal(plan_init(&plan, 1000000, 1000, true), 0);
    assert_false(plan.overlapping);
    assert_int_equal(plan.count, 1000);
    plan_finish(&plan);
}

TEST(plan_of_one_page_is_one_page)
{
    struct plan plan;
    assert_int_equal(plan_init(&plan, 7, 7, true), 0);
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.windows[0].page, 1);
    assert_int_equal(plan.windows[0].per_page, 7);
    plan_finish(&plan);
}

TEST(plan_believes_in_100000_pages_and_no_more)
{
    struct plan plan;
    assert_int_equal(plan_init(&plan, 100000, 1, false), 0);
    plan_finish(&plan);
    assert_int_equal(plan_init(&plan, 100001, 1, false), -EFBIG);
    plan_finish(&plan);
    assert_int_equal(plan_init(&plan, INT64_MAX, 100, true), -EFBIG);
    assert_int_equal(plan_init(&plan, UINT64_MAX, 1, true), -EFBIG);
    plan_finish(&plan);
}

TEST(plan_extends_page_by_page)
{
    struct plan plan = {.windows = NULL};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(plan_extend(&plan, 10), 0);
        assert_int_equal(plan.count, i + 1);
        assert_int_equal(plan_start(&plan, i), i * 10);
        assert_int_equal(plan_overlap(&plan, i), 0);
    }
    plan.count = PLAN_PAGES_MAX;
    assert_int_equal(plan_extend(&plan, 10), -EFBIG);
    plan_finish(&plan);
    plan_finish(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_covers_every_item),
        cmocka_unit_test(plan_covers_every_item_of_long_lists),
        cmocka_unit_test(plan_overlaps_where_that_costs_little),
        cmocka_unit_test(plan_of_one_page_is_one_page),
        cmocka_unit_test(plan_believes_in_100000_pages_and_no_more),
        cmocka_unit_test(plan_extends_page_by_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
