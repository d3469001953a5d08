/* Tests the trimming of texts and the finding of prefixes. */
#include "unit.h"

#include "base/span.h"

static bool span_is(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.text, text, span.size) == 0;
}

TEST(span_trims_blanks_on_both_sides)
{
    static const char *const rows[][2] = {
        {"a", "a"}, {" \ta b\r\n", "a b"}, {" \r\n", ""}, {"", ""}, {"a\t", "a"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct span span = {rows[i][0], strlen(rows[i][0])};
        assert_row(rows[i][0], span_is(span_trim(span), rows[i][1]));
    }
}

TEST(span_gives_what_comes_behind_a_prefix)
{
    static const struct {
        const char *text, *prefix, *rest; /* NULL: it is none */
    } rows[] = {
        {"Age: 7\r\n", "Age:", "7"}, {"AGE:7", "age:", "7"}, {"Age:", "Age:", ""},
        {"Age", "Age:", NULL},       {"", "Age:", NULL},     {"Page: 7", "Age:", NULL},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct span span = {rows[i].text, strlen(rows[i].text)}, rest = {NULL, 0};
        assert_row(rows[i].text, span_behind(span, rows[i].prefix, &rest) == !!rows[i].rest);
        assert_row(rows[i].text, !rows[i].rest || span_is(rest, rows[i].rest));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(span_trims_blanks_on_both_sides),
        cmocka_unit_test(span_gives_what_comes_behind_a_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
