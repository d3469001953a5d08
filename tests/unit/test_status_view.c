/* Tests how a status is shown to people. */
#include "unit.h"

#include "program/status_view.h"
#include "program/text.h"

#define MOUNTED 1769860800 /* 2026-01-31T12:00:00Z */

static const char full[] =
    "{\"version\": \"1.2\", \"mounted_at\": \"2026-01-31T12:00:00Z\","
    " \"api_url\": \"https://api.questionpro.eu/a/api/v2\","
    " \"calls\": {\"total\": 12, \"last_minute\": 3, \"rate\": 300, \"max\": null,"
    "             \"allowance\": 20000, \"used\": 5000},"
    " \"listings\": [{\"path\": \"organizations/23/departments\", \"state\": \"fresh\","
    "                 \"items\": 4, \"pages\": 1, \"age\": 12.1, \"bytes\": 1048576},"
    "                {\"path\": \"organizations/23/departments/12/users\", \"state\": "
    "\"failed\","
    "                 \"items\": null, \"age\": null, \"bytes\": null}],"
    " \"listings_more\": 7,"
    " \"fetching\": [{\"path\": \"organizations/23/departments/13/users\","
    "                 \"pages_done\": 5, \"pages\": 25, \"eta\": 4.0}],"
    " \"last_error\": {\"path\": \"a/b\", \"error\": \"EACCES\", \"status\": 403,"
    "                  \"message\": \"no\\u001b[2Jone\", \"requestID\": \"r-1\","
    "                  \"time\": \"2026-01-31T12:00:01Z\"}}";

static struct buffer out;

static const char *view(const char *text, struct terminal terminal)
{
    struct value *value;
    assert_int_equal(value_parse(text, strlen(text), &value), 0);
    buffer_clear(&out);
    status_view_add(&out, value, MOUNTED + 3700, &terminal);
    (void)buffer_append(&out, "", 1);
    value_destroy(value);
    return out.data;
}

TEST(status_view_shows_all_there_is)
{
    assert_string_equal(
        view(full, (struct terminal){.redraws = false}),
        "account      https://api.questionpro.eu/a/api/v2 (data centre eu)\n"
        "mounted      2026-01-31T12:00:00Z, 1 h 1 min ago, qpfs 1.2\n"
        "calls        12, 3 in the last minute, of at most 300; with earlier mounts 5000 of "
        "the "
        "allowance of 20000 (25 %)\n"
        "fetching     1\n"
        "  organizations/23/departments/13/users 5/25 pages, 4 s left\n"
        "last error   2026-01-31T12:00:01Z a/b: HTTP 403: no?[2Jone [EACCES, requestID r-1]\n"
        "           > the key may not read this: ask the account's administrator, or leave it "
        "out with the options organizations and departments\n"
        "listings     9\n"
        "  organizations/23/departments                     fresh           4   1.0 MiB  12 s "
        "old\n"
        "  organizations/23/departments/12/users            failed  \n"
        "  ... and 7 more\n");
}

TEST(status_view_is_no_higher_than_the_screen)
{
    for (unsigned height = 1; height < 20; height++) {
        const struct terminal screen = {.redraws = true, .width = 60, .height = height};
        unsigned lines = 0;
        for (const char *at = view(full, screen); *at; at++)
            lines += *at == '\n';
        if (lines >= height && height > 1)
            fail_msg("%u lines on a screen of %u", lines, height);
        if (height > 5)
            assert_non_null(strstr(out.data, "5/25 pages"));
    }
}

TEST(status_view_takes_anything)
{
    static const char *const texts[] = {
        "{}", "[]", "null", "{\"calls\": 1, \"listings\": {}, \"fetching\": [1, null]}",
        "{\"mounted_at\": \"x\", \"last_error\": {\"error\": \"EWHAT\"}}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_non_null(
            strstr(view(texts[i], (struct terminal){.redraws = false}), "listings"));
}

TEST(status_view_has_one_line_for_a_log)
{
    struct value *value;
    assert_int_equal(value_parse(full, strlen(full), &value), 0);
    buffer_clear(&out);
    status_view_add_short(&out, value);
    (void)buffer_append(&out, "", 1);
    assert_string_equal(out.data,
                        "calls 12, listings 9, fetching 1\n"
                        "fetching organizations/23/departments/13/users 5/25 pages, 4 s "
                        "left\n");
    value_destroy(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_view_shows_all_there_is),
        cmocka_unit_test(status_view_is_no_higher_than_the_screen),
        cmocka_unit_test(status_view_takes_anything),
        cmocka_unit_test(status_view_has_one_line_for_a_log),
    };
    buffer_init(&out, 1 << 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buffer_finish(&out);
    return failed;
}
