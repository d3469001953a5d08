/* Tests how two neighbouring windows of a list fit together. */
#include "unit.h"

#include <errno.h>

#include "api/stitch.h"

enum { COUNT = 8 };

/* An envelope with the IDs of the letters of NAMES, 'a' for 1. The text of a record is its
 * letter and MARK. */
static struct envelope make(const char *names, char mark)
{
    struct envelope envelope = {.records = calloc(COUNT, sizeof(struct record *))};
    assert_non_null(envelope.records);
    for (; names[envelope.count]; envelope.count++) {
        char text[] = {names[envelope.count], mark};
        envelope.records[envelope.count] =
            record_create((uint64_t)(*text - 'a' + 1), 0, text, sizeof text);
    }
    return envelope;
}

static void drop(struct envelope *envelope)
{
    for (size_t i = 0; i < envelope->count; i++)
        record_unref(envelope->records[i]);
    free(envelope->records);
}

static void assert_names(const struct envelope *envelope, const char *names)
{
    assert_int_equal(envelope->count, strlen(names));
    for (size_t i = 0; i < envelope->count; i++)
        assert_int_equal(envelope->records[i]->id, names[i] - 'a' + 1);
}

TEST(stitch_overlap_is_the_tail_that_the_other_begins_with)
{
    static const struct {
        const char *before, *window;
        struct overlap overlap;
    } rows[] = {
        {"abcd", "defg", {3, 1}}, {"abcd", "cdef", {2, 2}}, {"abcd", "abcdef", {0, 4}},
        {"abcd", "bc", {1, 2}},   {"abcd", "abcd", {0, 4}}, {"dcba", "bax", {2, 2}},
        {"abcd", "efgh", {0, 0}}, {"abcd", "ceg", {0, 0}},  {"abcd", "xcd", {0, 0}},
        {"abcd", "dxc", {3, 1}},  {"abcd", "bd", {0, 0}},   {"abcd", "", {0, 0}},
        {"", "abcd", {0, 0}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope before = make(rows[i].before, ' '), window = make(rows[i].window, ' ');
        struct overlap overlap = stitch_overlap(&before, &window);
        assert_row(rows[i].window, overlap.count == rows[i].overlap.count);
        assert_row(rows[i].window, overlap.count == 0 || overlap.from == rows[i].overlap.from);
        drop(&before);
        drop(&window);
    }
}

TEST(stitch_same_compares_all_records_in_order)
{
    struct envelope one = make("abc", ' ');
    static const char *const others[] = {"ab", "abcd", "acb", "abd", ""};
    for (size_t i = 0; i < LENGTH(others); i++) {
        struct envelope other = make(others[i], ' ');
        assert_row(others[i], !stitch_same(&one, &other));
        drop(&other);
    }
    assert_true(stitch_same(&one, &one));
    assert_true(stitch_holds(&one, 3));
    assert_false(stitch_holds(&one, 4));
    drop(&one);
}

TEST(stitch_share_leaves_one_copy_of_each_the_later_one)
{
    static const char *const kept[] = {"111", "122"};
    for (int later = 0; later < 2; later++) {
        struct envelope before = make("abc", '1'), window = make("bcd", '2');
        struct overlap overlap = stitch_overlap(&before, &window);
        stitch_share(&before, &window, &overlap, later);
        assert_names(&before, "abc");
        assert_names(&window, "bcd");
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(before.records[i]->bytes[1], kept[later][i]);
        assert_ptr_equal(before.records[1], window.records[0]);
        assert_ptr_equal(before.records[2], window.records[1]);
        assert_int_equal(window.records[2]->bytes[1], '2');
        drop(&before);
        drop(&window);
    }
}

TEST(stitch_remove_doubles_leaves_the_first_of_each_and_their_order)
{
    static const struct {
        const char *names, *left;
    } rows[] = {{"", ""},    {"a", "a"},     {"abc", "abc"},   {"cba", "cba"},  {"acb", "acb"},
                {"aa", "a"}, {"abab", "ab"}, {"cabac", "cab"}, {"bbbabb", "ba"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope = make(rows[i].names, ' ');
        assert_int_equal(stitch_remove_doubles(&envelope), 0);
        assert_names(&envelope, rows[i].left);
        drop(&envelope);
    }
}

TEST(stitch_remove_doubles_refuses_an_id_that_has_two_sets_of_values)
{
    struct envelope envelope = make("cabac", ' ');
    record_unref(envelope.records[4]);
    envelope.records[4] = record_create(3, 0, "c!", 2);
    assert_int_equal(stitch_remove_doubles(&envelope), -EBADMSG);
    assert_names(&envelope, "cab");
    drop(&envelope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stitch_overlap_is_the_tail_that_the_other_begins_with),
        cmocka_unit_test(stitch_same_compares_all_records_in_order),
        cmocka_unit_test(stitch_share_leaves_one_copy_of_each_the_later_one),
        cmocka_unit_test(stitch_remove_doubles_leaves_the_first_of_each_and_their_order),
        cmocka_unit_test(stitch_remove_doubles_refuses_an_id_that_has_two_sets_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
