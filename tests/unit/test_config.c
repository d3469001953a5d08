/* Tests the reading of a configuration file, and what is said of its mistakes. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "capture.h"
#include "options/config.h"
#include "options/options.h"
#include "scratch.h"

static struct options options;
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

/* The defaults, and nothing else. */
static int set_up(void **state)
{
    (void)state;
    setting_free_texts(&options);
    options = (struct options){.action = ACTION_MOUNT};
    settings_init(&settings, &options);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    setting_free_texts(&options);
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
    assert_int_equal(options.tree.user_id, 7);
    assert_string_equal(options.given.env, "eu");
    assert_int_equal(options.client.rate, 20);
    assert_int_equal(options.delay_connect, 1);
    assert_string_equal(options.given.api_key_file, "/a b/c");
    assert_int_equal(settings_origin(&settings, &options.client.rate), ORIGIN_FILE);
}

TEST(config_warns_of_a_password_that_others_can_read)
{
    const char text[] = "proxy = http://u:s3cret@p:1\n";
    assert_int_equal(read_config(text), 0);
    assert_string_equal(logged, "");
    const char *path = scratch_write("open", text, strlen(text), 0644);
    capture_begin();
    assert_int_equal(config_read(&settings, path), 0);
    logged = capture_end();
    assert_non_null(strstr(logged, ":1: others on this machine may read the password of the "
                                   "proxy; do: chmod 600 /"));
    assert_null(strstr(logged, "s3cret"));
}

TEST(config_takes_an_indented_line_for_a_line)
{
    assert_int_equal(read_config("user_id = 7\n  env = eu\n\trate = 20\n"), 0);
    assert_int_equal(options.tree.user_id, 7);
    assert_string_equal(options.given.env, "eu");
    assert_int_equal(options.client.rate, 20);
}

TEST(config_takes_lines_that_end_as_in_dos)
{
    assert_int_equal(read_config("user_id = 7\r\nenv = eu\r\n"), 0);
    assert_string_equal(options.given.env, "eu");
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
         "named:1: there are no sections here; leave [account] out\n"},
        {"api_key = s3cret-of-mine\n",
         "named:1: the key itself does not stand here; put it into "
         "a file of its own and write api_key_file = FILE\n"},
        {"env =\n", "in the configuration file: env needs a value: env=NAME\n"},
        {"env = # eu\n", "in the configuration file: env needs a value: env=NAME\n"},
        {"env = \"\"\n", "in the configuration file: env needs a value: env=NAME\n"},
        {"env = \"eu\n", "named:1: the quote is not closed\n"},
        {"env = \"eu\" us\n", "named:1: there is more behind the quotes\n"},
        {"env = 'a'b'\n", "named:1: there is more behind the quotes\n"},
        {"cachettl = 7\n", "named:1: no option is called \"cachettl\"; did you mean cache_ttl? "
                           "qpfs --help lists them\n"},
        {"fsnam = x\n", "named:1: no option is called \"fsnam\"; qpfs --help lists them\n"},
        {"fsname = x\n", "named:1: fsname may stand on the command line alone, behind -o\n"},
        {"config = x\n", "named:1: config may stand on the command line alone, behind -o\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].text, read_config(rows[i].text) == -EINVAL);
        assert_logged(rows[i].why);
        assert_null(strstr(logged, "s3cret"));
    }
}

TEST(config_reads_a_line_of_any_length)
{
    char text[5000] = "user_id = 7\napi_key_file = /";
    size_t start = strlen(text);
    memset(text + start, 'x', 4000);
    strcat(text, "\nrate = 20");
    assert_int_equal(read_config(text), 0);
    assert_int_equal(strlen(options.given.api_key_file), 4001);
    assert_int_equal(options.client.rate, 20);
}

TEST(config_takes_the_end_of_a_long_comment_for_nothing)
{
    char text[5000] = "# ";
    memset(text + 2, 'x', 4000);
    strcat(text, "rate = 7\n");
    assert_int_equal(read_config(text), 0);
    assert_int_equal(settings_origin(&settings, &options.client.rate), ORIGIN_DEFAULT);
}

TEST(config_takes_quotes_and_comments_from_a_value)
{
    static const struct {
        const char *line, *value;
    } rows[] = {
        {"env = eu # the office", "eu"},
        {"env = eu\t; the office", "eu"},
        {"env = eu #", "eu"},
        {"env = \"eu\"", "eu"},
        {"env = 'eu'  # the office", "eu"},
        {"env=\"eu\"; the office", "eu"},
        {"env = \"a b # c ; d\"", "a b # c ; d"},
        {"env = \" a \"", " a "},
        {"env = 'a \"b\" c'", "a \"b\" c"},
        {"env = a#b;c", "a#b;c"},
        {"env =#b", "#b"},
        {"env = a\"b\"", "a\"b\""},
        {"env = it's", "it's"},
        {"env : eu", "eu"},
        {"env = a = b : c", "a = b : c"},
        {"\xef\xbb\xbf"
         "env = eu",
         "eu"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].line, read_config(rows[i].line) == 0);
        assert_row(rows[i].line, strcmp(options.given.env, rows[i].value) == 0);
        set_up(NULL);
    }
}

TEST(config_takes_a_url_and_a_path_with_quotes_and_a_comment)
{
    assert_int_equal(read_config("api_url = \"https://office.example/a/api/v2\"  # office\n"
                                 "api_key_file = '/srv/keys #1; new/key' ; mine\n"),
                     0);
    assert_string_equal(options.client.base_url, "https://office.example/a/api/v2");
    assert_string_equal(options.given.api_key_file, "/srv/keys #1; new/key");
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

/* As of a user of the system, whose home is /dev/null. */
TEST(config_of_a_home_that_is_no_directory_need_not_be_there)
{
    setenv("XDG_CONFIG_HOME", "/dev/null", 1);
    capture_begin();
    int error = config_read(&settings, NULL);
    logged = capture_end();
    setenv("XDG_CONFIG_HOME", scratch_path("."), 1);
    assert_int_equal(error, 0);
    assert_string_equal(logged, "");
}

TEST(config_of_its_own_is_found)
{
    mkdir(scratch_path("qpfs"), 0700);
    const char *path = scratch_write("qpfs/config", "rate = 5\n", 9, 0600);
    assert_int_equal(config_read(&settings, NULL), 0);
    remove(path);
    assert_int_equal(options.client.rate, 5);
}

#define CONFIG_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(config_reads_lines),
        CONFIG_TEST(config_warns_of_a_password_that_others_can_read),
        CONFIG_TEST(config_takes_an_indented_line_for_a_line),
        CONFIG_TEST(config_takes_lines_that_end_as_in_dos),
        CONFIG_TEST(config_says_what_is_wrong_and_where),
        CONFIG_TEST(config_reads_a_line_of_any_length),
        CONFIG_TEST(config_takes_the_end_of_a_long_comment_for_nothing),
        CONFIG_TEST(config_takes_quotes_and_comments_from_a_value),
        CONFIG_TEST(config_takes_a_url_and_a_path_with_quotes_and_a_comment),
        CONFIG_TEST(config_that_is_named_must_be_there),
        CONFIG_TEST(config_that_is_a_directory_is_an_error),
        CONFIG_TEST(config_of_its_own_need_not_be_there),
        CONFIG_TEST(config_of_a_home_that_is_no_directory_need_not_be_there),
        CONFIG_TEST(config_of_its_own_is_found),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
