/* Tests what a session takes from the options of a mount. */
#include "unit.h"

#include "fuse/session.h"

TEST(session_max_read_is_that_of_a_whole_option)
{
    static const struct {
        const char *options;
        unsigned max_read;
    } rows[] = {
        {"", 0},
        {"noexec", 0},
        {"max_read=4096", 4096},
        {"noexec,max_read=4096,sync", 4096},
        {"max_read=4096,max_read=8192", 8192},
        {"max_read=99999999999", 4294967295},
        {"context=max_read=4096", 0},
        {"context=a\\,max_read=4096", 0},
        {"context=a\\\\,max_read=4096", 4096},
        {"context=a\\,max_read=1,max_read=4096,noexec", 4096},
        {"context=a\\", 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].options, session_max_read(rows[i].options) == rows[i].max_read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_max_read_is_that_of_a_whole_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
