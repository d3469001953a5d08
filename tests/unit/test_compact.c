/* Tests the compact form of a record for JSON lines. */
#include "unit.h"

#include <errno.h>

#include "json/members.h"
#include "laid_out.h"

static void assert_compact(const char *json, const char *expected)
{
    struct buffer text, compact;
    buffer_init(&text, 65536);
    buffer_init(&compact, 65536);
    laid_out_append(json, &text);
    assert_int_equal(buffer_append(&text, "\n", 1), 0);
    for (size_t newline = 0; newline <= 1; newline++) {
        buffer_clear(&compact);
        assert_int_equal(members_append_compact(text.data, text.size - newline, &compact), 0);
        assert_int_equal(compact.size, strlen(expected));
        assert_memory_equal(compact.data, expected, compact.size);
    }
    buffer_finish(&compact);
    buffer_finish(&text);
}

/* What has no blanks comes back as it was. */
TEST(compact_undoes_the_layout)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "\"\"",
        "1.10",
        "null",
        "{\"a\":1}",
        "{\"\":\"\"}",
        "{\"a\":{\"b\":[1,[],{},{\"c\":[2]}],\"d\":null},\"e\":true}",
        "[\"a\",\"b: c\",\"  two blanks\",\"\\n  \\\"q\\\": \"]",
        "{\"a \\\\\":\"x\\\\\",\"b\\\": \":\": \",\"c\":\"\\u0000\\ud83d\"}",
        "{\"n\":9007199254740993,\"e\":1E+400,\"z\":-0.0}",
    };
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_compact(texts[i], texts[i]);
}

TEST(compact_takes_blanks_away)
{
    assert_compact(" { \"a\" : [ 1 , 2 ] , \"b\" : \" x \" } ", "{\"a\":[1,2],\"b\":\" x \"}");
}

TEST(compact_stops_at_the_maximum)
{
    struct buffer compact;
    buffer_init(&compact, 4);
    assert_int_equal(members_append_compact("{\n  \"a\": 1\n}", 12, &compact), -EFBIG);
    buffer_finish(&compact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_undoes_the_layout),
        cmocka_unit_test(compact_takes_blanks_away),
        cmocka_unit_test(compact_stops_at_the_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
