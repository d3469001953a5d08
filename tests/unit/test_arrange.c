/* Tests that the members of a record are put into the order that lists have. */
#include "unit.h"

#include <errno.h>

#include "json/arrange.h"
#include "laid_out.h"

static struct record *record_of(const char *json)
{
    return laid_out_record_of_day(7, 86400 * 400, json);
}

/* That arranging FROM as TEMPLATE gives EXPECTED. */
static void assert_arranged(const char *from, const char *template, const char *expected)
{
    struct record *record = record_of(from), *like = record_of(template);
    struct record *wanted = record_of(expected), *arranged = NULL;
    assert_int_equal(arrange_record(record, like->bytes, like->size, &arranged), 0);
    assert_true(record_equals(arranged, wanted));
    struct buffer shape;
    buffer_init(&shape, 65536);
    assert_int_equal(arrange_shape(like, &shape), 0);
    record_unref(arranged);
    assert_int_equal(arrange_record(record, shape.data, shape.size, &arranged), 0);
    assert_true(record_equals(arranged, wanted));
    buffer_finish(&shape);
    record_unref(arranged);
    record_unref(record);
    record_unref(like);
    record_unref(wanted);
}

static void assert_refused(const char *from, const char *template)
{
    struct record *record = record_of(from), *like = record_of(template), *arranged;
    assert_int_equal(arrange_record(record, like->bytes, like->size, &arranged), -EBADMSG);
    record_unref(record);
    record_unref(like);
}

TEST(arrange_moves_members_and_keeps_their_values)
{
    assert_arranged("{\"b\":1.10,\"a\":\"x,\\\"y\\n\"}", "{\"a\":0,\"b\":0}",
                    "{\"a\":\"x,\\\"y\\n\",\"b\":1.10}");
    assert_arranged("{\"a\":[{\"x\":1},[],{}],\"c\":{},\"b\":[1,2]}",
                    "{\"c\":{},\"b\":[],\"a\":null}",
                    "{\"c\":{},\"b\":[1,2],\"a\":[{\"x\":1},[],{}]}");
    assert_arranged("{\"a\":9007199254740993}", "{\"a\":null}", "{\"a\":9007199254740993}");
}

TEST(arrange_moves_members_of_objects_inside)
{
    assert_arranged("{\"u\":{\"b\":1,\"a\":{\"d\":2,\"c\":3}},\"id\":7}",
                    "{\"id\":1,\"u\":{\"a\":{\"c\":9,\"d\":9},\"b\":9}}",
                    "{\"id\":7,\"u\":{\"a\":{\"c\":3,\"d\":2},\"b\":1}}");
}

TEST(arrange_leaves_an_object_where_the_template_has_none)
{
    assert_arranged("{\"a\":{\"y\":1,\"x\":2},\"b\":1}", "{\"b\":1,\"a\":5}",
                    "{\"b\":1,\"a\":{\"y\":1,\"x\":2}}");
}

TEST(arrange_gives_the_record_itself_where_nothing_moves)
{
    struct record *record = record_of("{\"a\":1,\"b\":{\"c\":[1,{\"a\":2}]}}"), *arranged;
    assert_int_equal(arrange_record(record, record->bytes, record->size, &arranged), 0);
    assert_ptr_equal(arranged, record);
    record_unref(arranged);
    record_unref(record);
}

TEST(arrange_refuses_other_members)
{
    assert_refused("{\"a\":1,\"b\":2}", "{\"a\":1}");
    assert_refused("{\"a\":1}", "{\"a\":1,\"b\":2}");
    assert_refused("{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}");
    assert_refused("{\"a\":1,\"b\":2,\"b\":3}", "{\"a\":1,\"a\":2,\"b\":3}");
    assert_refused("{\"a\":1,\"b\":2,\"b\":3}", "{\"a\":1,\"b\":2,\"b\":3}");
    assert_refused("{\"a\":{\"x\":1}}", "{\"a\":{\"y\":1}}");
    assert_refused("{\"\\\"a\":1}", "{\"a\":1}");
}

TEST(arrange_gives_an_empty_record_itself)
{
    struct record *record = record_of("{}"), *arranged;
    assert_int_equal(arrange_record(record, record->bytes, record->size, &arranged), 0);
    assert_ptr_equal(arranged, record);
    record_unref(arranged);
    record_unref(record);
}

TEST(arrange_refuses_what_would_hold_up_the_loop)
{
    static char huge[70000] = "{\n  \"a\": \"";
    size_t start = strlen(huge);
    memset(huge + start, 'x', sizeof huge - start);
    memcpy(huge + sizeof huge - 4, "\"\n}\n", 4);
    struct record *record = record_create(7, 0, huge, sizeof huge), *arranged;
    assert_int_equal(arrange_record(record, "{\n  \"a\": 1\n}\n", 14, &arranged), -EBADMSG);
    record_unref(record);
}

TEST(arrange_keeps_nothing_of_a_person_in_a_shape)
{
    struct record *record =
        record_of("{\"id\":7,\"phone\":\"555\",\"o\":{\"mail\":\"x@y\",\"l\":[\"z\"]}}");
    struct buffer shape;
    buffer_init(&shape, 4096);
    assert_int_equal(arrange_shape(record, &shape), 0);
    static const char expected[] = "{\n  \"id\": null,\n  \"phone\": null,\n  \"o\": {\n    "
                                   "\"mail\": null,\n    \"l\": null\n  }\n}";
    assert_int_equal(shape.size, strlen(expected));
    assert_memory_equal(shape.data, expected, shape.size);
    buffer_finish(&shape);
    record_unref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrange_moves_members_and_keeps_their_values),
        cmocka_unit_test(arrange_moves_members_of_objects_inside),
        cmocka_unit_test(arrange_leaves_an_object_where_the_template_has_none),
        cmocka_unit_test(arrange_gives_the_record_itself_where_nothing_moves),
        cmocka_unit_test(arrange_refuses_other_members),
        cmocka_unit_test(arrange_gives_an_empty_record_itself),
        cmocka_unit_test(arrange_refuses_what_would_hold_up_the_loop),
        cmocka_unit_test(arrange_keeps_nothing_of_a_person_in_a_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
