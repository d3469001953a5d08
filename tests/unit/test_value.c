/* Tests the reading of small JSON documents. */
#include "unit.h"

#include <errno.h>

#include "base/wipe.h"
#include "json/value.h"

static struct value *parse(const char *text)
{
    struct value *value;
    assert_int_equal(value_parse(text, strlen(text), &value), 0);
    assert_non_null(value);
    return value;
}

static void assert_refused(const char *text)
{
    struct value *value;
    assert_row(text, value_parse(text, strlen(text), &value) == -EBADMSG);
    assert_null(value);
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
    static const char *const texts[] = {"{", "", "{\"1\":1,", "\"\\ud83d\"", "x"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_refused(texts[i]);
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

TEST(value_is_what_a_text_begins_with)
{
    double number;
    struct value *value = parse("\"a\" and more");
    char *text = value_text(value);
    assert_string_equal(text, "a");
    assert_false(value_is_number(value, &number));
    value_destroy(value);
    value = parse(" 7x");
    assert_null(value_text(value));
    assert_true(value_is_number(value, &number));
    assert_true(number == 7);
    value_destroy(value);
}

TEST(value_is_wiped)
{
    static const char text[] = "{\"name\": \"somebody whose name is long enough\", \"id\": 7}";
    size_t before = wipe_freed();
    value_destroy(parse(text));
    assert_true(wipe_freed() - before > 2 * strlen(text) + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_finds_members_and_elements),
        cmocka_unit_test(value_takes_what_is_not_there),
        cmocka_unit_test(value_takes_what_is_of_another_kind),
        cmocka_unit_test(value_is_what_a_text_begins_with),
        cmocka_unit_test(value_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
