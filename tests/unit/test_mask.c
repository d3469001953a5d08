#include "unit.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "json/mask.h"

/* Whether TEXT is masked as EXPECTED, in a copy of the same length. */
static bool masks(const char *text, const char *expected)
{
    size_t size = strlen(text);
    char *original = malloc(size + 1);
    assert_non_null(original);
    memcpy(original, text, size + 1);
    char *masked = mask_copy(original, size);
    free(original);
    assert_non_null(masked);
    bool same = strlen(masked) == size && strcmp(masked, expected) == 0;
    free(masked);
    return same;
}

TEST(mask_replaces_what_cjson_cannot_read)
{
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"\"a\\u0000b\"", "\"a\\ufffdb\""},
        {"\"\\ud83d\"", "\"\\ufffd\""},
        {"\"\\uD83Dx\"", "\"\\ufffdx\""},
        {"\"\\udc00\"", "\"\\ufffd\""},
        {"\"\\ude00\\ud83d\"", "\"\\ufffd\\ufffd\""},
        {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""},
        {"{\"\\u0000\":1}", "{\"\\ufffd\":1}"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].text, masks(rows[i].text, rows[i].masked));
}

TEST(mask_leaves_everything_else)
{
    static const char *const texts[] = {"",
                                        "{\"a\":[1,-2.5e+3,true]}",
                                        "\"\\ud83d\\ude00\"",
                                        "\"\\u00e9\\u0001\"",
                                        "\"\\\\u0000\"",
                                        "\"\\\\ud83d\"",
                                        "\"\\\"\\ud83d\\ude00\"",
                                        "\\u0000",
                                        "\"\\u00",
                                        "\"\\",
                                        "\"\\u12g4\"",
                                        "<html>9</html>",
                                        "1234567890123456789012345678901234567890",
                                        "\"12345678901234567890123456789012345678901\"",
                                        "\xff\xfe"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], masks(texts[i], texts[i]));
}

TEST(mask_makes_long_numbers_short)
{
    assert_true(masks("[12345678901234567890123456789012345678901,1]",
                      "[0                                        ,1]"));
    assert_true(masks("-1234567890123456789012345678901234567890.5e7",
                      "0                                            "));
}

TEST(mask_keeps_what_is_no_json_no_json)
{
    static const char text[] = "-----------------------------------------------------------";
    char *masked = mask_copy(text, sizeof text - 1);
    cJSON *value = cJSON_Parse(masked);
    bool read = value != NULL;
    cJSON_Delete(value);
    free(masked);
    assert_false(read);
}

TEST(mask_keeps_the_length_of_any_bytes)
{
    static const char alphabet[] = "\"\\u0d8cf{}[]:,-19eE. \0\xc3\xff";
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        size_t size = (size_t)(rand_r(&seed) % 64);
        for (size_t i = 0; i < size; i++)
            text[i] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
        char *exact = malloc(size + 1);
        assert_non_null(exact);
        memcpy(exact, text, size);
        char *masked = mask_copy(exact, size);
        assert_non_null(masked);
        assert_int_equal(masked[size], '\0');
        free(masked);
        free(exact);
    }
}

/* Where the value ended that cJSON reads at the beginning of TEXT; 0 if it reads none. */
static size_t read_value(const char *text, size_t size)
{
    const char *after = NULL;
    char *masked = mask_copy(text, size);
    assert_non_null(masked);
    cJSON *value = cJSON_ParseWithLengthOpts(masked, size, &after, 0);
    size_t end = value ? (size_t)(after - masked) : 0;
    cJSON_Delete(value);
    free(masked);
    return end;
}

TEST(mask_value_size_is_that_of_the_value)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"{\"a\":[1,{}]},7", 12},
        {"\"a]\\\"}\" ,", 7},
        {"[]]", 2},
        {"12,3", 3},
        {"true}", 5},
        {"\"a", 2},
        {"\"\\", 2},
        {"", 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].text,
                   mask_value_size(rows[i].text, strlen(rows[i].text)) == rows[i].size);
}

/* What is cut off behind it must not change what is read, or whether it is. */
TEST(mask_value_size_cuts_nothing_off_that_cjson_reads)
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
        size_t size = strlen(text);
        size_t end = read_value(text, size);
        if (*text != ' ' && *text != '\n')
            assert_row(text, read_value(text, mask_value_size(text, size)) == end);
        values += end > 0;
    }
    assert_true(values > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask_replaces_what_cjson_cannot_read),
        cmocka_unit_test(mask_leaves_everything_else),
        cmocka_unit_test(mask_makes_long_numbers_short),
        cmocka_unit_test(mask_keeps_what_is_no_json_no_json),
        cmocka_unit_test(mask_keeps_the_length_of_any_bytes),
        cmocka_unit_test(mask_value_size_is_that_of_the_value),
        cmocka_unit_test(mask_value_size_cuts_nothing_off_that_cjson_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
