/* Tests the reading and writing of UTF-8. */
#include "unit.h"

#include <stdio.h>

#include "base/utf8.h"

TEST(utf8_knows_the_size_of_valid_characters)
{
    static const char *const texts[] = {"a",
                                        "\x7f",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_int_equal(utf8_size(texts[i], strlen(texts[i])), strlen(texts[i]));
}

TEST(utf8_prints_nothing_that_a_terminal_obeys)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"a\033[2Jb", "a?[2Jb"},
        {"\x1f \x7f", "? ?"},
        {"\xc2\x9b"
         "2J",
         "??2J"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"\xe2\x80\xaa\xe2\x80\xae", "??????"},
        {"\xe2\x80\xa9\xe2\x80\xaf", "\xe2\x80\xa9\xe2\x80\xaf"},
        {"\xe2\x81\xa6\xe2\x81\xa9", "??????"},
        {"\xe2\x81\xa5\xe2\x81\xaa", "\xe2\x81\xa5\xe2\x81\xaa"},
        {"M\xc3\xbcller \xff", "M\xc3\xbcller ?"},
        {"\xc3", "?"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", rows[i].text);
        utf8_make_printable(text);
        assert_string_equal(text, rows[i].printed);
    }
}

TEST(utf8_refuses_what_is_no_utf8)
{
    static const struct {
        const char *what, *bytes;
    } rows[] = {
        {"continuation alone", "\x80"},
        {"continuation alone", "\xbf"},
        {"overlong NUL", "\xc0\x80"},
        {"overlong slash", "\xc1\xaf"},
        {"overlong of 3", "\xe0\x9f\xbf"},
        {"overlong of 4", "\xf0\x8f\xbf\xbf"},
        {"first surrogate", "\xed\xa0\x80"},
        {"last surrogate", "\xed\xbf\xbf"},
        {"past U+10FFFF", "\xf4\x90\x80\x80"},
        {"past the table", "\xf5\x80\x80\x80"},
        {"five bytes", "\xf8\x88\x80\x80\x80"},
        {"0xff", "\xff"},
        {"bad second", "\xc3("},
        {"bad third", "\xe2\x82("},
        {"bad fourth", "\xf0\x9f\x98("},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].what, utf8_size(rows[i].bytes, strlen(rows[i].bytes)) == 0);
}

TEST(utf8_refuses_characters_that_are_cut_off)
{
    static const char *const texts[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        for (size_t size = 0; size < strlen(texts[i]); size++)
            assert_int_equal(utf8_size(texts[i], size), 0);
    }
}

TEST(utf8_encodes_what_it_reads)
{
    for (uint32_t codepoint = 1; codepoint <= 0x10ffff; codepoint++) {
        char bytes[4];
        if (codepoint >= 0xd800 && codepoint <= 0xdfff)
            continue;
        size_t size = utf8_encode(codepoint, bytes);
        assert_int_equal(utf8_size(bytes, size), size);
    }
}

TEST(utf8_encodes_as_rfc_3629_shows)
{
    static const struct {
        uint32_t codepoint;
        const char *bytes;
    } rows[] = {{'A', "A"},
                {0xe9, "\xc3\xa9"},
                {0x2262, "\xe2\x89\xa2"},
                {0x1f600, "\xf0\x9f\x98\x80"},
                {0x10ffff, "\xf4\x8f\xbf\xbf"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char bytes[5] = "";
        utf8_encode(rows[i].codepoint, bytes);
        assert_string_equal(bytes, rows[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_knows_the_size_of_valid_characters),
        cmocka_unit_test(utf8_prints_nothing_that_a_terminal_obeys),
        cmocka_unit_test(utf8_refuses_what_is_no_utf8),
        cmocka_unit_test(utf8_refuses_characters_that_are_cut_off),
        cmocka_unit_test(utf8_encodes_what_it_reads),
        cmocka_unit_test(utf8_encodes_as_rfc_3629_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
