/* Tests what one window says about whether more comes behind it. */
#include "unit.h"

#include "api/verdict.h"

/* What the service says beside its records, and what follows. 0 stands for a word that it does
 * not say, but for `total`, which is as it is. */
struct row {
    const char *what;
    struct window window;
    size_t count;
    int64_t total, per_page, total_pages;
    uint64_t next_page, last_page;
    enum verdict verdict;
};

static struct envelope envelope_of(const struct row *row)
{
    return (struct envelope){
        .count = row->count,
        .total_items = row->total,
        .per_page = row->per_page ? row->per_page : -1,
        .total_pages = row->total_pages ? row->total_pages : -1,
        .current_page = -1,
        .next_page = row->next_page,
        .last_page = row->last_page,
    };
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct envelope envelope = envelope_of(&rows[i]);
        const char *why = NULL;
        enum verdict verdict = verdict_of(&rows[i].window, &envelope, &why);
        if (verdict != rows[i].verdict)
            fail_msg("%s: %d, not %d", rows[i].what, verdict, rows[i].verdict);
        bool silent = verdict == VERDICT_END || verdict == VERDICT_MORE;
        assert_row(rows[i].what, silent || why != NULL);
    }
}

#define FIRST(size)                                                                            \
    {                                                                                          \
        1, size                                                                                \
    }
#define UNASKED                                                                                \
    {                                                                                          \
        0, 0                                                                                   \
    }

TEST(verdict_on_page_1_of_a_known_total)
{
    static const struct row rows[] = {
        {"all of it", FIRST(1000), 3, 3, 1000, 0, 0, 0, VERDICT_END},
        {"a full page", FIRST(100), 100, 250, 100, 0, 0, 0, VERDICT_MORE},
        {"a small full page", FIRST(5), 5, 20, 5, 0, 0, 0, VERDICT_MORE},
        {"cut down and echoed", FIRST(1000), 50, 250, 50, 0, 0, 0, VERDICT_MORE},
        {"cut down in silence", FIRST(1000), 100, 250, 1000, 0, 0, 0, VERDICT_MORE},
        {"cut down in silence to less than the default", FIRST(1000), 50, 250, 1000, 0, 0, 0,
         VERDICT_WRONG},
        {"short of what was echoed", FIRST(1000), 40, 250, 50, 0, 0, 0, VERDICT_WRONG},
        {"short", FIRST(100), 99, 250, 100, 0, 0, 0, VERDICT_WRONG},
        {"more than the total", FIRST(100), 5, 3, 100, 0, 0, 0, VERDICT_WRONG},
        {"full, and more than the total", FIRST(100), 100, 3, 100, 0, 0, 0, VERDICT_WRONG},
        {"just full", FIRST(100), 100, 100, 100, 0, 0, 0, VERDICT_HINT},
        {"just full as echoed", FIRST(1000), 50, 50, 50, 0, 0, 0, VERDICT_HINT},
        {"just full as asked, though its echo is larger", FIRST(50), 50, 50, 100, 0, 0, 0,
         VERDICT_HINT},
        {"just the default size, not asked for", UNASKED, 100, 100, 100, 0, 0, 0, VERDICT_END},
    };
    check_rows(rows, LENGTH(rows));
}

