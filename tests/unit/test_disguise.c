/* Tests what becomes of values in a report: the form stays, and nothing else. */
#include "unit.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "json/disguise.h"
#include "json/record.h"

static struct disguise *disguise;
static struct buffer out;

static int set_up(void **state)
{
    (void)state;
    disguise = disguise_create();
    buffer_init(&out, (size_t)1 << 20);
    return disguise ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    disguise_destroy(disguise);
    disguise_destroy(NULL);
    buffer_finish(&out);
    return 0;
}

/* What BODY becomes, with a NUL; until the next call. */
static const char *became(const char *body)
{
    buffer_clear(&out);
    assert_int_equal(disguise_body(disguise, body, strlen(body), &out), 0);
    assert_int_equal(out.size, strlen(body));
    assert_int_equal(buffer_append(&out, "", 1), 0);
    return out.data;
}

TEST(disguise_keeps_what_tells_the_form)
{
    static const char *const kept[] = {
        "",
        "{}",
        " [ ] \n",
        "{\"response\":[],\"pagination\":{\"perPage\":100,\"totalItems\":1234567,\"total\":12,"
        "\"currentPage\":2,\"page\":2,\"totalPages\":0,\"links\":{\"self\":null,\"next\":\"\"}}"
        "}",
        "{\"totalItems\":1234567,\"links\":{\"next\":\"/?page=2\"},\"response\":[]}",
        "{\"response\":{\"error\":{\"httpStatusCode\":404,\"id\":1040}}}",
        "{\"response\":{\"error\":{\"httpStatusCode\":\"404\",\"id\":\"1040\"}}}",
        "{\"error\":{\"httpStatusCode\":404,\"id\":1040}}",
        "{\"a\":true,\"b_c-d\":false,\"E\":null,\"f\":0,\"g\":\"\",\"h\":\"-\",\"i\":-0}",
        "{\"pagination\":{\"links\":{\"next\":\"/?page=2&perPage=100\"}}}",
    };
    for (size_t i = 0; i < LENGTH(kept); i++)
        assert_string_equal(became(kept[i]), kept[i]);
}

/* Each is one value, which can't be recognized any more. */
TEST(disguise_replaces_everything_else)
{
    static const char *const bodies[] = {
        "{\"name\":\"Somebody\"}",
        "{\"id\":1234567}",
        "{\"httpStatusCode\":12345}",
        "{\"response\":{\"id\":1234567}}",
        "{\"response\":{\"error\":{\"id\":1234567}}}",
        "{\"response\":{\"error\":{\"message\":\"Somebody\"}}}",
        "{\"response\":{\"error\":{\"x\":{\"id\":12345}}}}",
        "{\"response\":[{\"error\":{\"id\":12345}}]}",
        "{\"response\":[{\"pagination\":{\"total\":12345}}]}",
        "{\"pagination\":{\"other\":1234567}}",
        "{\"pagination\":{\"perPage\":\"Somebody\"}}",
        "{\"pagination\":{\"links\":{\"next\":\"?page=2&apiKey=f3f2c1d0\"}}}",
        "{\"pagination\":{\"links\":{\"next\":\"?apiKey=f3f2c1d0&page=2\"}}}",
        "{\"pagination\":{\"links\":{\"total\":12345}}}",
        "{\"jane@example.com\":0}",
        "{\"1234567\":0}",
        "<html>Somebody</html>",
        "\"Somebody",
        "{\"x\":Somebody",
        "{\"x\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa9\"}",
        "{\"x\":\"\\u00e9\\u20ac\\u00e9\\u00e9\"}",
        "\xe9\xe8",
    };
    for (size_t i = 0; i < LENGTH(bodies); i++)
        assert_row(bodies[i], strcmp(became(bodies[i]), bodies[i]) != 0);
    assert_null(strstr(
        became("{\"pagination\":{\"links\":{\"next\":\"?page=2&apiKey=f3f2c1d0\"}}}"), "f3f2"));
}

TEST(disguise_keeps_the_kind_of_each_sign)
{
    static const char body[] = "{\"x\":\"Ab 9-z@Q.\\n\\\"\\/\\u0041\"}";
    const char *text = became(body) + strlen("{\"x\":\"");
    assert_true(isupper(text[0]) && islower(text[1]) && text[2] == ' ' && isdigit(text[3]));
    assert_true(text[4] == '-' && islower(text[5]) && text[6] == '@' && isupper(text[7]));
    assert_memory_equal(text + 8, ".\\n\\\"\\/\\u00", 11);
    assert_true(isxdigit(text[19]) && isxdigit(text[20]) && text[21] == '"');
}

