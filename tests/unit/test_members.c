/* Tests how the members of a record are found in its text. */
#include "unit.h"

#include <stdio.h>

#include "json/layout.h"
#include "json/members.h"

/* The value of member NAME of the object that JSON is, as text if it is a string. */
static void assert_member(const char *json, const char *name, const char *expected)
{
    const char *why;
    struct buffer text, value;
    struct member member;
    char quoted[64];
    buffer_init(&text, 65536);
    buffer_init(&value, 65536);
    assert_int_equal(layout_append(json, strlen(json), &text, &why), 0);
    int size = snprintf(quoted, sizeof quoted, "\"%s\"", name);
    struct members members = members_of_text(text.data, text.size);
    assert_true(members_find(members, quoted, (size_t)size, &member));
    int error = *member.value == '"'
                    ? members_append_string(member.value, member.value_size, &value)
                    : buffer_append(&value, member.value, member.value_size);
    assert_int_equal(error, 0);
    assert_int_equal(value.size, strlen(expected));
    if (value.size > 0)
        assert_memory_equal(value.data, expected, value.size);
    buffer_finish(&value);
    buffer_finish(&text);
}

TEST(members_are_found_by_name)
{
    static const char json[] =
        "{\"a\":1.10,\"b\":\"x, \\\"y\\\": {\",\"c\":{\"a\":2},\"d\":[1,{\"e\":3}],"
        "\"e\":null,\"f\":{},\"\":true}";
    assert_member(json, "a", "1.10");
    assert_member(json, "b", "x, \"y\": {");
    assert_member(json, "c", "{\n    \"a\": 2\n  }");
    assert_member(json, "d", "[\n    1,\n    {\n      \"e\": 3\n    }\n  ]");
    assert_member(json, "e", "null");
    assert_member(json, "f", "{}");
    assert_member(json, "", "true");
}

TEST(members_give_the_text_of_a_string)
{
    assert_member("{\"s\":\"\"}", "s", "");
    assert_member("{\"s\":\"\\\\ \\/ \\b\\f\\n\\r\\t \\u001f \\u0041 \\u00e9\"}", "s",
                  "\\ / \b\f\n\r\t \x1f A \xc3\xa9");
    assert_member("{\"s\":\"a\\u0000b\\ud83dc\\uD83D\\uDE00\"}", "s",
                  "a\\u0000b\\ud83dc\xf0\x9f\x98\x80");
}

TEST(members_are_counted)
{
    static const char none[] = "{}",
                      two[] = "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"c\": 2\n}\n";
    assert_int_equal(members_count(members_of_text(none, strlen(none))), 0);
    assert_int_equal(members_count(members_of_text(two, strlen(two))), 2);
}

TEST(members_of_an_object_inside)
{
    static const char text[] = "{\n  \"u\": {\n    \"b\": 1,\n    \"c\": {}\n  }\n}\n";
    struct members members = members_of_text(text, strlen(text));
    struct member member;
    assert_true(members_next(&members, &member));
    assert_true(member_is_object(&member));
    struct members inside = members_inside(&members, &member);
    assert_true(members_next(&inside, &member));
    assert_memory_equal(member.name, "\"b\"", member.name_size);
    assert_true(members_next(&inside, &member));
    assert_false(member_is_object(&member));
    assert_false(members_next(&inside, &member));
    assert_false(members_next(&members, &member));
}

TEST(members_give_the_text_of_a_string_one_by_one)
{
    static const char text[] = "a\xc3\xa9\\n\\u0000\\u001f\\ud800\\\"\\\\\xf0\x9f\x98\x80\"";
    static const struct {
        const char *text;
        size_t size, taken;
    } expected[] = {
        {"a", 1, 1},  {"\xc3\xa9", 2, 2}, {"\n", 1, 2},
        {"\0", 1, 6}, {"\x1f", 1, 6},     {"\\ud800", 6, 6},
        {"\"", 1, 2}, {"\\", 1, 2},       {"\xf0\x9f\x98\x80", 4, 4},
    };
    const char *at = text, *end = strrchr(text, '"');
    char found[MEMBERS_CHARACTER_MAX];
    for (size_t i = 0; i < LENGTH(expected); i++) {
        size_t taken;
        assert_int_equal(members_character(at, end, found, &taken), expected[i].size);
        assert_memory_equal(found, expected[i].text, expected[i].size);
        assert_int_equal(taken, expected[i].taken);
        at += taken;
    }
    assert_ptr_equal(at, end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(members_give_the_text_of_a_string),
        cmocka_unit_test(members_give_the_text_of_a_string_one_by_one),
        cmocka_unit_test(members_are_counted),
        cmocka_unit_test(members_of_an_object_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
