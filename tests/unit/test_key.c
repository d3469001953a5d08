/* Tests the key in memory: where it comes from, and that it is wiped. */
#include "unit.h"

#include <stdlib.h>

#include "options/key.h"

TEST(key_of_the_environment_is_taken_out_of_it)
{
    const char *problem;
    setenv("QUESTIONPRO_API_KEY", "abc-123", 1);
    char *variable = getenv("QUESTIONPRO_API_KEY");
    char *key = key_take_from_environment(&problem);
    assert_string_equal(key, "abc-123");
    assert_null(problem);
    assert_null(getenv("QUESTIONPRO_API_KEY"));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(variable[i], '\0'); /* /proc/PID/environ shows that memory */
    key_free(key);
}

TEST(key_of_the_environment_that_cannot_be_one_has_a_reason)
{
    const char *problem;
    assert_null(key_take_from_environment(&problem));
    assert_null(problem);
    setenv("QUESTIONPRO_API_KEY", "", 1);
    assert_null(key_take_from_environment(&problem));
    assert_string_equal(problem, "it is empty");
    setenv("QUESTIONPRO_API_KEY", "a b", 1);
    assert_null(key_take_from_environment(&problem));
    assert_string_equal(problem, "it holds a blank or a character that can't be in a key");
    assert_null(getenv("QUESTIONPRO_API_KEY"));
}

static const char *freed;
static size_t freed_size, freed_left;

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    for (size_t i = 0; memory && memory == freed && i < freed_size; i++)
        freed_left += freed[i] != '\0';
    __real_free(memory);
}

TEST(key_free_overwrites_it)
{
    char *key = strdup("abc-123");
    assert_non_null(key);
    freed = key;
    freed_size = 7;
    freed_left = 0;
    key_free(key);
    freed = NULL;
    assert_int_equal(freed_left, 0);
}

TEST(key_free_takes_null)
{
    key_free(NULL);
    char *key = strdup("abc");
    assert_non_null(key);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_of_the_environment_is_taken_out_of_it),
        cmocka_unit_test(key_of_the_environment_that_cannot_be_one_has_a_reason),
        cmocka_unit_test(key_free_overwrites_it),
        cmocka_unit_test(key_free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
