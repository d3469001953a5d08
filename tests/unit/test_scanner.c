/* Tests how strictly JSON is read, and how it is laid out. */
#include "unit.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

#include "json/scanner.h"

#define MORE "more text behind the value"

static char *laid_out;
static const char *laid_out_why;

/* What is only checked is taken or refused for the same reason, but for its size and depth. */
static void check_alone(const char *text, size_t size, int error)
{
    struct scanner scanner = scanner_of(text, size);
    int alone = scanner_value(&scanner, NULL);
    if (error == -EFBIG || (error && strstr(laid_out_why, "deeply")))
        return;
    assert_int_equal(alone ? alone : scanner_is_at_end(&scanner) ? 0 : -EBADMSG, error);
    if (alone)
        assert_string_equal(scanner.why, laid_out_why);
}

/* Lays TEXT out into laid_out, which is freed by the next call. Behind the value there may be
 * nothing. */
static int lay_out_bytes(const char *text, size_t size, size_t max)
{
    struct buffer buffer;
    buffer_init(&buffer, max);
    /* A copy of just this size: ASan sees it when one byte more is read. */
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    struct scanner scanner = scanner_of(copy, size);
    int error = scanner_value(&scanner, &buffer);
    laid_out_why = scanner.why;
    if (!error && !scanner_is_at_end(&scanner)) {
        error = -EBADMSG;
        laid_out_why = MORE;
    }
    check_alone(copy, size, error);
    free(copy);
    free(laid_out);
    laid_out = strndup(buffer.data ? buffer.data : "", buffer.size);
    buffer_finish(&buffer);
    return error;
}

static int lay_out(const char *text)
{
    return lay_out_bytes(text, strlen(text), 1 << 20);
}

struct scanner_case {
    const char *text, *expected;
};

static void check(const struct scanner_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_row(rows[i].text, lay_out(rows[i].text) == 0);
        assert_string_equal(laid_out, rows[i].expected);
    }
}

