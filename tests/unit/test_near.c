/* Tests which known word is meant by a word with a mistake. */
#include "unit.h"

#include <stdio.h>

#include "base/near.h"

static struct near near;

static void try_all(const char *written)
{
    static const char *const names[] = {"uid",       "env",      "rate",    "timeout",
                                        "cache_ttl", "per_page", "parallel"};
    near_init(&near, written, strlen(written));
    for (size_t i = 0; i < LENGTH(names); i++)
        near_try(&near, names[i], strlen(names[i]));
}

TEST(near_finds_what_was_meant)
{
    static const struct {
        const char *written, *meant;
    } rows[] = {
        {"cachettl", "cache_ttl"},   {"cache-tll", "cache_ttl"}, {"cahce_ttl", "cache_ttl"},
        {"cache_ttls", "cache_ttl"}, {"CACHE_TTL", "cache_ttl"}, {"cachet_tl", "cache_ttl"},
        {"rates", "rate"},           {"paralel", "parallel"},    {"prallell", "parallel"},
        {"tiemout", "timeout"},      {"perpage", "per_page"},
    };
    char hint[NEAR_HINT_SIZE], expected[NEAR_HINT_SIZE];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        try_all(rows[i].written);
        snprintf(expected, sizeof expected, "did you mean %s? ", rows[i].meant);
        assert_row(rows[i].written, strcmp(near_hint(&near, hint), expected) == 0);
    }
}

TEST(near_does_not_guess)
{
    static const char *const others[] = {
        "",
        "x",
        "url",
        "evn",
        "gid",
        "cache",
        "ttl",
        "ra",
        "raet_it",
        "f3f2c1d0-never",
        "a-name-that-is-longer-than-any-name-there-is-or-that-anybody-would-type",
    };
    char hint[NEAR_HINT_SIZE];
    for (size_t i = 0; i < LENGTH(others); i++) {
        try_all(others[i]);
        assert_row(others[i], strcmp(near_hint(&near, hint), "") == 0);
    }
}

TEST(near_takes_the_nearest)
{
    near_init(&near, "noatime", 7);
    near_try(&near, "nodatimes", 9);
    near_try(&near, "nootime", 7);
    near_try(&near, "natimes", 7);
    assert_memory_equal(near.name, "nootime", near.name_size);
    assert_int_equal(near.distance, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_finds_what_was_meant),
        cmocka_unit_test(near_does_not_guess),
        cmocka_unit_test(near_takes_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
