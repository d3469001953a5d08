/* Tests the table of options: values, origins, defaults and mistakes. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "capture.h"
#include "options/options.h"
#include "scratch.h"

static struct options options;
static struct settings settings;
static const char *logged;

static int set(const char *name, const char *value, enum setting_origin origin)
{
    capture_begin();
    int error = settings_set(&settings, name, strlen(name), value, origin);
    logged = capture_end();
    return error;
}

static int read_environment(void)
{
    capture_begin();
    int error = settings_read_environment(&settings);
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

/* -------- values -------- */

TEST(setting_has_its_default_until_it_is_set)
{
    assert_int_equal(options.cache.ttl_ms, 60000);
    assert_int_equal(options.cache.stale_ms, 300000);
    assert_int_equal(options.client.timeout_ms, 30000);
    assert_int_equal(options.cache.parallel, 8);
    assert_int_equal(options.client.rate, 300);
    assert_int_equal(options.fs.umask, 077);
    assert_int_equal(options.client.max_calls, 0);
    assert_int_equal(options.delay_connect, 0);
    assert_int_equal(set("cache_ttl", "5", ORIGIN_FILE), 0);
    assert_int_equal(options.cache.ttl_ms, 5000);
}

/* The bytes of a field of TYPE: one of these. */
static bool is_size_of(enum setting_type type, size_t size)
{
    switch (type) {
    case SETTING_TEXT:
    case SETTING_FILE:
        return size == sizeof(const char *);
    case SETTING_NUMBER:
        return size == sizeof(bool) || size == sizeof(uint32_t) || size == sizeof(uint64_t);
    case SETTING_SECONDS:
        return size == sizeof(int64_t);
    case SETTING_OCTAL:
        return size == sizeof(uint32_t);
    case SETTING_FLAG:
        return size == sizeof(bool);
    }
    return false;
}

TEST(setting_table_has_whole_rows)
{
    for (const struct setting *row = setting_rows; row->name; row++) {
        assert_row(row->name, row->help && *row->help);
        assert_row(row->name,
                   (row->value == NULL) == (row->type == SETTING_FLAG && !row->default_number));
        assert_row(row->name, is_size_of(row->type, row->size));
        for (const struct setting *other = setting_rows; other != row; other++)
            assert_row(row->name, other->field != row->field);
    }
}

TEST(setting_of_the_stronger_origin_wins)
{
    static const enum setting_origin orders[][3] = {
        {ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_COMMAND_LINE},
        {ORIGIN_COMMAND_LINE, ORIGIN_ENVIRONMENT, ORIGIN_FILE},
        {ORIGIN_ENVIRONMENT, ORIGIN_COMMAND_LINE, ORIGIN_FILE}};
    static const char *const values[] = {
        [ORIGIN_FILE] = "1", [ORIGIN_ENVIRONMENT] = "2", [ORIGIN_COMMAND_LINE] = "3"};
    for (size_t i = 0; i < LENGTH(orders); i++) {
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(set("user_id", values[orders[i][j]], orders[i][j]), 0);
        assert_int_equal(options.tree.user_id, 3);
        set_up(NULL);
    }
    set("user_id", "2", ORIGIN_ENVIRONMENT);
    set("user_id", "1", ORIGIN_FILE);
    assert_int_equal(options.tree.user_id, 2);
}

TEST(setting_given_twice_in_one_place_is_the_last)
{
    set("rate", "10", ORIGIN_COMMAND_LINE);
    set("rate", "20", ORIGIN_COMMAND_LINE);
    assert_int_equal(options.client.rate, 20);
}

TEST(setting_takes_times_and_names_as_people_write_them)
{
    static const struct {
        const char *text;
        uint64_t seconds;
    } rows[] = {{"60", 60}, {"90s", 90}, {"5m", 300}, {"1h", 3600}, {"7d", 604800}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(set("cache-ttl", rows[i].text, ORIGIN_COMMAND_LINE), 0);
        assert_int_equal(options.cache.ttl_ms, rows[i].seconds * 1000);
    }
    static const char *const wrong[] = {"8d", "s", "1 h", "1H", "m5", "99999999999999999999d"};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_row(wrong[i], set("cache_ttl", wrong[i], ORIGIN_COMMAND_LINE) == -EINVAL);
    assert_int_equal(set("cache--ttl", "5", ORIGIN_COMMAND_LINE), -ENOENT);
}