TEST(disguise_leaves_json_what_it_is)
{
    static const char body[] =
        "{\"a\":-12.50e-3,\"b\":1E+400,\"c\":\"\\ud83d\\ude00 \\u00e9\\t\",\"d\":[10,0.5,100],"
        "\"\xc3\xa9\":\"\xc3\xa9\\u00e9\",\"\\u00e9\":\"\\\\\"}";
    for (int i = 0; i < 200; i++) {
        const char *text = became(body);
        cJSON *value = cJSON_ParseWithOpts(text, NULL, 1);
        assert_row(text, value != NULL);
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(value, "d")), 3);
        cJSON_Delete(value);
        assert_non_null(strstr(text, ",0."));
        for (const char *at = text; *at; at += utf8_size(at, strlen(at)))
            assert_int_not_equal(utf8_size(at, strlen(at)), 0);
        tear_down(NULL);
        set_up(NULL);
    }
}

TEST(disguise_makes_the_same_of_the_same)
{
    char text[80], first[16], second[16];
    double fraction;
    strcpy(text, became("[Somebody,1234567,1.75,\"Somebody\",\"1234567\",1.75]"));
    assert_int_equal(sscanf(text, "[%15[^,],%15[^,],%lf", first, second, &fraction), 3);
    char expected[80];
    snprintf(expected, sizeof expected, "[%s,%s,%.2f,\"%s\",\"%s\",%.2f]", first, second,
             fraction, first, second, fraction);
    assert_string_equal(text, expected);
    assert_string_equal(became("1234567"), second);
}

TEST(disguise_of_another_run_is_another)
{
    char first[32];
    strcpy(first, became("1234567890123456789"));
    tear_down(NULL);
    set_up(NULL);
    assert_string_not_equal(became("1234567890123456789"), first);
}

/* IDs must lead to each other, so no two of them may become one. */
TEST(disguise_makes_no_two_numbers_the_same)
{
    static const struct {
        unsigned from, to;
    } ranges[] = {{1, 9}, {10, 99}, {100, 999}, {1000, 9999}};
    static bool seen[10000];
    for (size_t r = 0; r < LENGTH(ranges); r++) {
        for (unsigned i = ranges[r].from; i <= ranges[r].to; i++) {
            char digits[16];
            snprintf(digits, sizeof digits, "%u", i);
            unsigned long now = strtoul(became(digits), NULL, 10);
            assert_between(now, ranges[r].from, ranges[r].to);
            assert_false(seen[now]);
            seen[now] = true;
        }
    }
}

TEST(disguise_makes_no_id_too_large)
{
    for (int i = 0; i < 100; i++) {
        char digits[24];
        snprintf(digits, sizeof digits, "92233720368547758%02d", i % 8);
        assert_between(*became(digits), '1', '8');
    }
}

TEST(disguise_makes_days_of_days)
{
    for (int i = 0; i < 300; i++) {
        char body[40];
        unsigned year, month, day;
        snprintf(body, sizeof body, "\"2019-%02d-%02dT%02d\"", i % 12 + 1, i % 28 + 1, i % 24);
        assert_int_equal(sscanf(became(body), "\"%u-%u-%u", &year, &month, &day), 3);
        assert_between(year, 2000, 2023);
        assert_between(month, 1, 12);
        assert_between(day, 1, 28);
    }
}

/* Now and then one is a day by chance. */
TEST(disguise_makes_no_days_of_what_is_none)
{
    unsigned days = 0;
    for (int i = 0; i < 80; i++) {
        char body[40];
        uint32_t day;
        snprintf(body, sizeof body, "\"2019-%d-31\"", 13 + i);
        days += mtime_day(became(body) + 1, strlen("2019-13-31"), &day);
    }
    assert_between(days, 0, 20);
}

TEST(disguise_bears_depth_and_what_never_ends)
{
    char deep[4096];
    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2050);
    deep[4050] = '\0';
    assert_string_equal(became(deep), deep);
    static const char *const bodies[] = {"\"", "\"\\", "\"\\u12", "{\"a\"", "{\"a\":", "]}{",
                                         "1.", ".5",   "1.2.3",   "-",      "\\u0041"};
    for (size_t i = 0; i < LENGTH(bodies); i++)
        became(bodies[i]); /* as long as it was */
    struct buffer small;
    buffer_init(&small, 4);
    assert_int_equal(disguise_body(disguise, "\"abcdef\"", 8, &small), -EFBIG);
    buffer_finish(&small);
}

#define DISGUISE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISGUISE_TEST(disguise_keeps_what_tells_the_form),
        DISGUISE_TEST(disguise_replaces_everything_else),
        DISGUISE_TEST(disguise_keeps_the_kind_of_each_sign),
        DISGUISE_TEST(disguise_leaves_json_what_it_is),
        DISGUISE_TEST(disguise_makes_the_same_of_the_same),
        DISGUISE_TEST(disguise_of_another_run_is_another),
        DISGUISE_TEST(disguise_makes_no_two_numbers_the_same),
        DISGUISE_TEST(disguise_makes_no_id_too_large),
        DISGUISE_TEST(disguise_makes_days_of_days),
        DISGUISE_TEST(disguise_makes_no_days_of_what_is_none),
        DISGUISE_TEST(disguise_bears_depth_and_what_never_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