TEST(verdict_on_page_1_of_an_unknown_total)
{
    static const struct row rows[] = {
        {"the documentation's communities", UNASKED, 3, 0, 100, 0, 0, 0, VERDICT_END},
        {"full, total 0", UNASKED, 100, 0, 100, 0, 0, 0, VERDICT_MORE},
        {"full by its echo, total 0", FIRST(1000), 50, 0, 50, 0, 0, 0, VERDICT_MORE},
        {"short by its echo, total 0", FIRST(1000), 40, 0, 50, 0, 0, 0, VERDICT_END},
        {"full as asked", FIRST(7), 7, -1, 0, 0, 0, 0, VERDICT_MORE},
        {"short", FIRST(10), 9, -1, 0, 0, 0, 0, VERDICT_END},
        {"full as asked, though its echo is larger", FIRST(50), 50, -1, 100, 0, 0, 0,
         VERDICT_MORE},
        {"full as asked, though its echo is larger, total 0", FIRST(62), 62, 0, 100, 0, 0, 0,
         VERDICT_MORE},
        {"short, and its echo is larger", FIRST(62), 61, 0, 100, 0, 0, 0, VERDICT_END},
        {"a round number", FIRST(1000), 20, -1, 0, 0, 0, 0, VERDICT_MORE},
        {"a round number of fives", FIRST(1000), 25, -1, 0, 0, 0, 0, VERDICT_MORE},
        {"no round number", FIRST(1000), 21, -1, 0, 0, 0, 0, VERDICT_END},
        {"the default size and more", FIRST(1000), 101, -1, 0, 0, 0, 0, VERDICT_MORE},
    };
    check_rows(rows, LENGTH(rows));
}

/* Page 3 of 98 holds the places from 196 to 293. */
#define THIRD                                                                                  \
    {                                                                                          \
        3, 98                                                                                  \
    }

TEST(verdict_behind_page_1)
{
    static const struct row rows[] = {
        {"full, of more", THIRD, 98, 400, 98, 0, 0, 0, VERDICT_MORE},
        {"full, and the end", THIRD, 98, 294, 98, 0, 0, 0, VERDICT_HINT},
        {"short, and the end", THIRD, 54, 250, 98, 0, 0, 0, VERDICT_END},
        {"short of the total", THIRD, 54, 251, 98, 0, 0, 0, VERDICT_WRONG},
        {"beyond the total", THIRD, 54, 249, 98, 0, 0, 0, VERDICT_WRONG},
        {"full, counts this window", THIRD, 98, 98, 98, 0, 0, 0, VERDICT_MORE},
        {"short, counts this window", THIRD, 54, 54, 98, 0, 0, 0, VERDICT_END},
        {"full, total 0", THIRD, 98, 0, 98, 0, 0, 0, VERDICT_MORE},
        {"short, no total", THIRD, 54, -1, 0, 0, 0, 0, VERDICT_END},
        {"a round number is no full page", THIRD, 50, -1, 0, 0, 0, 0, VERDICT_END},
        {"full by its own size", THIRD, 50, -1, 50, 0, 0, 0, VERDICT_MORE},
        {"a number that counts who came", THIRD, 54, -1, 54, 0, 0, 0, VERDICT_END},
        {"short of its own size", THIRD, 54, -1, 60, 0, 0, 0, VERDICT_END},
        {"a size that it does not keep to", THIRD, 54, -1, 50, 0, 0, 0, VERDICT_END},
        {"full by its own size, and the end", THIRD, 54, 250, 54, 0, 0, 0, VERDICT_END},
    };
    check_rows(rows, LENGTH(rows));
}

TEST(verdict_hears_hints_that_more_comes)
{
    static const struct row rows[] = {
        {"page 2 is next", FIRST(100), 3, 3, 100, 0, 2, 0, VERDICT_HINT},
        {"the next one has no number", FIRST(100), 3, 3, 100, 0, UINT64_MAX, 0, VERDICT_HINT},
        {"page 2 is the last", FIRST(100), 3, 3, 100, 0, 0, 2, VERDICT_HINT},
        {"page 1 is the last", FIRST(100), 3, 3, 100, 1, 1, 1, VERDICT_END},
        {"next of a page without a number", UNASKED, 3, 3, 100, 0, 2, 0, VERDICT_HINT},
        {"itself, without a number", UNASKED, 3, 3, 100, 0, 1, 1, VERDICT_END},
        {"two pages", FIRST(100), 3, 3, 100, 2, 0, 0, VERDICT_HINT},
        {"two pages, of a total that is on one", FIRST(1000), 150, 150, 1000, 2, 0, 0,
         VERDICT_HINT},
        {"three pages", FIRST(1000), 150, 150, 1000, 3, 0, 0, VERDICT_HINT},
        {"no total, page 2 is next", FIRST(100), 3, 0, 100, 0, 2, 0, VERDICT_HINT},
        {"no total, two pages", FIRST(100), 3, 0, 100, 2, 0, 0, VERDICT_HINT},
        {"no total, one page", FIRST(100), 3, 0, 100, 1, 0, 0, VERDICT_END},
        {"no total, page 4 of 3", THIRD, 54, 0, 98, 0, 4, 0, VERDICT_HINT},
        {"no total, the last page", THIRD, 54, 0, 98, 3, 0, 3, VERDICT_END},
        {"no total, one page more", THIRD, 54, 0, 98, 4, 0, 0, VERDICT_HINT},
        {"the end, and one page more", THIRD, 98, 294, 98, 4, 0, 0, VERDICT_HINT},
        {"the end, in as many pages", THIRD, 98, 294, 98, 3, 0, 0, VERDICT_HINT},
        {"more, and page 4 is next", THIRD, 98, 400, 98, 5, 4, 5, VERDICT_MORE},
    };
    check_rows(rows, LENGTH(rows));
}

