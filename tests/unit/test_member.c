#include "unit.h"

#include <cjson/cJSON.h>

#include "json/member.h"

static uint64_t id_of(const char *text)
{
    uint64_t id = 0;
    member_id_of_text(text, strlen(text), "id", &id);
    return id;
}

TEST(member_id_is_a_whole_number)
{
    assert_int_equal(id_of("{\"id\":1}"), 1);
    assert_int_equal(id_of("{\"a\":\"\\ud83d\",\"id\":7}"), 7);
    assert_int_equal(id_of("{\"id\":9007199254740991}"), 9007199254740991);
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
                                        "[1]",
                                        "1",
                                        "",
                                        "{\"id\":1",
                                        "{\"x\":{\"id\":1}}"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_row(texts[i], id_of(texts[i]) == 0);
}

TEST(member_id_is_never_another_number_than_the_text_says)
{
    static const char *const texts[] = {
        "{\"id\":9007199254740993}", "{\"id\":9007199254740995}", "{\"id\":9007199254740994}",
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

TEST(member_count_and_id_take_no_object_at_all)
{
    assert_int_equal(member_count(NULL, "n"), -1);
    assert_int_equal(member_id(NULL, "n"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_id_is_a_whole_number),
        cmocka_unit_test(member_id_is_0_for_anything_else),
        cmocka_unit_test(member_id_is_never_another_number_than_the_text_says),
        cmocka_unit_test(member_count_is_a_whole_number_from_0_up),
        cmocka_unit_test(member_count_and_id_take_no_object_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
