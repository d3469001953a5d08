#include "unit.h"

#include "api/verdict.h"

/* Records with the IDs 1 to 120. */
static struct record *records[120];

static int make_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(records); i++)
        records[i] = record_create(i + 1, 0, "", 0);
    return 0;
}

static int free_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(records); i++)
        record_unref(records[i]);
    return 0;
}

/* An envelope of COUNT records with IDs from FIRST on. */
static struct envelope *fill(struct envelope *page, uint64_t first, size_t count,
                             int64_t per_page, int64_t total)
{
    *page = (struct envelope){.records = records + first - 1,
                              .count = count,
                              .per_page = per_page,
                              .total_items = total,
                              .total_pages = -1};
    return page;
}

TEST(verdict_on_page_1)
{
    static const struct {
        const char *what;
        size_t count;
        int64_t per_page, total;
        uint64_t asked;
        enum verdict verdict;
    } rows[] = {
        {"all of a known total", 3, 1000, 3, 1000, VERDICT_COMPLETE},
        {"an empty list", 0, 100, 0, 100, VERDICT_COMPLETE},
        {"an empty list, nothing said", 0, -1, -1, 0, VERDICT_HOPELESS},
        {"the documentation's communities", 3, 100, 0, 0, VERDICT_COMPLETE},
        {"a full page of more", 100, 100, 250, 100, VERDICT_MORE},
        {"cut down and echoed", 50, 50, 250, 1000, VERDICT_MORE},
        {"cut down in silence", 100, 1000, 250, 1000, VERDICT_MORE},
        {"cut down in silence to less than the default", 50, 1000, 250, 1000,
         VERDICT_INCONSISTENT},
        {"short of what was echoed", 40, 50, 250, 1000, VERDICT_INCONSISTENT},
        {"empty, with a total", 0, 100, 5, 100, VERDICT_INCONSISTENT},
        {"more than the total", 5, 100, 3, 100, VERDICT_INCONSISTENT},
        {"full, and more than the total", 100, 100, 3, 100, VERDICT_INCONSISTENT},
        {"full, total 0", 100, 100, 0, 0, VERDICT_MORE_UNKNOWN},
        {"full by its echo, total 0", 50, 50, 0, 1000, VERDICT_MORE_UNKNOWN},
        {"full as asked, no total", 10, -1, -1, 10, VERDICT_MORE_UNKNOWN},
        {"short, no total", 9, -1, -1, 10, VERDICT_COMPLETE},
        {"the default size, no total", 100, 1000, -1, 1000, VERDICT_MORE_UNKNOWN},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope page;
        const char *why = NULL;
        fill(&page, 1, rows[i].count, rows[i].per_page, rows[i].total);
        enum verdict verdict = verdict_first(&page, rows[i].asked, &why);
        assert_row(rows[i].what, verdict == rows[i].verdict);
        bool wrong = verdict == VERDICT_INCONSISTENT || verdict == VERDICT_HOPELESS;
        assert_row(rows[i].what, wrong == (why != NULL));
    }
}

TEST(verdict_believes_totalpages_where_there_is_no_total)
{
    struct envelope page;
    const char *why = NULL;
    fill(&page, 1, 3, -1, 0)->total_pages = 2;
    assert_int_equal(verdict_first(&page, 100, &why), VERDICT_MORE_UNKNOWN);
    fill(&page, 1, 0, -1, 0)->total_pages = 2;
    assert_int_equal(verdict_first(&page, 100, &why), VERDICT_INCONSISTENT);
    assert_string_equal(why, "page 1 is empty, and totalPages says that there are more");
}

TEST(verdict_on_the_next_page_of_an_unknown_total)
{
    struct envelope first, next;
    const char *why = "";
    fill(&first, 1, 10, 10, 0);
    fill(&next, 11, 10, 10, 0);
    assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_MORE_UNKNOWN);
    fill(&next, 11, 9, 10, 0);
    assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_COMPLETE);
    fill(&next, 11, 0, 10, 0);
    assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_COMPLETE_BEFORE);
    assert_string_equal(why, "");
}

