#include "unit.h"

#include <stdio.h>

#include "api/etag.h"

static struct etag read_line(struct etag etag, const char *line, size_t size)
{
    /* Of a size to the byte: ASan sees who reads on. */
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, line, size);
    etag_read(&etag, copy, size);
    free(copy);
    return etag;
}

TEST(etag_is_read_from_its_header)
{
    static const char *const rows[][2] = {
        {"ETag: \"x\"\r\n", "\"x\""},
        {"etag:W/\"x\"", "W/\"x\""},
        {"ETag: \"\"", "\"\""},
        {"ETag: \"a,b;c=/\\\xc3\xa4\"", "\"a,b;c=/\\\xc3\xa4\""},
        {"ETag: x", ""},
        {"ETag: \"x", ""},
        {"ETag: x\"", ""},
        {"ETag: \"", ""},
        {"ETag: w/\"x\"", ""},
        {"ETag: W/x", ""},
        {"ETag: \"x\", \"y\"", ""},
        {"ETag: \"x y\"", ""},
        {"ETag: \"x\ty\"", ""},
        {"ETag: \"x\x7f\"", ""},
        {"ETag: *", ""},
        {"ETag:", ""},
        {"ETags: \"x\"", ""},
        {"X-ETag: \"x\"", ""},
        {"", ""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct etag etag =
            read_line((struct etag){.seen = false}, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(etag.text, rows[i][1]);
    }
}

TEST(etag_with_a_nul_in_it_is_none)
{
    static const char line[] = "ETag: \"x\"\0y\"";
    struct etag etag = read_line((struct etag){.seen = false}, line, sizeof line - 1);
    assert_string_equal(etag.text, "");
}

TEST(etag_that_comes_twice_is_none)
{
    struct etag etag = read_line((struct etag){.seen = false}, "ETag: \"x\"", 9);
    etag = read_line(etag, "Age: 5", 6);
    assert_string_equal(etag.text, "\"x\"");
    etag = read_line(etag, "ETag: \"x\"", 9);
    assert_string_equal(etag.text, "");
    etag = read_line(etag, "ETag: \"x\"", 9);
    assert_string_equal(etag.text, "");
}

TEST(etag_that_is_too_long_is_none)
{
    for (size_t length = ETAG_MAX - 3; length < ETAG_MAX + 3; length++) {
        char line[ETAG_MAX + 20];
        int size = snprintf(line, sizeof line, "ETag: \"%0*d\"", (int)length - 2, 0);
        struct etag etag = read_line((struct etag){.seen = false}, line, (size_t)size);
        assert_int_equal(strlen(etag.text), length < ETAG_MAX ? length : 0);
    }
}

TEST(etag_is_the_same_weak_or_not)
{
    assert_true(etag_same("\"x\"", "\"x\""));
    assert_true(etag_same("W/\"x\"", "\"x\""));
    assert_true(etag_same("\"x\"", "W/\"x\""));
    assert_false(etag_same("\"x\"", "\"y\""));
    assert_false(etag_same("W/\"x\"", "W/\"X\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(etag_is_read_from_its_header),
        cmocka_unit_test(etag_with_a_nul_in_it_is_none),
        cmocka_unit_test(etag_that_comes_twice_is_none),
        cmocka_unit_test(etag_that_is_too_long_is_none),
        cmocka_unit_test(etag_is_the_same_weak_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
