/* Tests the cells of a CSV. */
#include "unit.h"

#include <errno.h>

#include "laid_out.h"
#include "view/csv.h"

/* The cell that the value of a member is written to. */
static void assert_cell(const char *json, const char *expected)
{
    struct buffer text, spare, cell;
    buffer_init(&text, 65536);
    buffer_init(&spare, 65536);
    buffer_init(&cell, 65536);
    laid_out_append(json, &text);
    assert_int_equal(csv_append_value(text.data, text.size, &spare, &cell), 0);
    if (cell.size != strlen(expected) ||
        (cell.size > 0 && memcmp(cell.data, expected, cell.size) != 0))
        fail_msg("%s: %.*s is not %s", json, (int)cell.size, cell.data, expected);
    assert_true(cell.size <= csv_value_max(text.data, text.size));
    buffer_finish(&cell);
    buffer_finish(&spare);
    buffer_finish(&text);
}

TEST(csv_cells_of_strings_are_their_text)
{
    assert_cell("\"plain\"", "plain");
    assert_cell("\"a b\"", "a b");
    assert_cell("\"\\u00e9 \\\\ \\/\"", "\xc3\xa9 \\ /");
    assert_cell("\"a\\u0000b\\ud83d\"", "a\\u0000b\\ud83d");
}

TEST(csv_cells_are_quoted_where_they_must_be)
{
    assert_cell("\"a,b\"", "\"a,b\"");
    assert_cell("\"say \\\"hi\\\"\"", "\"say \"\"hi\"\"\"");
    assert_cell("\"\\\"\"", "\"\"\"\"");
    assert_cell("\"two\\nlines\"", "\"two\nlines\"");
    assert_cell("\"two\\r\\nlines\"", "\"two\r\nlines\"");
    assert_cell("\"a\\tb\"", "\"a\tb\"");
    assert_cell("\" a\"", "\" a\"");
    assert_cell("\"a \"", "\"a \"");
}

TEST(csv_tells_what_is_empty_from_what_is_missing)
{
    assert_cell("\"\"", "\"\"");
    assert_cell("null", "");
}

TEST(csv_keeps_digits_and_words)
{
    assert_cell("9007199254740993", "9007199254740993");
    assert_cell("-1.10", "-1.10");
    assert_cell("1E+400", "1E+400");
    assert_cell("true", "true");
    assert_cell("false", "false");
}

/* It would be another text. */
TEST(csv_does_not_change_what_looks_like_a_formula)
{
    assert_cell("\"=1+1\"", "=1+1");
    assert_cell("\"+49 30\"", "+49 30");
    assert_cell("\"-\"", "-");
    assert_cell("\"@SUM(A1)\"", "@SUM(A1)");
}

TEST(csv_cells_of_objects_and_arrays_are_compact_json)
{
    assert_cell("{ \"a\": [1, \"x\"] }", "\"{\"\"a\"\":[1,\"\"x\"\"]}\"");
    assert_cell("[1]", "[1]");
    assert_cell("[1, 2]", "\"[1,2]\"");
    assert_cell("{}", "{}");
    assert_cell("[\"a\\u0000\\n\"]", "\"[\"\"a\\u0000\\n\"\"]\"");
    assert_cell("[\"\\\"\\\"\\\"\"]", "\"[\"\"\\\"\"\\\"\"\\\"\"\"\"]\"");
}

TEST(csv_stops_at_the_maximum)
{
    struct buffer spare, cell;
    buffer_init(&spare, 64);
    for (size_t max = 0; max < 6; max++) {
        buffer_init(&cell, max);
        assert_int_equal(csv_append_text("a\"b", 3, &cell), -EFBIG);
        assert_int_equal(csv_append_value("\"a\\\"b\"", 6, &spare, &cell), -EFBIG);
        buffer_finish(&cell);
    }
    buffer_finish(&spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_cells_of_strings_are_their_text),
        cmocka_unit_test(csv_cells_are_quoted_where_they_must_be),
        cmocka_unit_test(csv_tells_what_is_empty_from_what_is_missing),
        cmocka_unit_test(csv_keeps_digits_and_words),
        cmocka_unit_test(csv_does_not_change_what_looks_like_a_formula),
        cmocka_unit_test(csv_cells_of_objects_and_arrays_are_compact_json),
        cmocka_unit_test(csv_stops_at_the_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
