/* Tests the writing of JSON documents. */
#include "unit.h"

#include <errno.h>

#include "json/writer.h"

static struct buffer out;

static int set_up(void **state)
{
    (void)state;
    buffer_init(&out, 4096);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_finish(&out);
    return 0;
}

static const char *written(void)
{
    assert_int_equal(buffer_append(&out, "", 1), 0);
    return out.data;
}

TEST(writer_lays_out_as_jq_does)
{
    struct writer writer = {.out = &out};
    writer_open(&writer, NULL, '{');
    writer_string(&writer, "a", "x");
    writer_open(&writer, "list", '[');
    writer_number(&writer, NULL, UINT64_MAX);
    writer_open(&writer, NULL, '{');
    writer_null(&writer, "b");
    writer_close(&writer, '}');
    writer_close(&writer, ']');
    writer_open(&writer, "none", '[');
    writer_close(&writer, ']');
    writer_tenths(&writer, "age", 121);
    writer_close(&writer, '}');
    writer_end(&writer);
    assert_int_equal(writer.error, 0);
    assert_string_equal(written(),
                        "{\n  \"a\": \"x\",\n  \"list\": [\n    18446744073709551615,\n"
                        "    {\n      \"b\": null\n    }\n  ],\n  \"none\": [],\n"
                        "  \"age\": 12.1\n}\n");
}

TEST(writer_escapes_what_a_terminal_or_a_reader_would_trip_over)
{
    static const struct {
        const char *text, *quoted;
    } rows[] = {
        {"", "\"\""},
        {"a\"b\\c", "\"a\\u0022b\\u005cc\""},
        {"\033[2J\n\t\x7f", "\"\\u001b[2J\\u000a\\u0009\\u007f\""},
        {"Müller 😀", "\"Müller 😀\""},
        {"\xff"
         "a\xc3",
         "\"\\ufffda\\ufffd\""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        buffer_clear(&out);
        assert_int_equal(writer_quote(&out, rows[i].text), 0);
        assert_string_equal(written(), rows[i].quoted);
    }
}

TEST(writer_tells_times_in_utc)
{
    struct writer writer = {.out = &out};
    setenv("TZ", "Asia/Tokyo", 1);
    writer_time(&writer, NULL, 1769860800);
    assert_string_equal(written(), "\"2026-01-31T12:00:00Z\"");
}

TEST(writer_keeps_its_first_error)
{
    struct writer writer = {.out = &out};
    out.max = 5;
    writer_open(&writer, NULL, '{');
    writer_string(&writer, "name", "too long");
    writer_close(&writer, '}');
    assert_int_equal(writer.error, -EFBIG);
}

#define WRITER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITER_TEST(writer_lays_out_as_jq_does),
        WRITER_TEST(writer_escapes_what_a_terminal_or_a_reader_would_trip_over),
        WRITER_TEST(writer_tells_times_in_utc),
        WRITER_TEST(writer_keeps_its_first_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