TEST(setting_refuses_values_with_a_reason)
{
    static const struct {
        const char *name, *value, *why;
    } rows[] = {
        {"cache_ttl", "0",
         "cache_ttl=0: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"cache_ttl", "604801",
         "cache_ttl=604801: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"cache_ttl", "1.5",
         "cache_ttl=1.5: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"cache_ttl", "",
         "cache_ttl=: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"cache_ttl", NULL,
         "cache_ttl=: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"cache_ttl", "-1",
         "cache_ttl=-1: it is a time from 1 to 604800 seconds, as 60, 5m or 1h\n"},
        {"user_id", "0", "user_id=0: it is a whole number from 1 to 9223372036854775807\n"},
        {"rate", "100001", "rate=100001: it is a whole number from 1 to 100000\n"},
        {"parallel", "65", "parallel=65: it is a whole number from 1 to 64\n"},
        {"umask", "8", "umask=8: it is an octal number, as 022\n"},
        {"umask", "1000", "umask=1000: it is an octal number, as 022\n"},
        {"umask", "", "umask=: it is an octal number, as 022\n"},
        {"umask", "-1", "umask=-1: it is an octal number, as 022\n"},
        {"umask", "07x", "umask=07x: it is an octal number, as 022\n"},
        {"reserve", "", "reserve needs a value: reserve=N|N%\n"},
        {"delay_connect", "maybe", "delay_connect=maybe: it is yes or no\n"},
        {"delay_connect", "", "delay_connect=: it is yes or no\n"},
        {"env", "", "env needs a value: env=NAME\n"},
        {"env", NULL, "env needs a value: env=NAME\n"},
        {"api_key_file", "", "api_key_file needs a value: api_key_file=FILE\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].why,
                   set(rows[i].name, rows[i].value, ORIGIN_COMMAND_LINE) == -EINVAL);
        assert_logged(rows[i].why);
    }
}

TEST(setting_says_where_a_bad_value_stands)
{
    set("rate", "x", ORIGIN_FILE);
    assert_non_null(strstr(logged, "qpfs: error: in the configuration file: rate=x: "));
    set("rate", "x", ORIGIN_ENVIRONMENT);
    assert_non_null(strstr(logged, "qpfs: error: in the environment: rate=x: "));
    set("rate", "x", ORIGIN_COMMAND_LINE);
    assert_non_null(strstr(logged, "qpfs: error: rate=x: "));
}

TEST(setting_flags_are_words)
{
    static const char *const on[] = {"yes", "true", "on", "1"}, *const off[] = {"no", "false",
                                                                                "off", "0"};
    for (size_t i = 0; i < LENGTH(on); i++) {
        assert_int_equal(set("delay_connect", on[i], ORIGIN_COMMAND_LINE), 0);
        assert_int_equal(options.delay_connect, 1);
        assert_int_equal(set("delay_connect", off[i], ORIGIN_COMMAND_LINE), 0);
        assert_int_equal(options.delay_connect, 0);
    }
    assert_int_equal(set("delay_connect", NULL, ORIGIN_COMMAND_LINE), 0);
    assert_int_equal(options.delay_connect, 1);
}

TEST(setting_umask_is_octal)
{
    assert_int_equal(set("umask", "022", ORIGIN_COMMAND_LINE), 0);
    assert_int_equal(options.fs.umask, 022);
    assert_int_equal(set("umask", "777", ORIGIN_COMMAND_LINE), 0);
    assert_int_equal(options.fs.umask, 0777);
    assert_int_equal(set("umask", "0", ORIGIN_COMMAND_LINE), 0);
    assert_int_equal(options.fs.umask, 0);
}

TEST(setting_of_another_name_is_none)
{
    static const char *const names[] = {"", "rat", "rates", "Rate", "configs", "api_key"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        assert_row(names[i], set(names[i], "1", ORIGIN_COMMAND_LINE) == -ENOENT);
        assert_string_equal(logged, "");
    }
}

