#include "unit.h"

#include "base/buffer.h"
#include "json/gist.h"
#include "json/layout.h"
#include "json/member.h"
#include "json/mtime.h"

static struct gist gist_of(const char *text)
{
    struct gist gist = {.id = 99};
    struct buffer out;
    const char *why;
    buffer_init(&out, 4096);
    assert_int_equal(layout_append(text, strlen(text), &out, &why), 0);
    assert_int_equal(gist_read(&gist, out.data, out.size, "\"userID\""), 0);
    buffer_finish(&out);
    return gist;
}

static bool has_id(const char *text, uint64_t id)
{
    return gist_of(text).id == id;
}

static bool has_day(const char *text, const char *date)
{
    return gist_of(text).day == (date ? mtime_day(date) : MTIME_DEFAULT_DAY);
}

TEST(gist_holds_the_id)
{
    assert_true(has_id("{\"userID\":7}", 7));
    assert_true(has_id("{\"a\":{\"userID\":1},\"userID\":7,\"b\":[{\"userID\":2}]}", 7));
    assert_true(has_id("{\"user\\u0049D\":7.0}", 7));
    assert_true(has_id("{\"userID\":9007199254740993}", 9007199254740993));
    assert_true(has_id("{\"userID\":9223372036854775807}", INT64_MAX));
}

TEST(gist_has_no_id_where_none_is_usable)
{
    static const char *const texts[] = {
        "{}",
        "{\"a\":{\"userID\":7}}",
        "{\"userid\":7}",
        "{\"userID\\u0000\":7}",
        "{\"userID\":\"7\"}",
        "{\"userID\":0}",
        "{\"userID\":-7}",
        "{\"userID\":7.5}",
        "{\"userID\":9223372036854775808}",
        "{\"userID\":1e400}",
        "{\"userID\":null}",
        "{\"userID\":[7]}",
        "{\"userID\":{\"userID\":7}}",
        "{\"userID\":7,\"userID\":7}",
        "{\"userID\":7,\"user\\u0049D\":8}",
        "{\"userID\":\"7\",\"userID\":7}",
    };
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], has_id(texts[i], 0));
}

TEST(gist_holds_the_day_of_creation)
{
    assert_true(has_day("{\"creationDate\":\"2020-02-03T04:05:06\"}", "2020-02-03"));
    assert_true(has_day("{\"licenseStartDate\":\"2021-01-01\",\"creationDate\":\"2020-02-03\"}",
                        "2020-02-03"));
    assert_true(has_day("{\"creationDate\":\"2020-02-03\",\"creationDate\":\"2021-02-03\"}",
                        "2020-02-03"));
    assert_true(
        has_day("{\"creationDate\":\"\",\"licenseStartDate\":\"2021-01-01\"}", "2021-01-01"));
    assert_true(has_day("{\"creationDate\":5,\"creationDate\":\"2020-02-03\"}", NULL));
    assert_true(has_day("{\"a\":{\"creationDate\":\"2020-02-03\"}}", NULL));
    assert_true(has_day("{\"userID\":1}", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gist_holds_the_id),
        cmocka_unit_test(gist_has_no_id_where_none_is_usable),
        cmocka_unit_test(gist_holds_the_day_of_creation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
