/* Tests which parts of a list are asked for, and how many calls that is. */
#include "unit.h"

#include "plan_calls.h"

/* The multiples that page sizes must be, for sizes up to SIZE. */
static uint64_t step_of(uint64_t size, enum plan_sizes sizes)
{
    static const uint64_t small[] = {1, 10, 25}, large[] = {1, 50, 100};
    return size > 250 ? large[sizes] : small[sizes];
}

/* How far the best of all windows that hold AT reaches: each size is tried. */
static uint64_t furthest_end(uint64_t at, uint64_t size, enum plan_sizes sizes)
{
    uint64_t best = 0;
    for (uint64_t s = 1; s <= size; s++) {
        uint64_t end = (at / s + 1) * s;
        if (s % step_of(size, sizes) == 0 && end > best)
            best = end;
    }
    return best;
}

static void check_window(uint64_t at, uint64_t size, enum plan_sizes sizes)
{
    struct window window;
    uint64_t best = furthest_end(at, size, sizes);
    assert_int_equal(plan_window(&window, at, size, sizes), best > at + 1);
    if (best <= at + 1)
        return;
    assert_int_equal(window_end(&window), best);
    assert_true(window_start(&window) <= at);
    assert_true(window.page >= 1 && window.size <= size);
    assert_int_equal(window.size % step_of(size, sizes), 0);
}

TEST(plan_window_reaches_as_far_as_any_window_that_holds_the_place)
{
    static const uint64_t large[] = {99, 100, 101, 200, 250, 251, 300, 500, 999, 1000};
    for (enum plan_sizes sizes = PLAN_ANY_SIZE; sizes < PLAN_ONE_SIZE; sizes++) {
        for (uint64_t size = 1; size <= 60; size++) {
            for (uint64_t at = 0; at <= 500; at++)
                check_window(at, size, sizes);
        }
        for (size_t i = 0; i < LENGTH(large); i++) {
            for (uint64_t at = 0; at <= 9000; at += at % 50 == 49 ? 1 : 7)
                check_window(at, large[i], sizes);
        }
    }
}

TEST(plan_window_reaches_far_into_a_list_as_well)
{
    for (uint64_t at = 99999900; at < 100000100; at++)
        check_window(at, 1000, PLAN_ANY_SIZE);
}

TEST(plan_window_knows_no_overlap_of_one_size)
{
    struct window window;
    assert_false(plan_window(&window, 99, 100, PLAN_ONE_SIZE));
    assert_false(plan_window(&window, 98, 100, PLAN_ONE_SIZE));
}

TEST(plan_window_without_a_page_begins_at_the_front)
{
    const struct window unasked = {0, 0}, first = {1, 100}, third = {3, 98};
    assert_int_equal(window_start(&unasked), 0);
    assert_int_equal(window_start(&first), 0);
    assert_int_equal(window_end(&first), 100);
    assert_int_equal(window_start(&third), 196);
    assert_int_equal(window_end(&third), 294);
}

/* So many windows for so many pages; that is about a seventh more at worst. */
TEST(plan_calls_are_little_more_than_pages)
{
    static const uint64_t sizes[] = {100, 200, 500, 1000};
    static const struct {
        uint64_t pages, calls[LENGTH(sizes)];
    } rows[] = {
        {1, {1, 1, 1, 1}},
        {5, {6, 6, 6, 6}},
        {13, {15, 14, 14, 14}},
        {50, {57, 55, 53, 52}},
        {100, {114, 110, 106, 104}},
        {300, {343, 329, 317, 312}},
        {1000, {1143, 1095, 1059, 1040}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(sizes); j++)
            assert_int_equal(plan_calls(rows[i].pages * sizes[j], sizes[j], PLAN_ANY_SIZE),
                             rows[i].calls[j]);
    }
}

TEST(plan_calls_of_pages_that_can_not_overlap_are_two_a_page)
{
    assert_int_equal(plan_calls(0, 100, PLAN_ONE_SIZE), 1);
    assert_int_equal(plan_calls(100, 100, PLAN_ONE_SIZE), 1);
    assert_int_equal(plan_calls(101, 100, PLAN_ONE_SIZE), 4);
    assert_int_equal(plan_calls(1000, 100, PLAN_ONE_SIZE), 20);
    assert_int_equal(plan_calls(7, 1, PLAN_ANY_SIZE), 14);
}

/* Each window of a plan begins before the end of the one before. */
TEST(plan_calls_are_the_windows_that_reach_the_end)
{
    for (enum plan_sizes sizes = PLAN_ANY_SIZE; sizes < PLAN_ROUNDER_SIZES; sizes++) {
        for (uint64_t total = 1001; total < 60000; total += 997) {
            uint64_t end = 1000, calls = 1;
            for (; end < total; calls++)
                end = furthest_end(end - 1, 1000, sizes);
            assert_int_equal(plan_calls(total, 1000, sizes), calls);
        }
    }
}

/* What one list of COUNT records costs. One that just fills page 1 is looked behind, and where
 * pages can't overlap page 1 is read again then. */
static uint64_t cost_of(uint64_t count, uint64_t size, enum plan_sizes sizes)
{
    if (count == size)
        return sizes == PLAN_ONE_SIZE ? 3 : 2;
    return plan_calls(count, size, sizes);
}

