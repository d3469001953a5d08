/* Tests the line and the bar that show how far a fetch has come. */
#include "unit.h"

#include "program/text.h"

#define PATH "organizations/2345678/departments/1237/users"

static struct buffer out;

static const char *drawn(struct progress progress, unsigned width, bool colors)
{
    const struct terminal terminal = {.redraws = width > 0, .width = width, .colors = colors};
    buffer_clear(&out);
    progress_add(&out, &progress, &terminal);
    (void)buffer_append(&out, "", 1);
    return out.data;
}

TEST(progress_fits_its_bar_and_its_path_to_the_width)
{
    static const struct {
        unsigned width;
        const char *line;
    } rows[] = {
        {120, PATH " [#####-----------------------] 5/25 pages, 4 s left"},
        {80, PATH " [##---------] 5/25 pages, 4 s left"},
        {60, "...8/departments/1237/users [#-------] 5/25 pages, 4 s left"},
        {46, "...1237/users [#-------] 5/25 pages, 4 s left"},
        {40, "...ents/1237/users 5/25 pages, 4 s left"},
        {20, "5/25 pages, 4 s lef"},
        {2, "5"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *line = drawn((struct progress){PATH, 5, 25, 4}, rows[i].width, false);
        if (strlen(line) >= rows[i].width)
            fail_msg("%u columns: too long: %s", rows[i].width, line);
        assert_string_equal(line, rows[i].line);
    }
}

TEST(progress_has_no_bar_where_nobody_knows_how_many)
{
    assert_string_equal(drawn((struct progress){"a", 1, 0, -1}, 80, false), "a 1 page");
    assert_string_equal(drawn((struct progress){"a", 3, 0, -1}, 80, false), "a 3 pages");
    assert_string_equal(drawn((struct progress){"a", 3, 6, -1}, 24, false),
                        "a [####-----] 3/6 pages");
}

TEST(progress_is_a_plain_line_elsewhere)
{
    assert_string_equal(drawn((struct progress){PATH, 3, 25, 90}, 0, false),
                        PATH " 3/25 pages, 1 min left");
}

TEST(progress_is_coloured_where_that_is_wanted)
{
    assert_non_null(strstr(drawn((struct progress){PATH, 3, 25, 4}, 80, true), "\033[32m"));
}

TEST(progress_never_overflows_its_bar)
{
    assert_non_null(strstr(drawn((struct progress){"a", 30, 25, 0}, 60, false), "##] 30/25"));
}

TEST(text_tells_durations_and_sizes)
{
    static const struct {
        double value;
        const char *duration, *size;
    } rows[] = {
        {0, "0 s", "0 B"},
        {59.9, "59 s", "60 B"},
        {1536, "25 min", "1.5 KiB"},
        {12000, "3 h 20 min", "12 KiB"},
        {190800, "2 d 5 h", "186 KiB"},
        {1e300, "11574 d 1 h", NULL},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        buffer_clear(&out);
        text_add_duration(&out, rows[i].value);
        text_add(&out, "|");
        if (rows[i].size)
            text_add_size(&out, rows[i].value);
        (void)buffer_append(&out, "", 1);
        char *size = strchr(out.data, '|');
        *size++ = '\0';
        assert_string_equal(out.data, rows[i].duration);
        assert_string_equal(size, rows[i].size ? rows[i].size : "");
    }
}

TEST(text_is_wrapped_at_blanks_and_shows_no_control_characters)
{
    buffer_clear(&out);
    text_add(&out, "> ");
    text_add_wrapped(&out, "one two\033 three four", 2, 12);
    (void)buffer_append(&out, "", 1);
    assert_string_equal(out.data, "> one two?\n  three four\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_fits_its_bar_and_its_path_to_the_width),
        cmocka_unit_test(progress_has_no_bar_where_nobody_knows_how_many),
        cmocka_unit_test(progress_is_a_plain_line_elsewhere),
        cmocka_unit_test(progress_is_coloured_where_that_is_wanted),
        cmocka_unit_test(progress_never_overflows_its_bar),
        cmocka_unit_test(text_tells_durations_and_sizes),
        cmocka_unit_test(text_is_wrapped_at_blanks_and_shows_no_control_characters),
    };
    buffer_init(&out, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buffer_finish(&out);
    return failed;
}
