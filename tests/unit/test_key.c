/* Tests the key of the environment. */
#include "unit.h"

#include <stdlib.h>

#include "base/wipe.h"
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
    wipe_free(key);
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
    setenv("QUESTIONPRO_API_KEY", "'abc-123'", 1);
    assert_null(key_take_from_environment(&problem));
    assert_string_equal(problem, "it begins with a quote");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_of_the_environment_is_taken_out_of_it),
        cmocka_unit_test(key_of_the_environment_that_cannot_be_one_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
