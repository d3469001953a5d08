/* Tests when JSON as it came is taken for a record that is known. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "json/scanner.h"

#define RECORD                                                                                 \
    "{\"userID\":7,\"a\":\"x: \\\" ,y\",\"\\\\\":1.50,\"b\":[],\"c\":{\"d\":[1,\"e\",{}],"     \
    "\"f\":null},\"g\":[\"h\",true],\"i\":\"\"}"

static void lay_out(const char *text, size_t size, struct buffer *out)
{
    struct scanner scanner = scanner_of(text, size);
    buffer_init(out, 1 << 20);
    assert_int_equal(scanner_value(&scanner, out), 0);
    assert_int_equal(buffer_append(out, "\n", 1), 0);
}

/* Return how many bytes of TEXT are the record; 0: it is another. What comes is of a size to
 * the byte, so that ASan sees a read past its end. */
static size_t match_bytes(const struct buffer *record, const char *text, size_t size)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    struct scanner scanner = scanner_of(copy, size);
    bool is_known = scanner_take_known(&scanner, record->data, record->size);
    size_t taken = (size_t)(scanner.at - copy);
    assert_true(is_known ? taken > 0 : taken == 0);
    free(copy);
    return taken;
}

static size_t match(const char *record, const char *text)
{
    struct buffer known;
    lay_out(record, strlen(record), &known);
    size_t taken = match_bytes(&known, text, strlen(text));
    buffer_finish(&known);
    return taken;
}

TEST(match_takes_what_is_spelt_as_before)
{
    static const char *const same[] = {RECORD, "{\"a\": 1, \"b\": {\"c\": []}}",
                                       "{\n  \"a\": [\n    1,\n    2\n  ]\n}", "{}"};
    for (size_t i = 0; i < LENGTH(same); i++)
        assert_int_equal(match(same[i], same[i]), strlen(same[i]));
    assert_int_equal(match("{\"a\":1}", "{\r\n\t\"a\":\t \n1\r}"), 14);
}

TEST(match_takes_nothing_behind_the_record)
{
    assert_int_equal(match("{\"a\":1}", "{\"a\":1} ,{\"a\":1}"), 7);
    assert_int_equal(match("{\"a\":1}", "{\"a\":1}}"), 7);
    assert_int_equal(match("{}", "{}{"), 2);
}

TEST(match_leaves_what_is_another)
{
    static const struct {
        const char *record, *text;
    } rows[] = {
        {"{\"a\":1}", ""},
        {"{\"a\":1}", "{"},
        {"{\"a\":1}", "{\"a\""},
        {"{\"a\":1}", "{\"a\":"},
        {"{\"a\":1}", "{\"a\":1"},
        {"{\"a\":1}", "{\"a\":12}"},
        {"{\"a\":1}", "{\"a\":1.0}"},
        {"{\"a\":12}", "{\"a\":1 2}"},
        {"{\"a\":1}", "{\"a\":1,}"},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}"},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}"},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"},
        {"{\"a\":\"x\"}", "{\"a\":\"\\u0078\"}"},
        {"{\"a\":\"x y\"}", "{\"a\":\"xy\"}"},
        {"{\"a\":\"xy\"}", "{\"a\":\"x y\"}"},
        {"{\"a\":\": b\"}", "{\"a\":\":b\"}"},
        {"{\"a\":\"\\\": b\"}", "{\"a\":\"\\\":b\"}"},
        {"{\"\\\": b\":1}", "{\"\\\":b\":1}"},
        {"{\"a\":\"x\"}", "{\"a\":\"x\n\"}"},
        {"{\"a\":[1,2]}", "{\"a\":[1,[2]]}"},
        {"{\"a\":{}}", "{\"a\":[]}"},
        {"{\"a\":true}", "{\"a\":t rue}"},
        {"{\"a\":1}", "{\"a\":\f1}"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].text, match(rows[i].record, rows[i].text) == 0);
}

/* -------- whatever it takes, the scanner would have laid out as the same -------- */

static void check(const struct buffer *record, const char *text, size_t size)
{
    struct buffer out;
    size_t taken = match_bytes(record, text, size);
    if (taken == 0)
        return;
    struct scanner scanner = scanner_of(text, size);
    buffer_init(&out, 1 << 20);
    assert_int_equal(scanner_value(&scanner, &out), 0);
    assert_ptr_equal(scanner.at, text + taken);
    assert_int_equal(out.size + 1, record->size);
    assert_memory_equal(out.data, record->data, out.size);
    buffer_finish(&out);
}

static void check_changes_at(const struct buffer *record, const char *text, size_t size,
                             size_t at)
{
    char other[512];
    assert_true(size + 1 < sizeof other);
    for (int byte = 0; byte < 256; byte++) {
        memcpy(other, text, size);
        other[at] = (char)byte;
        check(record, other, size);
        if (other[at] != text[at] && !strchr(" \n", text[at]))
            assert_int_equal(match_bytes(record, other, size), 0);
        memcpy(other + at + 1, text + at, size - at);
        check(record, other, size + 1);
    }
    memcpy(other, text, at);
    memcpy(other + at, text + at + 1, size - at - 1);
    check(record, other, size - 1);
}

/* One byte changed, put in, or taken out, at each place. */
TEST(match_sees_each_byte_that_changed)
{
    struct buffer record;
    lay_out(RECORD, strlen(RECORD), &record);
    for (size_t at = 0; at < strlen(RECORD); at++)
        check_changes_at(&record, RECORD, strlen(RECORD), at);
    /* As it is laid out, without the line break at the end. */
    for (size_t at = 0; at + 1 < record.size; at++)
        check_changes_at(&record, record.data, record.size - 1, at);
    buffer_finish(&record);
}

TEST(match_sees_each_text_that_is_cut)
{
    struct buffer record;
    lay_out(RECORD, strlen(RECORD), &record);
    for (size_t size = 0; size < strlen(RECORD); size++)
        assert_int_equal(match_bytes(&record, RECORD, size), 0);
    assert_int_equal(match_bytes(&record, RECORD, strlen(RECORD)), strlen(RECORD));
    buffer_finish(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_takes_what_is_spelt_as_before),
        cmocka_unit_test(match_takes_nothing_behind_the_record),
        cmocka_unit_test(match_leaves_what_is_another),
        cmocka_unit_test(match_sees_each_byte_that_changed),
        cmocka_unit_test(match_sees_each_text_that_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
