/* Tests how a shortage of memory is seen. */
#include "unit.h"

#include <stdio.h>

#include "base/pressure.h"

TEST(pressure_is_high_when_less_than_a_sixteenth_is_available)
{
    assert_false(
        pressure_in_meminfo("MemTotal: 16000 kB\nMemFree: 10 kB\nMemAvailable: 1001 kB\n"));
    assert_true(
        pressure_in_meminfo("MemTotal: 16000 kB\nMemFree: 10 kB\nMemAvailable: 999 kB\n"));
}

TEST(pressure_is_high_when_processes_stall)
{
    const char *rest = " avg60=0.00 avg300=0.00 total=1\nfull avg10=90.00";
    char text[128];
    snprintf(text, sizeof text, "some avg10=4.99%s", rest);
    assert_false(pressure_in_stalls(text));
    snprintf(text, sizeof text, "some avg10=12.31%s", rest);
    assert_true(pressure_in_stalls(text));
}

TEST(pressure_is_not_high_where_nothing_can_be_read)
{
    assert_false(pressure_in_meminfo(""));
    assert_false(pressure_in_stalls(""));
}

TEST(pressure_finds_the_control_group)
{
    char path[16];
    assert_true(pressure_group("0::/a/b.c\n", path, sizeof path));
    assert_string_equal(path, "/a/b.c");
    assert_true(pressure_group("4:memory:/x\n0::/\n", path, sizeof path));
    assert_string_equal(path, "/");
    assert_false(pressure_group("4:memory:/x\n10::/y\n", path, sizeof path));
    assert_false(pressure_group("0::/longer-than-it-may-be\n", path, sizeof path));
    assert_false(pressure_group("", path, sizeof path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pressure_is_high_when_less_than_a_sixteenth_is_available),
        cmocka_unit_test(pressure_is_high_when_processes_stall),
        cmocka_unit_test(pressure_is_not_high_where_nothing_can_be_read),
        cmocka_unit_test(pressure_finds_the_control_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
