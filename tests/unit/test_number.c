/* Tests the reading and writing of numbers. */
#include "unit.h"

#include <math.h>

#include "base/number.h"

static bool parses(const char *text, uint64_t max, uint64_t expected)
{
    uint64_t number = 0;
    return number_parse(text, strlen(text), max, &number) && number == expected;
}

static bool refuses(const char *text, uint64_t max)
{
    uint64_t number = 0;
    return !number_parse(text, strlen(text), max, &number);
}

TEST(number_reads_decimal_digits)
{
    assert_true(parses("0", 10, 0));
    assert_true(parses("10", 10, 10));
    assert_true(parses("9223372036854775807", NUMBER_ID_MAX, INT64_MAX));
    assert_true(parses("18446744073709551615", UINT64_MAX, UINT64_MAX));
}

TEST(number_refuses_what_is_over_the_maximum)
{
    assert_true(refuses("11", 10));
    assert_true(refuses("9223372036854775808", NUMBER_ID_MAX));
    assert_true(refuses("18446744073709551616", UINT64_MAX));
    assert_true(refuses("99999999999999999999999", UINT64_MAX));
}

TEST(number_refuses_one_digit_over_a_small_maximum)
{
    assert_true(refuses("9", 5));
    assert_true(refuses("1", 0));
}

TEST(number_has_one_spelling)
{
    static const char *const others[] = {"",   "00", "01", "+1",  "-1", " 1",  "1 ",
                                         "1x", "x1", "1.", "0x1", "१",  "1\n", "1e1"};
    for (size_t i = 0; i < LENGTH(others); i++)
        assert_row(others[i], refuses(others[i], 1000));
}

TEST(number_reads_no_further_than_its_size)
{
    uint64_t number;
    assert_true(number_parse("123", 2, 1000, &number));
    assert_int_equal(number, 12);
}

static bool writes(uint64_t number, const char *expected)
{
    char digits[NUMBER_DIGITS_MAX];
    size_t size = number_write(number, digits);
    return size == strlen(expected) && memcmp(digits, expected, size) == 0;
}

TEST(number_writes_the_shortest_form)
{
    assert_true(writes(0, "0"));
    assert_true(writes(9, "9"));
    assert_true(writes(10, "10"));
    assert_true(writes(9007199254740993, "9007199254740993"));
    assert_true(writes(NUMBER_ID_MAX, "9223372036854775807"));
    assert_true(writes(UINT64_MAX, "18446744073709551615"));
}

TEST(number_hex_digit_takes_capitals_and_nothing_else)
{
    static const char digits[] = "0123456789abcdef", capitals[] = "0123456789ABCDEF";
    int found = 0;
    for (int i = 0; i < 16; i++) {
        assert_int_equal(number_hex_digit(digits[i]), i);
        assert_int_equal(number_hex_digit(capitals[i]), i);
    }
    for (int i = 0; i < 256; i++)
        found += number_hex_digit((char)i) >= 0;
    assert_int_equal(found, 22);
}

TEST(number_count_is_a_whole_number_from_0_up)
{
    static const struct {
        double number;
        int64_t count;
    } rows[] = {
        {0, 0},
        {-0.0, 0},
        {100, 100},
        {-1, -1},
        {-0.5, -1},
        {1.5, -1},
        {9007199254740991, 9007199254740991},
        {9007199254740992, INT64_MAX},
        {1e300, INT64_MAX},
        {INFINITY, INT64_MAX},
        {NAN, -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(number_count(rows[i].number), rows[i].count);
}

TEST(number_compare_tells_all_64_bits)
{
    static const uint64_t rising[] = {0, 1, UINT32_MAX, (uint64_t)1 << 32, UINT64_MAX};
    for (size_t i = 0; i < LENGTH(rising); i++) {
        assert_int_equal(number_compare(&rising[i], &rising[i]), 0);
        for (size_t j = 0; j < i; j++) {
            assert_true(number_compare(&rising[j], &rising[i]) < 0);
            assert_true(number_compare(&rising[i], &rising[j]) > 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_reads_decimal_digits),
        cmocka_unit_test(number_refuses_what_is_over_the_maximum),
        cmocka_unit_test(number_refuses_one_digit_over_a_small_maximum),
        cmocka_unit_test(number_has_one_spelling),
        cmocka_unit_test(number_reads_no_further_than_its_size),
        cmocka_unit_test(number_writes_the_shortest_form),
        cmocka_unit_test(number_hex_digit_takes_capitals_and_nothing_else),
        cmocka_unit_test(number_count_is_a_whole_number_from_0_up),
        cmocka_unit_test(number_compare_tells_all_64_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
