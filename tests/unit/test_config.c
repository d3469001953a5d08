#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "capture.h"
#include "options/config.h"
#include "scratch.h"

static struct settings settings;
static const char *logged;

/* Reads TEXT as a configuration file. */
static int read_config(const char *text)
{
    const char *path = scratch_write("named", text, strlen(text), 0600);
    capture_begin();
    int error = config_read(&settings, path);
    logged = capture_end();
    return error;
}

static int tear_down(void **state)
{
    (void)state;
    settings_finish(&settings);
    return 0;
}

/* That one line was logged, and how it ends. */
static void assert_logged(const char *end)
{
    size_t size = strlen(logged), length = strlen(end);
    if (size < length || strcmp(logged + size - length, end) != 0)
        assert_string_equal(logged, end);
    assert_ptr_equal(strchr(logged, '\n'), logged + size - 1);
}

TEST(config_reads_lines)
{
    assert_int_equal(read_config("# mine\n\nuser_id = 7\nenv=eu\n  rate =\t20  \n; x\n"
                                 "delay_connect = yes\napi_key_file = /a b/c"),
                     0);
    assert_string_equal(logged, "");
    assert_int_equal(settings_number(&settings, SETTING_USER_ID), 7);
    assert_string_equal(settings.text[SETTING_ENV], "eu");
    assert_int_equal(settings_number(&settings, SETTING_RATE), 20);
    assert_int_equal(settings_number(&settings, SETTING_DELAY_CONNECT), 1);
    assert_string_equal(settings.text[SETTING_API_KEY_FILE], "/a b/c");
    assert_int_equal(settings.origin[SETTING_RATE], ORIGIN_FILE);
}

TEST(config_takes_an_indented_line_for_a_line)
{
    assert_int_equal(read_config("user_id = 7\n  env = eu\n\trate = 20\n"), 0);
    assert_int_equal(settings_number(&settings, SETTING_USER_ID), 7);
    assert_string_equal(settings.text[SETTING_ENV], "eu");
    assert_int_equal(settings_number(&settings, SETTING_RATE), 20);
}

TEST(config_takes_lines_that_end_as_in_dos)
{
    assert_int_equal(read_config("user_id = 7\r\nenv = eu\r\n"), 0);
    assert_string_equal(settings.text[SETTING_ENV], "eu");
}

TEST(config_says_what_is_wrong_and_where)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"user_id\n", "named:1: this is no \"name = value\"\n"},
        {"\nuser_id = 7\nx y z\n", "named:3: this is no \"name = value\"\n"},
        {"rate = x\n", "in the configuration file: rate=x: it is a whole number from 1 to "
                       "100000\n"},
        {"user_id = 7\nfoo = 1\n",
         "named:2: no option is called \"foo\"; qpfs --help lists them\n"},
        {"[account]\nuser_id = 7\n",
         "named:2: there are no sections here; leave [account] out\n"},
        {"api_key = s3cret-of-mine\n",
         "named:1: the key itself does not stand here; put it into "
         "a file of its own and write api_key_file = FILE\n"},
        {"env =\n", "in the configuration file: env needs a value: env=NAME\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].text, read_config(rows[i].text) == -EINVAL);
        assert_logged(rows[i].why);
        assert_null(strstr(logged, "s3cret"));
    }
}

TEST(config_refuses_a_line_that_is_too_long)
{
    char text[600] = "user_id = 7\napi_key_file = /";
    memset(text + strlen(text), 'x', 400);
    strcat(text, "\n");
    assert_int_equal(read_config(text), -EINVAL);
    assert_logged("named:2: the line is too long\n");
}

TEST(config_reads_a_long_comment_or_refuses_it)
{
    char text[600] = "# ";
    memset(text + 2, 'x', 400);
    strcat(text, "rate = 7\n");
    assert_int_equal(read_config(text), -EINVAL); /* its end must not become a setting */
    assert_null(settings.text[SETTING_RATE]);
}

TEST(config_that_is_named_must_be_there)
{
    capture_begin();
    int error = config_read(&settings, scratch_path("none"));
    logged = capture_end();
    assert_int_equal(error, -ENOENT);
    assert_logged("/none: No such file or directory; write it, see man qpfs.conf, or leave "
                  "config= out\n");
}

TEST(config_that_is_a_directory_is_an_error)
{
    capture_begin();
    int error = config_read(&settings, scratch_path("."));
    logged = capture_end();
    assert_true(error < 0);
    assert_non_null(strstr(logged, "qpfs: error: cannot read "));
    assert_logged("Is a directory; name the file itself\n");
}

TEST(config_of_its_own_need_not_be_there)
{
    capture_begin();
    int error = config_read(&settings, NULL);
    logged = capture_end();
    assert_int_equal(error, 0);
    assert_string_equal(logged, "");
}

TEST(config_of_its_own_is_found)
{
    mkdir(scratch_path("qpfs"), 0700);
    const char *path = scratch_write("qpfs/config", "rate = 5\n", 9, 0600);
    assert_int_equal(config_read(&settings, NULL), 0);
    remove(path);
    assert_int_equal(settings_number(&settings, SETTING_RATE), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(config_reads_lines, tear_down),
        cmocka_unit_test_teardown(config_takes_an_indented_line_for_a_line, tear_down),
        cmocka_unit_test_teardown(config_takes_lines_that_end_as_in_dos, tear_down),
        cmocka_unit_test_teardown(config_says_what_is_wrong_and_where, tear_down),
        cmocka_unit_test_teardown(config_refuses_a_line_that_is_too_long, tear_down),
        cmocka_unit_test_teardown(config_reads_a_long_comment_or_refuses_it, tear_down),
        cmocka_unit_test_teardown(config_that_is_named_must_be_there, tear_down),
        cmocka_unit_test_teardown(config_that_is_a_directory_is_an_error, tear_down),
        cmocka_unit_test_teardown(config_of_its_own_need_not_be_there, tear_down),
        cmocka_unit_test_teardown(config_of_its_own_is_found, tear_down),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
