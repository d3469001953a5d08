#include "unit.h"

#include "base/wipe.h"
#include "json/member.h"
#include "json/tidy.h"

static size_t wiped_by_reading(void)
{
    static const char text[] = "{\"name\": \"somebody whose name is long enough\", \"id\": 7}";
    size_t before = wipe_freed();
    assert_int_equal(member_count_of_text(text, sizeof text - 1, "id"), 7);
    return wipe_freed() - before;
}

TEST(tidy_json_makes_cjson_wipe)
{
    size_t untidy = wiped_by_reading();
    tidy_json();
    assert_true(wiped_by_reading() > untidy + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tidy_json_makes_cjson_wipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