TEST(verdict_total_counts_no_single_window)
{
    static const struct row rows[] = {
        {"of page 1", FIRST(100), 100, 100, 0, 0, 0, 0, 0},
        {"of all", THIRD, 54, 250, 0, 0, 0, 0, 0},
    };
    struct envelope first = envelope_of(&rows[0]), third = envelope_of(&rows[1]);
    assert_int_equal(verdict_total(&rows[0].window, &first), 100);
    assert_int_equal(verdict_total(&rows[1].window, &third), 250);
    third.total_items = 54;
    assert_int_equal(verdict_total(&rows[1].window, &third), 0);
    third.total_items = 0;
    assert_int_equal(verdict_total(&rows[1].window, &third), 0);
    third.total_items = -1;
    assert_int_equal(verdict_total(&rows[1].window, &third), 0);
}

TEST(verdict_takes_more_or_less_than_a_page_for_everything)
{
    static const struct {
        struct row row;
        bool everything, where_page_2_is_empty;
    } rows[] = {
        {{"more than was asked for", FIRST(100), 150, 0, 0, 0, 0, 0, 0}, true, true},
        {{"as many as were asked for", FIRST(150), 150, 0, 0, 0, 0, 0, 0}, false, false},
        {{"more than was echoed", FIRST(1000), 150, 0, 100, 0, 0, 0, 0}, true, true},
        {{"as many as were echoed", FIRST(1000), 150, 0, 150, 0, 0, 0, 0}, false, false},
        {{"few", FIRST(1000), 23, 0, 0, 0, 0, 0, 0}, true, true},
        {{"just as many as on a small page", FIRST(1000), 50, 0, 50, 0, 0, 0, 0}, false, true},
        {{"just as many as were asked for", FIRST(10), 10, 0, 0, 0, 0, 0, 0}, false, false},
        {{"the same, though its echo is larger", FIRST(50), 50, 0, 100, 0, 0, 0, 0},
         false,
         false},
        {{"few, and page 2 is next", FIRST(1000), 23, 0, 0, 0, 2, 0, 0}, false, false},
        {{"few, and three pages", FIRST(1000), 23, 0, 0, 3, 0, 0, 0}, false, false},
        {{"a hundred, nothing said", UNASKED, 100, 0, 0, 0, 0, 0, 0}, false, false},
        {{"a hundred, and one page", UNASKED, 100, 0, 0, 1, 0, 0, 0}, true, true},
        {{"perPage counts those that came", UNASKED, 3, 0, 3, 0, 0, 0, 0}, true, true},
        {{"the same, and page 2 is next", UNASKED, 3, 0, 3, 0, 2, 0, 0}, false, false},
        {{"the same, of more", UNASKED, 3, 4, 3, 0, 0, 0, 0}, false, false},
        {{"perPage counts 20 that came", UNASKED, 20, 0, 20, 0, 0, 0, 0}, false, true},
        {{"perPage counts 25 that came", UNASKED, 25, 0, 25, 0, 0, 0, 0}, false, true},
        {{"as many as perPage, of an endpoint with pages", FIRST(1000), 33, 0, 33, 0, 0, 0, 0},
         false,
         true},
        {{"perPage counts a hundred", UNASKED, 100, 0, 100, 0, 0, 0, 0}, false, false},
        {{"as many as were asked for, odd", FIRST(37), 37, 0, 37, 0, 0, 0, 0}, false, false},
        {{"few of many", FIRST(1000), 23, 250, 0, 0, 0, 0, 0}, false, false},
        {{"more than a page, of many", FIRST(100), 150, 250, 0, 0, 0, 0, 0}, false, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope first = envelope_of(&rows[i].row);
        assert_row(rows[i].row.what, verdict_is_everything(&rows[i].row.window, &first,
                                                           false) == rows[i].everything);
        assert_row(rows[i].row.what, verdict_is_everything(&rows[i].row.window, &first, true) ==
                                         rows[i].where_page_2_is_empty);
    }
}

#define SECOND(size)                                                                           \
    {                                                                                          \
        2, size                                                                                \
    }

TEST(verdict_sees_a_window_of_another_size)
{
    static const struct {
        struct row row;
        bool too_large, rounded, doubtful; /* where nothing is known of its place */
        bool rounded_there;                /* where it begins at 80 */
    } rows[] = {
        {{"the size", SECOND(90), 90, 0, 90, 0, 0, 0, 0}, false, false, true, false},
        {{"more", SECOND(90), 100, 0, 90, 0, 0, 0, 0}, true, false, true, false},
        {{"short", SECOND(90), 37, 0, 90, 0, 0, 0, 0}, false, false, false, false},
        {{"short, a round number", SECOND(90), 80, 0, 90, 0, 0, 0, 0},
         false,
         false,
         true,
         true},
        {{"another size named", SECOND(90), 37, 0, 80, 0, 0, 0, 0}, false, true, true, true},
        {{"its own count named", SECOND(90), 37, 0, 37, 0, 0, 0, 0}, false, false, true, false},
        {{"its own round count named", SECOND(90), 80, 0, 80, 0, 0, 0, 0},
         false,
         true,
         true,
         true},
        {{"a round number, and a total", SECOND(90), 80, 170, 90, 0, 0, 0, 0},
         false,
         false,
         false,
         true},
    };
    const uint64_t begins = 80;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct window *window = &rows[i].row.window;
        struct envelope envelope = envelope_of(&rows[i].row);
        assert_row(rows[i].row.what,
                   verdict_is_too_large(window, &envelope) == rows[i].too_large);
        assert_row(rows[i].row.what,
                   verdict_is_rounded(window, &envelope, NULL) == rows[i].rounded);
        assert_row(rows[i].row.what,
                   verdict_is_rounded(window, &envelope, &begins) == rows[i].rounded_there);
        assert_row(rows[i].row.what, verdict_doubts_end(window, &envelope) == rows[i].doubtful);
    }
}

TEST(verdict_sees_that_a_window_is_another_page)
{
    const struct window second = {2, 100}, unasked = {0, 0};
    struct envelope envelope = {.current_page = -1};
    assert_false(verdict_is_mislaid(&second, &envelope));
    envelope.current_page = 2;
    assert_false(verdict_is_mislaid(&second, &envelope));
    envelope.current_page = 1;
    assert_true(verdict_is_mislaid(&second, &envelope));
    assert_false(verdict_is_mislaid(&unasked, &envelope));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_on_page_1_of_a_known_total),
        cmocka_unit_test(verdict_on_page_1_of_an_unknown_total),
        cmocka_unit_test(verdict_behind_page_1),
        cmocka_unit_test(verdict_hears_hints_that_more_comes),
        cmocka_unit_test(verdict_total_counts_no_single_window),
        cmocka_unit_test(verdict_takes_more_or_less_than_a_page_for_everything),
        cmocka_unit_test(verdict_sees_a_window_of_another_size),
        cmocka_unit_test(verdict_sees_that_a_window_is_another_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
