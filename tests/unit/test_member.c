#include "unit.h"

#include <cjson/cJSON.h>

#include "json/member.h"
#include "laid_out.h"

static uint64_t id_of(const char *text)
{
    uint64_t id = 99;
    struct record *record = laid_out_record(1, text);
    assert_int_equal(member_id_of_text(record->bytes, record->size, "id", &id), 0);
    record_unref(record);
    return id;
}

TEST(member_id_is_a_whole_number)
{
    assert_int_equal(id_of("{\"id\":1}"), 1);
    assert_int_equal(id_of("{\"a\":\"\\ud83d\",\"id\":7}"), 7);
    assert_int_equal(id_of("{\"id\":7.0}"), 7);
    assert_int_equal(id_of("{\"id\":9007199254740991}"), 9007199254740991);
    assert_int_equal(id_of("{\"id\":9007199254740993}"), 9007199254740993);
    assert_int_equal(id_of("{\"id\":9223372036854775807}"), INT64_MAX);
}

TEST(member_id_is_0_for_anything_else)
{
    static const char *const texts[] = {"{}",
                                        "{\"id\":0}",
                                        "{\"id\":-1}",
                                        "{\"id\":\"1\"}",
                                        "{\"id\":1.5}",
                                        "{\"id\":1e300}",
                                        "{\"id\":null}",
                                        "{\"id\":[1]}",
                                        "{\"ID\":1}",
                                        "{\"id\":1,\"id\":1}",
                                        "{\"id\":1,\"id\":null}",
                                        "{\"id\":9223372036854775808}",
                                        "{\"idx\":1}",
                                        "{\"x\":{\"id\":1}}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], id_of(texts[i]) == 0);
}

TEST(member_id_is_never_another_number_than_the_text_says)
{
    static const char *const texts[] = {
        "{\"id\":9007199254740993.0}", "{\"id\":9007199254740995e0}",
        "{\"id\":9223372036854775809}", "{\"id\":18446744073709551617}",
        "{\"id\":12345678901234567890123456789012345678901234567890123456789012345678901}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], id_of(texts[i]) == 0);
}

static int64_t count_of(const char *text)
{
    cJSON *object = cJSON_Parse(text);
    int64_t count = member_count(object, "n");
    cJSON_Delete(object);
    return count;
}

TEST(member_count_is_a_whole_number_from_0_up)
{
    static const struct {
        const char *text;
        int64_t count;
    } rows[] = {
        {"{\"n\":0}", 0},
        {"{\"n\":100}", 100},
        {"{\"n\":-1}", -1},
        {"{\"n\":-0.5}", -1},
        {"{\"n\":1.5}", -1},
        {"{\"n\":\"1\"}", -1},
        {"{\"n\":null}", -1},
        {"{}", -1},
        {"[]", -1},
        {"{\"n\":1e300}", INT64_MAX},
        {"{\"n\":9007199254740991}", 9007199254740991},
        {"{\"n\":1e999}", INT64_MAX},
        {"null", -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].text, count_of(rows[i].text) == rows[i].count);
}

TEST(member_count_takes_no_object_at_all)
{
    assert_int_equal(member_count(NULL, "n"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_id_is_a_whole_number),
        cmocka_unit_test(member_id_is_0_for_anything_else),
        cmocka_unit_test(member_id_is_never_another_number_than_the_text_says),
        cmocka_unit_test(member_count_is_a_whole_number_from_0_up),
        cmocka_unit_test(member_count_takes_no_object_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