/* Each as jq 1.6 prints it. */
TEST(scanner_is_that_of_jq)
{
    static const struct scanner_case rows[] = {
        {"null", "null"},
        {"true", "true"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[[]]", "[\n  []\n]"},
        {"[{}]", "[\n  {}\n]"},
        {"{\"a\":[]}", "{\n  \"a\": []\n}"},
        {"{\"a\":{}}", "{\n  \"a\": {}\n}"},
        {"[1,2]", "[\n  1,\n  2\n]"},
        {"{\"a\":1,\"b\":[1,{\"c\":null}]}",
         "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    {\n      \"c\": null\n    }\n  ]\n}"},
        {"\"\\u00e9\\u20ac\"", "\"\303\251\342\202\254\""},
        {"\"a\\/b\"", "\"a/b\""},
        {"\"\\ud83d\\ude00\"", "\"\360\237\230\200\""},
        {"\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\""},
        {"\"\\u0001\\u001f\"", "\"\\u0001\\u001f\""},
        {"\"\\u000a\\u0022\\u005c\"", "\"\\n\\\"\\\\\""},
        {"\"\\\"\\\\\"", "\"\\\"\\\\\""},
        {"\"\303\251\342\202\254\360\237\230\200\"",
         "\"\303\251\342\202\254\360\237\230\200\""},
        {"\"\"", "\"\""},
        {"{\"\":\"\"}", "{\n  \"\": \"\"\n}"},
        {"{\"\\u0061\":1}", "{\n  \"a\": 1\n}"},
        {"  [ 1 , 2 ]  ", "[\n  1,\n  2\n]"},
        {"\t{\n\"a\"\r:\n1\t}\n", "{\n  \"a\": 1\n}"},
        {"[[[1]],[2]]", "[\n  [\n    [\n      1\n    ]\n  ],\n  [\n    2\n  ]\n]"},
        {"{\"b\":1,\"a\":2}", "{\n  \"b\": 1,\n  \"a\": 2\n}"},
        {"[0,-1,1.5,100]", "[\n  0,\n  -1,\n  1.5,\n  100\n]"},
        {"{\"a\":{\"b\":{\"c\":{}}}}",
         "{\n  \"a\": {\n    \"b\": {\n      \"c\": {}\n    }\n  }\n}"},
        {"[[],{},\"\",null,false]", "[\n  [],\n  {},\n  \"\",\n  null,\n  false\n]"},
        {"{\"x y\":\"\\u003c\\u0026\\u0027\"}", "{\n  \"x y\": \"<&'\"\n}"},
        {"\"\\uD83D\\uDE00 \\uFFFF\"", "\"\360\237\230\200 \357\277\277\""},
        {"[true,false,null]", "[\n  true,\n  false,\n  null\n]"},
        {"\"\342\200\250\342\200\251\"", "\"\342\200\250\342\200\251\""},
        {"\"\\u2028\"", "\"\342\200\250\""},
        {"{\"userID\":1234567,\"lastName\":\"\",\"emailAddress\":\"jane@example.com\"}",
         "{\n  \"userID\": 1234567,\n  \"lastName\": \"\",\n  \"emailAddress\": "
         "\"jane@example.com\"\n}"},
    };
    check(rows, LENGTH(rows));
}

TEST(scanner_keeps_digits_of_numbers)
{
    static const struct scanner_case rows[] = {
        {"9007199254740993", "9007199254740993"},
        {"1.10", "1.10"},
        {"1e400", "1e400"},
        {"-0", "-0"},
        {"1E+2", "1E+2"},
        {"0.1e-07", "0.1e-07"},
        {"1234567890123456789012345678901234567890123456789012345678901234567890",
         "1234567890123456789012345678901234567890123456789012345678901234567890"},
    };
    check(rows, LENGTH(rows));
}

TEST(scanner_keeps_what_utf8_cannot_say_as_it_was_escaped)
{
    static const struct scanner_case rows[] = {
        {"\"a\\u0000b\"", "\"a\\u0000b\""},
        {"\"\\ud83d\"", "\"\\ud83d\""},
        {"\"\\uD83Dx\"", "\"\\uD83Dx\""},
        {"\"\\udE00\"", "\"\\udE00\""},
        {"\"\\ude00\\ud83d\"", "\"\\ude00\\ud83d\""},
        {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ud83d\xf0\x9f\x98\x80\""},
        {"\"\\ud83d\\n\"", "\"\\ud83d\\n\""},
        {"\"\\ud83d\\u0041\"", "\"\\ud83dA\""},
        {"{\"\\udc00\":1}", "{\n  \"\\udc00\": 1\n}"},
    };
    check(rows, LENGTH(rows));
}

/* JSON need not escape it; jq 1.6 and 1.7 do. */
TEST(scanner_does_not_escape_del)
{
    static const struct scanner_case rows[] = {{"\"\x7f\"", "\"\x7f\""},
                                               {"\"\\u007f\"", "\"\x7f\""}};
    check(rows, LENGTH(rows));
}

TEST(scanner_writes_the_ends_of_the_surrogate_range)
{
    static const struct scanner_case rows[] = {
        {"\"\\ud800\\udc00\"", "\"\xf0\x90\x80\x80\""},
        {"\"\\udbff\\udfff\"", "\"\xf4\x8f\xbf\xbf\""},
        {"\"\\ud7ff\\ue000\"", "\"\xed\x9f\xbf\xee\x80\x80\""},
    };
    check(rows, LENGTH(rows));
}

TEST(scanner_keeps_members_that_stand_twice)
{
    static const struct scanner_case rows[] = {
        {"{\"a\":1,\"a\":2}", "{\n  \"a\": 1,\n  \"a\": 2\n}"}};
    check(rows, LENGTH(rows));
}

TEST(scanner_does_not_change_what_it_has_laid_out)
{
    assert_int_equal(lay_out("{\"a\":[1.10,{\"b\":\"\\u00e9\\u0000\"}],\"c\":[],\"d\":{}}"), 0);
    char *once = strdup(laid_out);
    assert_int_equal(lay_out(once), 0);
    assert_string_equal(laid_out, once);
    free(once);
}

TEST(scanner_appends_behind_what_is_there)
{
    struct buffer buffer;
    struct scanner scanner = scanner_of("[1]", 3);
    buffer_init(&buffer, 100);
    buffer_append(&buffer, "x", 1);
    assert_int_equal(scanner_value(&scanner, &buffer), 0);
    assert_memory_equal(buffer.data, "x[\n  1\n]", buffer.size);
    assert_int_equal(buffer.size, 8);
    buffer_finish(&buffer);
}

TEST(scanner_says_what_is_no_json)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "not JSON: a value was expected"},
        {"  ", "not JSON: a value was expected"},
        {"nul", "not JSON: a value was expected"},
        {"NaN", "not JSON: a value was expected"},
        {"+1", "not JSON: a value was expected"},
        {".5", "not JSON: a value was expected"},
        {"'a'", "not JSON: a value was expected"},
        {"[1,]", "not JSON: a value was expected"},
        {"[,1]", "not JSON: a value was expected"},
        {"{\"a\":}", "not JSON: a value was expected"},
        {"\f1", "not JSON: a value was expected"},
        {"\xef\xbb\xbf"
         "1",
         "not JSON: a value was expected"},
        {"-", "not JSON: a number without digits"},
        {"-a", "not JSON: a number without digits"},
        {"1.", "not JSON: a number that ends in its point"},
        {"1.e5", "not JSON: a number that ends in its point"},
        {"1e", "not JSON: an exponent without digits"},
        {"1e+", "not JSON: an exponent without digits"},
        {"1E-x", "not JSON: an exponent without digits"},
        {"01", MORE},
        {"-01", MORE},
        {"1 2", MORE},
        {"{} x", MORE},
        {"truefalse", MORE},
        {"[1]]", MORE},
        {"[1", "not JSON: a comma or a closing bracket was expected"},
        {"[1 2]", "not JSON: a comma or a closing bracket was expected"},
        {"[1}", "not JSON: a comma or a closing bracket was expected"},
        {"{\"a\":1", "not JSON: a comma or a closing bracket was expected"},
        {"{\"a\":1]", "not JSON: a comma or a closing bracket was expected"},
        {"{a:1}", "not JSON: a string was expected"},
        {"{1:1}", "not JSON: a string was expected"},
        {"{\"a\":1,}", "not JSON: a string was expected"},
        {"{\"a\" 1}", "not JSON: a colon was expected"},
        {"{\"a\"", "not JSON: a colon was expected"},
        {"\"a", "not JSON: a string without its end"},
        {"\"a\\", "not JSON: a string without its end"},
        {"\"\\x\"", "not JSON: an unknown escape in a string"},
        {"\"\\U0041\"", "not JSON: an unknown escape in a string"},
        {"\"\\u00g0\"", "not JSON: \\u without four hexadecimal digits"},
        {"\"\\u123", "not JSON: \\u without four hexadecimal digits"},
        {"\"\\ud83d\\u12\"", "not JSON: \\u without four hexadecimal digits"},
        {"\"a\nb\"", "not JSON: a bare control character in a string"},
        {"\"\x1f\"", "not JSON: a bare control character in a string"},
        {"\"\xff\"", "a string that is not UTF-8"},
        {"\"\xc3\"", "a string that is not UTF-8"},
        {"\"\xc0\x80\"", "a string that is not UTF-8"},
        {"\"\xed\xa0\x80\"", "a string that is not UTF-8"},
        {"\"\xf4\x90\x80\x80\"", "a string that is not UTF-8"},
        {"{\"\x80\":1}", "a string that is not UTF-8"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].text, lay_out(rows[i].text) == -EBADMSG);
        assert_string_equal(laid_out_why, rows[i].why);
    }
}