TEST(verdict_takes_more_than_a_page_for_everything)
{
    static const struct {
        int64_t per_page;
        uint64_t asked;
        enum verdict verdict;
    } rows[] = {{9, 9, VERDICT_COMPLETE_BEFORE},  {10, 10, VERDICT_HOPELESS},
                {-1, 9, VERDICT_COMPLETE_BEFORE}, {-1, 10, VERDICT_HOPELESS},
                {-1, 0, VERDICT_HOPELESS},        {100, 1000, VERDICT_HOPELESS}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope first, next;
        const char *why = "";
        fill(&first, 1, 10, rows[i].per_page, 0);
        fill(&next, 1, 10, rows[i].per_page, 0);
        assert_int_equal(verdict_next(&first, rows[i].asked, &next, 2, &why), rows[i].verdict);
        assert_string_equal(why, rows[i].verdict == VERDICT_HOPELESS
                                     ? "page 2 repeats page 1: what may be behind it can't be "
                                       "asked for"
                                     : "");
    }
}

TEST(verdict_says_what_is_wrong_with_the_next_page)
{
    struct envelope first, next;
    const char *why;
    fill(&first, 1, 10, 10, 0);
    fill(&next, 11, 10, 10, 25);
    assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_INCONSISTENT);
    assert_string_equal(why, "totalItems changed between pages");
    fill(&next, 11, 11, 10, 0);
    assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_INCONSISTENT);
    assert_string_equal(why, "a page is larger than page 1");
}

TEST(verdict_believes_totalpages_when_a_page_is_short)
{
    struct envelope first, next;
    const char *why = "";
    fill(&first, 1, 10, 10, 0)->total_pages = 3;
    for (size_t count = 0; count < 10; count += 9) {
        fill(&next, 11, count, 10, 0);
        assert_int_equal(verdict_next(&first, 10, &next, 2, &why), VERDICT_INCONSISTENT);
        assert_string_equal(why, "a page is short, and totalPages says that there are more");
        assert_int_equal(verdict_next(&first, 10, &next, 3, &why),
                         count ? VERDICT_COMPLETE : VERDICT_COMPLETE_BEFORE);
    }
}

TEST(verdict_refuses_totals_that_contradict_each_other)
{
    struct envelope page;
    const char *why = "";
    fill(&page, 1, 10, 10, 10)->total_pages = 2;
    assert_int_equal(verdict_first(&page, 10, &why), VERDICT_HOPELESS);
    assert_string_equal(why, "totalPages says that there is more than totalItems");
    fill(&page, 1, 10, 10, 10)->total_pages = 1;
    assert_int_equal(verdict_first(&page, 10, &why), VERDICT_COMPLETE);
}

TEST(verdict_on_a_page_of_a_known_total)
{
    struct envelope page;
    const char *why;
    fill(&page, 1, 10, 10, 25);
    assert_int_equal(verdict_known(&page, 10, 25, &why), VERDICT_COMPLETE);
    assert_int_equal(verdict_known(&page, 10, 24, &why), VERDICT_INCONSISTENT);
    assert_string_equal(why, "totalItems changed between pages");
    assert_int_equal(verdict_known(&page, 9, 25, &why), VERDICT_INCONSISTENT);
    assert_string_equal(why, "a page does not hold what totalItems promised");
}

TEST(verdict_compares_ids_in_order)
{
    struct envelope a, b;
    fill(&a, 1, 10, -1, -1);
    fill(&b, 4, 10, -1, -1);
    assert_true(envelope_same_ids(&a, 3, &b, 0, 7));
    assert_false(envelope_same_ids(&a, 2, &b, 0, 7));
    assert_false(envelope_repeats(&a, &b));
    assert_true(envelope_repeats(&a, fill(&b, 1, 10, -1, -1)));
    assert_false(envelope_repeats(&a, fill(&b, 1, 9, -1, -1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_on_page_1),
        cmocka_unit_test(verdict_believes_totalpages_where_there_is_no_total),
        cmocka_unit_test(verdict_on_the_next_page_of_an_unknown_total),
        cmocka_unit_test(verdict_takes_more_than_a_page_for_everything),
        cmocka_unit_test(verdict_says_what_is_wrong_with_the_next_page),
        cmocka_unit_test(verdict_believes_totalpages_when_a_page_is_short),
        cmocka_unit_test(verdict_refuses_totals_that_contradict_each_other),
        cmocka_unit_test(verdict_on_a_page_of_a_known_total),
        cmocka_unit_test(verdict_compares_ids_in_order),
    };
    return cmocka_run_group_tests(tests, make_records, free_records);
}
