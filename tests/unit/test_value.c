/* Tests the reading of small JSON documents. */
#include "unit.h"

#include "json/value.h"

static struct value *parse(const char *text)
{
    return value_parse(text, strlen(text));
}

TEST(value_finds_members_and_elements)
{
    struct value *value = parse("{\"a\": {\"n\": 1.5, \"s\": \"x\"}, \"l\": [1, 2, 3]}");
    double number;
    assert_true(value_number(value_member(value, "a"), "n", &number));
    assert_true(number == 1.5);
    assert_string_equal(value_string(value_member(value, "a"), "s"), "x");
    assert_int_equal(value_count(value_member(value, "l")), 3);
    value_destroy(value);
}

TEST(value_takes_what_is_not_there)
{
    double number;
    assert_null(parse("{"));
    assert_null(parse(""));
    assert_null(value_member(NULL, "a"));
    assert_null(value_first(NULL));
    assert_null(value_next(NULL));
    assert_int_equal(value_count(NULL), 0);
    assert_string_equal(value_string(NULL, "a"), "");
    assert_false(value_number(NULL, "a", &number));
    value_destroy(NULL);
}

TEST(value_takes_what_is_of_another_kind)
{
    struct value *value = parse("{\"s\": \"x\", \"n\": -1, \"o\": null, \"l\": 7}");
    double number = 7;
    assert_false(value_number(value, "s", &number));
    assert_false(value_number(value, "n", &number));
    assert_false(value_number(value, "o", &number));
    assert_string_equal(value_string(value, "l"), "");
    assert_int_equal(value_count(value_member(value, "l")), 0);
    assert_true(number == 7);
    value_destroy(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_finds_members_and_elements),
        cmocka_unit_test(value_takes_what_is_not_there),
        cmocka_unit_test(value_takes_what_is_of_another_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