TEST(scanner_refuses_a_nul_byte)
{
    assert_int_equal(lay_out_bytes("1\0", 2, 100), -EBADMSG);
    assert_string_equal(laid_out_why, MORE);
    assert_int_equal(lay_out_bytes("\"\0\"", 3, 100), -EBADMSG);
    assert_string_equal(laid_out_why, "not JSON: a bare control character in a string");
}

TEST(scanner_refuses_every_beginning_of_a_value)
{
    static const char text[] =
        "{\"a\":[1.5e3,{\"b\":\"\\u00e9\\ud83d\\ude00\xc3\xa9\"}],\"c\":null}";
    for (size_t size = 0; size < sizeof text - 1; size++)
        assert_int_equal(lay_out_bytes(text, size, 1000), -EBADMSG);
    assert_int_equal(lay_out_bytes(text, sizeof text - 1, 1000), 0);
}

/* DEPTH arrays around a number. */
static int lay_out_nested(size_t depth)
{
    char text[1024];
    memset(text, '[', depth);
    text[depth] = '1';
    memset(text + depth + 1, ']', depth);
    return lay_out_bytes(text, 2 * depth + 1, 1 << 20);
}

TEST(scanner_goes_32_levels_deep_and_no_deeper)
{
    assert_int_equal(SCANNER_DEPTH_MAX, 32);
    assert_int_equal(lay_out_nested(SCANNER_DEPTH_MAX), 0);
    assert_int_equal(lay_out_nested(SCANNER_DEPTH_MAX + 1), -EBADMSG);
    assert_string_equal(laid_out_why, "JSON that is nested too deeply");
    assert_int_equal(lay_out_nested(500), -EBADMSG);
}

TEST(scanner_counts_depth_and_not_containers)
{
    char text[2000] = "[";
    for (int i = 0; i < 300; i++)
        strcat(text, "[1],");
    strcat(text, "0]");
    assert_int_equal(lay_out(text), 0);
}

TEST(scanner_keeps_to_the_room_it_is_given)
{
    static const char text[] = "{\"a\":[1,2,{\"b\":\"x\"}]}";
    assert_int_equal(lay_out(text), 0);
    size_t whole = strlen(laid_out);
    for (size_t max = 0; max < whole; max++) {
        assert_int_equal(lay_out_bytes(text, sizeof text - 1, max), -EFBIG);
        assert_string_equal(laid_out_why, "too large");
    }
    assert_int_equal(lay_out_bytes(text, sizeof text - 1, whole), 0);
}

