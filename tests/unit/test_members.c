/* Tests how the members of a record are found in its text, and read as IDs and counts. */
#include "unit.h"

#include <stdio.h>

#include "json/members.h"
#include "laid_out.h"

/* The value of member NAME of the object that JSON is, as text if it is a string. */
static void assert_member(const char *json, const char *name, const char *expected)
{
    struct buffer text, value;
    struct member member;
    char quoted[64];
    buffer_init(&text, 65536);
    buffer_init(&value, 65536);
    laid_out_append(json, &text);
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

static uint64_t id_of(const char *text)
{
    struct record *record = laid_out_record(1, text);
    uint64_t id = members_id(members_of_record(record), "id");
    record_unref(record);
    return id;
}

TEST(members_id_is_a_whole_number)
{
    assert_int_equal(id_of("{\"id\":1}"), 1);
    assert_int_equal(id_of("{\"a\":\"\\ud83d\",\"id\":7}"), 7);
    assert_int_equal(id_of("{\"\\u0069d\":7}"), 7);
    assert_int_equal(id_of("{\"id\":7.0}"), 7);
    assert_int_equal(id_of("{\"id\":70e-1,\"b\":2}"), 7);
    assert_int_equal(id_of("{\"a\":{\"id\":1},\"id\":7,\"b\":[{\"id\":2}]}"), 7);
    assert_int_equal(id_of("{\"id\":9007199254740991}"), 9007199254740991);
    assert_int_equal(id_of("{\"id\":9007199254740993}"), 9007199254740993);
    assert_int_equal(id_of("{\"id\":9223372036854775807}"), INT64_MAX);
}

TEST(members_id_is_0_for_anything_else)
{
    static const char *const texts[] = {"{}",
                                        "{\"id\":0}",
                                        "{\"id\":-1}",
                                        "{\"id\":\"1\"}",
                                        "{\"id\":1.5}",
                                        "{\"id\":1e300}",
                                        "{\"id\":1e400}",
                                        "{\"id\":null}",
                                        "{\"id\":true}",
                                        "{\"id\":[1]}",
                                        "{\"id\":{\"id\":1}}",
                                        "{\"ID\":1}",
                                        "{\"id\":1,\"id\":1}",
                                        "{\"id\":1,\"id\":null}",
                                        "{\"id\":1,\"\\u0069d\":8}",
                                        "{\"id\":\"1\",\"id\":1}",
                                        "{\"id\":9223372036854775808}",
                                        "{\"idx\":1}",
                                        "{\"id\\u0000\":1}",
                                        "{\"x\":{\"id\":1}}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], id_of(texts[i]) == 0);
}

TEST(members_id_is_never_another_number_than_the_text_says)
{
    static const char *const texts[] = {
        "{\"id\":9007199254740993.0}", "{\"id\":9007199254740995e0}",
        "{\"id\":9223372036854775809}", "{\"id\":18446744073709551617}",
        "{\"id\":12345678901234567890123456789012345678901234567890123456789012345678901}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], id_of(texts[i]) == 0);
}

static int64_t count_of(const char *text)
{
    struct member member;
    struct record *record = laid_out_record(1, text);
    assert_true(members_find(members_of_record(record), "\"n\"", 3, &member));
    int64_t count = member_count(&member);
    record_unref(record);
    return count;
}

TEST(member_count_is_a_whole_number_from_0_up)
{
    static const struct {
        const char *text;
        int64_t count;
    } rows[] = {
        {"{\"n\":0}", 0},
        {"{\"n\":100,\"m\":1}", 100},
        {"{\"n\":-1}", -1},
        {"{\"n\":-0.5}", -1},
        {"{\"n\":1.5}", -1},
        {"{\"n\":\"1\"}", -1},
        {"{\"n\":null}", -1},
        {"{\"n\":[]}", -1},
        {"{\"n\":1e300}", INT64_MAX},
        {"{\"n\":1e999}", INT64_MAX},
        {"{\"n\":9007199254740991}", 9007199254740991},
        {"{\"n\":7,\"n\":8}", 7},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].text, count_of(rows[i].text) == rows[i].count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(members_give_the_text_of_a_string),
        cmocka_unit_test(members_give_the_text_of_a_string_one_by_one),
        cmocka_unit_test(members_are_counted),
        cmocka_unit_test(members_of_an_object_inside),
        cmocka_unit_test(members_id_is_a_whole_number),
        cmocka_unit_test(members_id_is_0_for_anything_else),
        cmocka_unit_test(members_id_is_never_another_number_than_the_text_says),
        cmocka_unit_test(member_count_is_a_whole_number_from_0_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