TEST(setting_of_the_command_line_may_not_stand_in_other_places)
{
    static const char *const names[] = {"config", "fsname"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        assert_row(names[i], set(names[i], "x", ORIGIN_FILE) == -EPERM);
        assert_row(names[i], set(names[i], "x", ORIGIN_ENVIRONMENT) == -EPERM);
        assert_row(names[i], set(names[i], "x", ORIGIN_COMMAND_LINE) == 0);
    }
}

TEST(setting_file_may_be_below_home)
{
    static const struct {
        const char *home, *value, *path;
    } rows[] = {{"/home/jane", "~/key", "/home/jane/key"},
                {"/home/jane", "~jane/key", "~jane/key"},
                {"/home/jane", "a~/key", "a~/key"},
                {"/home/jane", "~", "~"}};
    char *home = strdup(getenv("HOME") ? getenv("HOME") : "/");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        setenv("HOME", rows[i].home, 1);
        assert_int_equal(set("api_key_file", rows[i].value, ORIGIN_FILE), 0);
        assert_string_equal(options.given.api_key_file, rows[i].path);
    }
    assert_int_equal(set("organizations", "~/1", ORIGIN_FILE), 0);
    assert_string_equal(options.given.organizations, "~/1");
    setenv("HOME", home, 1);
    free(home);
}

TEST(setting_tells_its_default)
{
    static const struct {
        const char *name, *what;
    } rows[] = {
        {"user_id", NULL},      {"api_key_file", NULL}, {"env", "com"},
        {"cache_ttl", "60"},    {"reserve", "10%"},     {"umask", "077"},
        {"allow_other", "off"}, {"uid", "you"},         {"max_calls", "any"},
    };
    size_t found = 0;
    for (const struct setting *row = setting_rows; row->name; row++) {
        for (size_t i = 0; i < LENGTH(rows); i++) {
            char text[SETTING_DEFAULT_SIZE];
            if (strcmp(rows[i].name, row->name) != 0)
                continue;
            const char *what = setting_default(row, text);
            found++;
            assert_row(row->name, (what == NULL) == (rows[i].what == NULL));
            if (what)
                assert_string_equal(what, rows[i].what);
        }
    }
    assert_int_equal(found, LENGTH(rows));
}

/* -------- the environment -------- */

TEST(setting_environment_has_three_variables)
{
    setenv("QUESTIONPRO_USER_ID", "7", 1);
    setenv("QUESTIONPRO_ENV", "eu", 1);
    setenv("QUESTIONPRO_API_URL", "", 1); /* as if it were not there */
    assert_int_equal(read_environment(), 0);
    unsetenv("QUESTIONPRO_USER_ID");
    unsetenv("QUESTIONPRO_ENV");
    unsetenv("QUESTIONPRO_API_URL");
    assert_int_equal(options.tree.user_id, 7);
    assert_string_equal(options.given.env, "eu");
    assert_int_equal(settings_origin(&settings, &options.given.env), ORIGIN_ENVIRONMENT);
    assert_null(options.client.base_url);
}

TEST(setting_environment_is_checked)
{
    setenv("QUESTIONPRO_USER_ID", "jane", 1);
    assert_int_equal(read_environment(), -EINVAL);
    unsetenv("QUESTIONPRO_USER_ID");
    assert_non_null(strstr(logged, "in the environment: user_id=jane: it is a whole number"));
}

#define SETTING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SETTING_TEST(setting_has_its_default_until_it_is_set),
        SETTING_TEST(setting_table_has_whole_rows),
        SETTING_TEST(setting_of_the_stronger_origin_wins),
        SETTING_TEST(setting_given_twice_in_one_place_is_the_last),
        SETTING_TEST(setting_takes_times_and_names_as_people_write_them),
        SETTING_TEST(setting_refuses_values_with_a_reason),
        SETTING_TEST(setting_says_where_a_bad_value_stands),
        SETTING_TEST(setting_flags_are_words),
        SETTING_TEST(setting_umask_is_octal),
        SETTING_TEST(setting_of_another_name_is_none),
        SETTING_TEST(setting_of_the_command_line_may_not_stand_in_other_places),
        SETTING_TEST(setting_file_may_be_below_home),
        SETTING_TEST(setting_tells_its_default),
        SETTING_TEST(setting_environment_has_three_variables),
        SETTING_TEST(setting_environment_is_checked),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