TEST(scanner_checks_1000_levels_and_no_more)
{
    char text[2100];
    memset(text, '[', 1001);
    text[1001] = '1';
    memset(text + 1002, ']', 1001);
    struct scanner scanner = scanner_of(text, 2003);
    assert_int_equal(scanner_value(&scanner, NULL), -EBADMSG);
    assert_string_equal(scanner.why, "JSON that is nested too deeply");
    scanner = scanner_of(text + 1, 2001);
    assert_int_equal(scanner_value(&scanner, NULL), 0);
}

TEST(scanner_takes_a_value_and_not_more)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"{\"a\":[1,{}]},7", 12},
        {"\"a]\\\"}\" ,", 7},
        {" []]", 3},
        {"12,3", 2},
        {"1.5.5", 3},
        {"true}", 4},
        {"nullx", 4},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct scanner scanner = scanner_of(rows[i].text, strlen(rows[i].text));
        assert_row(rows[i].text, scanner_value(&scanner, NULL) == 0);
        assert_row(rows[i].text, scanner.at == rows[i].text + rows[i].size);
    }
}

TEST(scanner_takes_a_name_with_its_colon)
{
    struct buffer name;
    struct scanner scanner = scanner_of(" \"\\u0061\" :7", 12);
    buffer_init(&name, 100);
    assert_int_equal(scanner_name(&scanner, &name), 0);
    assert_int_equal(name.size, 3);
    assert_memory_equal(name.data, "\"a\"", 3);
    assert_true(scanner_is_at(&scanner, '7'));
    assert_int_equal(scanner_name(&scanner, &name), -EBADMSG);
    assert_string_equal(scanner.why, "not JSON: a string was expected");
    buffer_finish(&name);
}

TEST(scanner_steps_over_single_bytes)
{
    static const char text[] = "\t[ \n,";
    struct scanner scanner = scanner_of(text, sizeof text - 1);
    assert_false(scanner_take(&scanner, ','));
    assert_true(scanner_take(&scanner, '['));
    assert_false(scanner_is_at_end(&scanner));
    assert_true(scanner_is_at(&scanner, ','));
    assert_true(scanner_take(&scanner, ','));
    assert_false(scanner_is_at(&scanner, ','));
    assert_false(scanner_take(&scanner, ','));
    assert_true(scanner_is_at_end(&scanner));
}

/* What the scanner takes, cJSON reads as well, to the same byte. */
TEST(scanner_takes_what_cjson_reads)
{
    static const char *const parts[] = {
        "{", "}",      "[",  "]",       "\"",   "\"a\":", ",", ":", " ",
        "1", "-2.5e7", "\\", "\\u0000", "\\\"", "true",   "x", "\n"};
    unsigned seed = 11, values = 0;
    for (int round = 0; round < 200000; round++) {
        char text[128] = "";
        int count = 1 + rand_r(&seed) % 8;
        for (int i = 0; i < count; i++)
            strcat(text, parts[(size_t)rand_r(&seed) % LENGTH(parts)]);
        struct scanner scanner = scanner_of(text, strlen(text));
        if (scanner_value(&scanner, NULL))
            continue;
        const char *after = NULL;
        cJSON *value = cJSON_ParseWithOpts(text, &after, 0);
        assert_row(text, value && after == scanner.at);
        cJSON_Delete(value);
        values++;
    }
    assert_true(values > 10000);
}

static int tear_down(void **state)
{
    (void)state;
    free(laid_out);
    laid_out = NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanner_is_that_of_jq),
        cmocka_unit_test(scanner_keeps_digits_of_numbers),
        cmocka_unit_test(scanner_keeps_what_utf8_cannot_say_as_it_was_escaped),
        cmocka_unit_test(scanner_does_not_escape_del),
        cmocka_unit_test(scanner_writes_the_ends_of_the_surrogate_range),
        cmocka_unit_test(scanner_keeps_members_that_stand_twice),
        cmocka_unit_test(scanner_does_not_change_what_it_has_laid_out),
        cmocka_unit_test(scanner_appends_behind_what_is_there),
        cmocka_unit_test(scanner_says_what_is_no_json),
        cmocka_unit_test(scanner_refuses_a_nul_byte),
        cmocka_unit_test(scanner_refuses_every_beginning_of_a_value),
        cmocka_unit_test(scanner_goes_32_levels_deep_and_no_deeper),
        cmocka_unit_test(scanner_counts_depth_and_not_containers),
        cmocka_unit_test(scanner_keeps_to_the_room_it_is_given),
        cmocka_unit_test(scanner_checks_1000_levels_and_no_more),
        cmocka_unit_test(scanner_takes_a_value_and_not_more),
        cmocka_unit_test(scanner_takes_a_name_with_its_colon),
        cmocka_unit_test(scanner_steps_over_single_bytes),
        cmocka_unit_test(scanner_takes_what_cjson_reads),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