static uint64_t at_least(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The dearest way to spread a total over lists, found by trying each. */
TEST(plan_most_calls_are_never_fewer_than_the_dearest_spread_takes)
{
    enum { TOTALS = 121, LISTS = 4 };
    static const uint64_t page_sizes[] = {1, 2, 3, 7, 10, 30, 50, 100};
    for (enum plan_sizes sizes = PLAN_ANY_SIZE; sizes <= PLAN_ONE_SIZE; sizes++) {
        for (size_t p = 0; p < LENGTH(page_sizes); p++) {
            uint64_t dearest[LISTS + 1][TOTALS] = {{0}};
            for (uint64_t lists = 1; lists <= LISTS; lists++) {
                for (uint64_t total = 0; total < TOTALS; total++) {
                    for (uint64_t here = lists == 1 ? total : 0; here <= total; here++) {
                        uint64_t rest = dearest[lists - 1][total - here];
                        dearest[lists][total] = at_least(
                            dearest[lists][total], rest + cost_of(here, page_sizes[p], sizes));
                    }
                    assert_between(plan_most_calls(lists, total, page_sizes[p], sizes),
                                   dearest[lists][total], 2 * dearest[lists][total] + 1);
                }
            }
        }
    }
}

TEST(plan_pages_hold_all_records)
{
    assert_int_equal(plan_pages(0, 100), 0);
    assert_int_equal(plan_pages(1, 100), 1);
    assert_int_equal(plan_pages(100, 100), 1);
    assert_int_equal(plan_pages(101, 100), 2);
    assert_true(plan_pages(UINT64_MAX, 1) == UINT64_MAX);
}

/* The search for an answer ends, however much a service claims. */
TEST(plan_most_calls_of_a_total_that_can_not_be_true_end)
{
    assert_true(plan_most_calls(1, UINT64_MAX / 4, 1000, PLAN_ANY_SIZE) > PLAN_WINDOWS_MAX);
}

/* Size 1 can't reach over anything, and 2 does it from the last place alone. */
TEST(plan_bridge_begins_before_the_end_and_reaches_over_it)
{
    for (uint64_t size = 2; size <= 100; size++) {
        for (uint64_t end = size; end <= 300; end++) {
            struct window bridge, window;
            bool found = plan_bridge(&bridge, end, size / 8, size, PLAN_ANY_SIZE);
            assert_true(found || !plan_window(&window, end - 1, size, PLAN_ANY_SIZE));
            if (!found)
                continue;
            assert_true(window_start(&bridge) < end && window_end(&bridge) > end);
        }
    }
}

TEST(plan_bridge_begins_as_far_back_as_it_can)
{
    struct window bridge;
    assert_true(plan_bridge(&bridge, 1000, 12, 100, PLAN_ANY_SIZE));
    assert_true(window_start(&bridge) <= 1000 - 13);
    assert_true(plan_bridge(&bridge, 1000, 1000000, 100, PLAN_ANY_SIZE));
    assert_true(window_start(&bridge) < 1000 && window_end(&bridge) > 1000);
    assert_false(plan_bridge(&bridge, 1000, 12, 100, PLAN_ONE_SIZE));
}

TEST(plan_budget_is_the_plan_and_half_as_much_and_ten)
{
    struct plan_budget budget = {.planned = 1, .end = 100};
    plan_budget_reach(&budget, 1000, 100, PLAN_ANY_SIZE);
    uint64_t planned = plan_calls(1000, 100, PLAN_ANY_SIZE);
    assert_int_equal(budget.planned, planned);
    assert_true(budget.end >= 1000);
    assert_true(plan_budget_allows(&budget, planned + planned / 2 + 9));
    assert_false(plan_budget_allows(&budget, planned + planned / 2 + 10));
    plan_budget_reach(&budget, 500, 100, PLAN_ANY_SIZE);
    assert_int_equal(budget.planned, planned);
    budget.least = planned + 10;
    assert_true(plan_budget_allows(&budget, planned + planned / 2 + 10));
}

TEST(plan_budget_goes_on_where_no_window_reaches_over_a_place)
{
    struct plan_budget budget = {.planned = 1, .end = 4};
    struct window window;
    assert_false(plan_window(&window, 11, 4, PLAN_ANY_SIZE));
    plan_budget_reach(&budget, 100, 4, PLAN_ANY_SIZE);
    assert_true(budget.end >= 100);
    assert_between(budget.planned, 100 / 4, 100 / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_window_reaches_as_far_as_any_window_that_holds_the_place),
        cmocka_unit_test(plan_window_reaches_far_into_a_list_as_well),
        cmocka_unit_test(plan_window_knows_no_overlap_of_one_size),
        cmocka_unit_test(plan_window_without_a_page_begins_at_the_front),
        cmocka_unit_test(plan_calls_are_little_more_than_pages),
        cmocka_unit_test(plan_calls_of_pages_that_can_not_overlap_are_two_a_page),
        cmocka_unit_test(plan_calls_are_the_windows_that_reach_the_end),
        cmocka_unit_test(plan_most_calls_are_never_fewer_than_the_dearest_spread_takes),
        cmocka_unit_test(plan_pages_hold_all_records),
        cmocka_unit_test(plan_most_calls_of_a_total_that_can_not_be_true_end),
        cmocka_unit_test(plan_bridge_begins_before_the_end_and_reaches_over_it),
        cmocka_unit_test(plan_bridge_begins_as_far_back_as_it_can),
        cmocka_unit_test(plan_budget_is_the_plan_and_half_as_much_and_ten),
        cmocka_unit_test(plan_budget_goes_on_where_no_window_reaches_over_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
