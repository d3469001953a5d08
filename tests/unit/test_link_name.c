/* Tests the name of a link that is made of a text. */
#include "unit.h"

#include "laid_out.h"
#include "view/name.h"

#define E_ACUTE "\xc3\xa9"
#define X50     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X250    X50 X50 X50 X50 X50
#define X251    X250 "x"
#define X253    X250 "xxx"
#define X254    X253 "x"
#define X255    X254 "x"

static void assert_name(struct record *record, const char *expected)
{
    char name[NAME_SIZE];
    size_t size = name_of_link(record, "\"name\"", NAME_SIZE - 1, name);
    assert_string_equal(name, expected);
    assert_int_equal(size, strlen(expected));
    assert_row(expected, name_may_be_link(name) == (size > 0));
    record_unref(record);
}

TEST(link_name_escapes_what_a_name_cannot_hold)
{
    static const struct {
        const char *json, *name;
    } rows[] = {
        {"Marketing", "Marketing"},
        {"M\\u00fcller & S\\u00f6hne", "M\xc3\xbcller & S\xc3\xb6hne"},
        {"R&D / Labs", "R&D %2F Labs"},
        {"\\/", "%2F"},
        {".", "%2E"},
        {"..", "%2E."},
        {".git", "%2Egit"},
        {"a.b.", "a.b."},
        {"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
        {"a\\nb\\tc\\rd\\be\\ff", "a%0Ab%09c%0Dd%08e%0Cf"},
        {"\\u0000", "%00"},
        {"a\\u0000.b", "a%00.b"},
        {"\\u0001\\u001f\x7f", "%01%1F%7F"},
        {"\\u001b[31m", "%1B[31m"},
        {"\\u0080\\u009b\\u009f\\u00a0", "%C2%80%C2%9B%C2%9F\xc2\xa0"},
        {"50% off", "50% off"},
        {"a%2Fb", "a%2Fb"},
        {"\\\\ \\\" '", "\\ \" '"},
        {"\\\\u0000", "\\u0000"},
        {"\\ud800", "\\ud800"},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
        {" ", " "},
        {"~5", "~5"},
        {"-rf", "-rf"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_name(laid_out_name(7, rows[i].json), rows[i].name);
}

TEST(link_name_is_none_without_a_text)
{
    static const char *const texts[] = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":null}",
        "{\"name\":5}",
        "{\"name\":[\"a\"]}",
        "{\"name\":{\"name\":\"a\"}}",
        "{\"Name\":\"a\",\"name2\":\"b\",\"nam\":\"c\",\"x\":{\"name\":\"d\"}}",
    };
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_name(laid_out_record(7, texts[i]), "");
}

TEST(link_name_is_cut_between_two_characters)
{
    static const struct {
        const char *json, *name;
    } rows[] = {
        {X255, X255},
        {X255 "x", X255},
        {X254 "/", X254},
        {X253 "\\n", X253},
        {X250 "xx\\n", X250 "xx%0A"},
        {X250 "\\u009b", X250},
        {X253 E_ACUTE, X253 E_ACUTE},
        {X254 E_ACUTE, X254},
        {X254 E_ACUTE "x", X254},
        {X251 "\\ud83d\\ude00", X251 "\xf0\x9f\x98\x80"},
        {X253 "\\ud83d\\ude00", X253},
        {X250 "\\ud800", X250},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_name(laid_out_name(7, rows[i].json), rows[i].name);
}

static void assert_name_of_several(uint64_t id, const char *json, const char *expected)
{
    char name[NAME_SIZE];
    struct record *record = laid_out_name(id, json);
    name_of_link_with_id(record, "\"name\"", name);
    assert_string_equal(name, expected);
    assert_true(name_may_be_link(name));
    record_unref(record);
}

TEST(link_name_of_several_ends_with_the_id)
{
    assert_name_of_several(7, "x", "x~7");
    assert_name_of_several(7, ".", "%2E~7");
    assert_name_of_several(12, X255, X250 "xx~12");
    assert_name_of_several(7, X250 "xxx" E_ACUTE, X253 "~7");
    assert_name_of_several(12, X251 E_ACUTE, X251 "~12");
    assert_name_of_several(9007199254740991, X255,
                           X50 X50 X50 X50
                           "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~9007199254740991");
}

TEST(link_name_that_no_record_could_have_is_none)
{
    static const char *const names[] = {
        "",         ".",    "..",   ".git",  "a/b",          "a\nb",  "\x7f",
        "\xc2\x9b", "\xff", "\xc3", "a\x1b", "\xed\xa0\x80", X255 "x"};
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_row(names[i], !name_may_be_link(names[i]));
    assert_true(name_may_be_link("foo"));
    assert_true(name_may_be_link(X255));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_name_escapes_what_a_name_cannot_hold),
        cmocka_unit_test(link_name_is_none_without_a_text),
        cmocka_unit_test(link_name_is_cut_between_two_characters),
        cmocka_unit_test(link_name_of_several_ends_with_the_id),
        cmocka_unit_test(link_name_that_no_record_could_have_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
