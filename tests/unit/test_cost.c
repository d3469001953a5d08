/* Tests what a walk is said to cost against what its lists then cost. */
#include "unit.h"

#include <stdio.h>

#include "laid_out.h"
#include "plan_calls.h"
#include "tree/cost.h"

/* What the pager makes of one list of which page 1 tells the total. A list that just fills page
 * 1 is looked behind, and where pages can't overlap page 1 is read again then. */
static uint64_t list_cost(uint64_t users, uint64_t per_page, enum plan_sizes sizes)
{
    if (users == per_page)
        return sizes == PLAN_ONE_SIZE ? 3 : 2;
    return plan_calls(users, per_page, sizes);
}

static struct cost cost(uint64_t departments, uint64_t users)
{
    return cost_of_users(departments, users, false, 1000, PLAN_ANY_SIZE);
}

TEST(cost_of_few_users_is_known_exactly)
{
    for (uint64_t users = 0; users < 1000; users += 333) {
        assert_int_equal(cost(7, users).least, 7);
        assert_int_equal(cost(7, users).most, 7);
    }
}

TEST(cost_has_one_more_where_a_list_may_just_fill_a_page)
{
    assert_int_equal(cost(7, 999).most, 7);
    assert_int_equal(cost(7, 1000).least, 7);
    assert_int_equal(cost(7, 1000).most, 8);
    assert_int_equal(cost(7, 2000).most, 9);
}

TEST(cost_of_one_department_is_known_exactly)
{
    assert_int_equal(cost(1, 2500).least, 3);
    assert_int_equal(cost(1, 2500).most, 3);
}

TEST(cost_of_the_sandbox)
{
    assert_int_equal(cost(4, 2752).least, 4);
    assert_int_equal(cost(4, 2752).most, 6);
}

TEST(cost_of_more_pages_than_departments)
{
    assert_int_equal(cost(2, 50000).least, 50);
}

TEST(cost_of_a_part_may_have_none_of_the_users)
{
    assert_int_equal(cost_of_users(2, 50000, true, 1000, PLAN_ANY_SIZE).least, 2);
}

TEST(cost_without_departments_costs_nothing)
{
    assert_int_equal(cost(0, 10).least, 0);
    assert_int_equal(cost(0, 10).most, 0);
    assert_int_equal(cost(0, COST_UNKNOWN).most, 0);
}

TEST(cost_of_unknown_users_has_no_upper_end)
{
    assert_int_equal(cost(5, COST_UNKNOWN).least, 5);
    assert_true(cost(5, COST_UNKNOWN).most == COST_UNKNOWN);
    assert_true(cost(5, COST_UNKNOWN - 1).most == COST_UNKNOWN);
}

static uint64_t seed = 1;

static uint64_t dice(uint64_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % sides;
}

/* However users are spread, the range holds what the lists then cost. */
TEST(cost_costs_what_the_range_says)
{
    static const uint64_t page_sizes[] = {1, 2, 7, 20, 50, 99, 100, 101, 250, 1000, 5000};
    for (unsigned round = 0; round < 40000; round++) {
        uint64_t per_page = page_sizes[dice(LENGTH(page_sizes))];
        uint64_t departments = 1 + dice(12);
        enum plan_sizes sizes = (enum plan_sizes)dice(PLAN_ONE_SIZE + 1);
        uint64_t users = 0, real = 0;
        for (uint64_t i = 0; i < departments; i++) {
            uint64_t pages = dice(3) ? dice(4) : dice(60);
            uint64_t here = pages * per_page + (dice(2) ? dice(per_page + 1) : dice(3));
            users += here;
            real += list_cost(here, per_page, sizes);
        }
        struct cost range = cost_of_users(departments, users, false, per_page, sizes);
        if (real < range.least || real > range.most)
            fail_msg("%llu users in %llu departments by %llu: %llu is not in %llu..%llu",
                     (unsigned long long)users, (unsigned long long)departments,
                     (unsigned long long)per_page, (unsigned long long)real,
                     (unsigned long long)range.least, (unsigned long long)range.most);
    }
}

static uint64_t user_count(const char *text)
{
    struct record *record = laid_out_record(1, text);
    uint64_t count = cost_user_count(record);
    record_unref(record);
    return count;
}

TEST(cost_user_count_is_that_of_the_organization)
{
    assert_int_equal(user_count("{\n  \"organizationID\": 1,\n  \"userCount\": 2752\n}\n"),
                     2752);
    assert_int_equal(user_count("{\"userCount\": 0}"), 0);
    assert_true(user_count("{\"userCount\": \"12\"}") == COST_UNKNOWN);
    assert_true(user_count("{\"userCount\": -1}") == COST_UNKNOWN);
    assert_true(user_count("{\"userCount\": 1e300}") == COST_UNKNOWN);
    assert_true(user_count("{\"dashboardUserCount\": 1}") == COST_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_of_few_users_is_known_exactly),
        cmocka_unit_test(cost_has_one_more_where_a_list_may_just_fill_a_page),
        cmocka_unit_test(cost_of_one_department_is_known_exactly),
        cmocka_unit_test(cost_of_the_sandbox),
        cmocka_unit_test(cost_of_more_pages_than_departments),
        cmocka_unit_test(cost_of_a_part_may_have_none_of_the_users),
        cmocka_unit_test(cost_without_departments_costs_nothing),
        cmocka_unit_test(cost_of_unknown_users_has_no_upper_end),
        cmocka_unit_test(cost_costs_what_the_range_says),
        cmocka_unit_test(cost_user_count_is_that_of_the_organization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
