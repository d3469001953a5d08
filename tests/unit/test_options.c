/* Tests the options of a command line, and what is refused. */
#include "unit.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "options/command_line.h"
#include "scratch.h"

static struct options options;
static const char *logged;
static bool usage;

/* For this text there is no memory; NULL: there is for each. */
static const char *no_copy_of;

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return no_copy_of && strcmp(text, no_copy_of) == 0 ? NULL : __real_strdup(text);
}

/* Reads a command line, its words separated by blanks; each @ stands for the path of a file
 * with a key. */
static int read_line(const char *line)
{
    static char words[2048]; /* the options borrow from it */
    char *argv[32] = {NULL};
    int argc = 0;
    memset(words, 0, sizeof words);
    for (char *end = words; *line; end += strlen(end)) {
        if (*line == '@')
            strcpy(end, scratch_path("key"));
        else
            *end = *line;
        line++;
    }
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    optind = 0;
    options_finish(&options);
    capture_begin();
    int error = command_line_read(&options, argc, argv, &usage);
    logged = capture_end();
    return error;
}

static int tear_down(void **state)
{
    (void)state;
    no_copy_of = NULL;
    options_finish(&options);
    unsetenv("QUESTIONPRO_API_KEY");
    unsetenv("QUESTIONPRO_ENV");
    unsetenv("QUESTIONPRO_API_URL");
    unsetenv("QUESTIONPRO_USER_ID");
    unsetenv("https_proxy");
    unsetenv("ALL_PROXY");
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    setenv("QUESTIONPRO_API_KEY", "key-of-the-environment", 1);
    scratch_write("key", "key-of-the-file\n", 16, 0600);
    return 0;
}

static void assert_read(const char *line)
{
    options_finish(&options);
    set_up(NULL);
    int error = read_line(line);
    assert_string_equal(logged, "");
    assert_int_equal(error, 0);
    assert_false(usage);
}

/* -------- what a command line gives -------- */

TEST(options_of_the_shortest_command_line)
{
    assert_read("qpfs -o user_id=7 /mnt");
    assert_int_equal(options.action, ACTION_MOUNT);
    assert_string_equal(options.mount_point, "/mnt");
    assert_string_equal(options.session.source, "qpfs");
    assert_string_equal(options.session.mount_options, "");
    assert_string_equal(options.client.base_url, "https://api.questionpro.com/a/api/v2");
    assert_string_equal(options.client.key, "key-of-the-environment");
    assert_string_equal(options.key_origin, "QUESTIONPRO_API_KEY");
    assert_null(options.client.cacert);
    assert_null(options.client.proxy);
    assert_false(options.foreground || options.session.debug || options.delay_connect);
    assert_int_equal(options.tree.user_id, 7);
    assert_int_equal(options.tree.organization_count, 0);
}

TEST(options_have_the_defaults_of_the_contract)
{
    assert_read("qpfs -o user_id=7 /mnt");
    assert_int_equal(options.cache.ttl_ms, 60000);
    assert_int_equal(options.cache.stale_ms, 300000);
    assert_int_equal(options.client.timeout_ms, 30000);
    assert_int_equal(options.cache.per_page, 1000);
    assert_int_equal(options.cache.parallel, 8);
    assert_int_equal(options.client.rate, 300);
    assert_int_equal(options.client.max_calls, 0);
    assert_int_equal(options.ledger.allowance, 0);
    assert_int_equal(options.fs.uid, getuid());
    assert_int_equal(options.fs.gid, getgid());
    assert_int_equal(options.fs.umask, 077);
}

TEST(options_can_all_be_set)
{
    assert_read("qpfs -f -o cache_ttl=1,stale_if_error=2,timeout=3,per_page=4,parallel=5,rate=6"
                " -o "
                "max_calls=7,allowance=500,reserve=9,delay_connect,uid=8,gid=0,umask=022,user_"
                "id=10 /mnt");
    assert_int_equal(options.cache.ttl_ms, 1000);
    assert_int_equal(options.cache.stale_ms, 2000);
    assert_int_equal(options.client.timeout_ms, 3000);
    assert_int_equal(options.fs.timeout_ms, 3000);
    assert_int_equal(options.cache.per_page, 4);
    assert_int_equal(options.cache.parallel, 5);
    assert_int_equal(options.client.rate, 6);
    assert_int_equal(options.client.max_calls, 7);
    assert_int_equal(options.ledger.allowance, 500);
    assert_int_equal(options.ledger.reserve, 9);
    assert_int_equal(options.fs.uid, 8);
    assert_int_equal(options.fs.gid, 0);
    assert_int_equal(options.fs.umask, 022);
    assert_true(options.foreground && options.delay_connect && !options.session.debug);
}

TEST(options_reserve_is_a_tenth_of_the_allowance)
{
    assert_read("qpfs -o user_id=7,allowance=20000 /mnt");
    assert_int_equal(options.ledger.reserve, 2000);
    assert_read("qpfs -o user_id=7,allowance=5 /mnt");
    assert_int_equal(options.ledger.reserve, 0);
}

TEST(options_reserve_is_a_number_or_a_percentage)
{
    static const struct {
        const char *line;
        uint64_t reserve;
    } rows[] = {
        {"qpfs -o user_id=7,allowance=500,reserve=25 /mnt", 25},
        {"qpfs -o user_id=7,allowance=500,reserve=0 /mnt", 0},
        {"qpfs -o user_id=7,allowance=500,reserve=5% /mnt", 25},
        {"qpfs -o user_id=7,allowance=500,reserve=0% /mnt", 0},
        {"qpfs -o user_id=7,allowance=500,reserve=99% /mnt", 495},
        {"qpfs -o user_id=7,allowance=19,reserve=10% /mnt", 1},
        {"qpfs -o user_id=7,allowance=100,reserve=33% /mnt", 33},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_read(rows[i].line);
        assert_row(rows[i].line, options.ledger.reserve == rows[i].reserve);
    }
}

TEST(options_say_which_reserve_is_wrong_and_where_it_stands)
{
    static const char *const values[] = {"%", "100%", "-1", "1.5", "5%%", "4294967296"};
    static const char why[] = "it is a whole number, or a percentage from 0% to 99%";
    char line[128], said[256];
    for (size_t i = 0; i < LENGTH(values); i++) {
        snprintf(line, sizeof line, "qpfs -o user_id=7,allowance=500,reserve=%s /mnt",
                 values[i]);
        snprintf(said, sizeof said, "qpfs: error: reserve=%s: %s\n", values[i], why);
        assert_int_equal(read_line(line), -EINVAL);
        assert_string_equal(logged, said);
    }
    mkdir(scratch_path("qpfs"), 0700);
    const char *path = scratch_write("qpfs/config", "reserve=x", 9, 0600);
    assert_int_equal(read_line("qpfs -o user_id=7,allowance=500 /mnt"), -EINVAL);
    remove(path);
    snprintf(said, sizeof said, "qpfs: error: in the configuration file: reserve=x: %s\n", why);
    assert_string_equal(logged, said);
}

TEST(options_state_is_kept_where_the_xdg_directories_say)
{
    setenv("HOME", "/home/jane", 1);
    setenv("XDG_STATE_HOME", "/var/lib/jane", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.ledger.directory, "/var/lib/jane/qpfs");
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.ledger.directory, "/home/jane/.local/state/qpfs");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_read("qpfs -o user_id=7 /mnt");
    assert_non_null(options.ledger.directory); /* that of the user's entry in passwd(5) */
    assert_non_null(strstr(options.ledger.directory, "/.local/state/qpfs"));
}

TEST(options_may_stand_behind_the_mount_point)
{
    assert_read("qpfs /mnt -o user_id=7 -d");
    assert_string_equal(options.mount_point, "/mnt");
    assert_true(options.foreground && options.session.debug);
}

TEST(options_show_what_is_given)
{
    assert_read("qpfs -o departments=45/8:45/3,organizations=23 /mnt");
    assert_int_equal(options.tree.organization_count, 2);
    assert_int_equal(options.tree.organizations[1], 45);
    assert_int_equal(options.tree.department_count, 2);
    assert_int_equal(options.tree.departments[0].department, 3);
}

TEST(options_take_the_device_of_mount)
{
    assert_read("qpfs none /mnt -o user_id=7");
    assert_string_equal(options.session.source, "none");
    assert_string_equal(options.mount_point, "/mnt");
    assert_read("qpfs none /mnt -o user_id=7,fsname=survey");
    assert_string_equal(options.session.source, "survey");
}

TEST(options_pass_on_what_the_kernel_knows_and_no_more)
{
    static const struct {
        const char *line, *passed;
    } rows[] = {
        {"qpfs -o user_id=7,ro,nosuid,nodev,_netdev,nofail,x-y=z /mnt", ""},
        {"qpfs -o user_id=7,noexec,noatime /mnt", "noexec,noatime"},
        {"qpfs -o ,,user_id=7,, /mnt", ""},
        {"qpfs -o user_id=7,context=a\\,b /mnt", "context=a\\,b"},
        {"qpfs -o user_id=7,context=a\\\\b /mnt", "context=a\\\\b"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_read(rows[i].line);
        assert_string_equal(options.session.mount_options, rows[i].passed);
    }
}

TEST(options_tell_who_may_look_in)
{
    static const struct {
        const char *line;
        bool other, root;
    } rows[] = {
        {"qpfs -o user_id=7 /mnt", false, false},
        {"qpfs -o user_id=7,allow_other,noexec /mnt", true, false},
        {"qpfs -o user_id=7,allow_root /mnt", false, true},
        {"qpfs -o user_id=7,allow_other=no /mnt", false, false},
        {"qpfs -o user_id=7,context=x_allow_t /mnt", false, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_read(rows[i].line);
        assert_row(rows[i].line, options.session.allow_other == rows[i].other);
        assert_row(rows[i].line, options.session.allow_root == rows[i].root);
    }
}

TEST(options_may_hold_a_comma_that_is_escaped)
{
    assert_int_equal(read_line("qpfs -o user_id=7,api_key_file=/a\\,user_id=b /mnt"), -EINVAL);
    assert_non_null(strstr(logged, "cannot read the key file /a,user_id=b: "));
}

TEST(options_may_hold_commas_in_quotes)
{
    static const struct {
        const char *line, *file;
    } rows[] = {
        {"qpfs -o api_key_file=\"/a,b\" /mnt", "/a,b"},
        {"qpfs -o user_id=7,api_key_file=\"/a,user_id=b\",rate=9 /mnt", "/a,user_id=b"},
        {"qpfs -o api_key_file=\"/a\"b,c\\,d\",rate=9 /mnt", "/a\"b,c,d"},
        {"qpfs -o api_key_file=\"/a,rate=9 /mnt", "\"/a"}, /* is not closed */
        {"qpfs -o api_key_file=/a\"b,rate=9 /mnt", "/a\"b"},
        {"qpfs -o api_key_file=\"\"/a,rate=9 /mnt", "\"\"/a"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char expected[128];
        setenv("QUESTIONPRO_USER_ID", "7", 1);
        snprintf(expected, sizeof expected, "the key file %s: ", rows[i].file);
        assert_int_equal(read_line(rows[i].line), -EINVAL);
        assert_row(rows[i].line, strstr(logged, expected));
    }
}

TEST(options_of_a_security_context_keep_their_commas)
{
    assert_read("qpfs -o user_id=7,context=\"a:c1,c2\",noexec /mnt");
    assert_string_equal(options.session.mount_options, "context=a:c1\\,c2,noexec");
}

TEST(options_for_help_and_version_need_nothing)
{
    unsetenv("QUESTIONPRO_API_KEY");
    assert_int_equal(read_line("qpfs --help"), 0);
    assert_int_equal(options.action, ACTION_HELP);
    assert_int_equal(read_line("qpfs -h a b c"), 0);
    assert_int_equal(options.action, ACTION_HELP);
    assert_int_equal(read_line("qpfs --version"), 0);
    assert_int_equal(options.action, ACTION_VERSION);
}

/* -------- what is wrong -------- */

TEST(options_say_what_is_wrong_with_a_command_line)
{
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"qpfs -o user_id=7",
         "qpfs: error: where to? Give a mount point: an empty directory\n"},
        {"qpfs -o user_id=7 a b c",
         "qpfs: error: too many arguments: one mount point is enough\n"},
        {"qpfs --status a b", "qpfs: error: too many arguments: one mount point is enough\n"},
        {"qpfs -x /mnt", "qpfs: invalid option -- 'x'\n"},
        {"qpfs --foo /mnt", "qpfs: unrecognized option '--foo'\n"},
        {"qpfs --statsu /mnt",
         "qpfs: unrecognized option '--statsu'\ndid you mean --status?\n"},
        {"qpfs /mnt -o", "qpfs: option requires an argument -- 'o'\n"},
        {"qpfs --json=yes /mnt", "qpfs: option '--json' doesn't allow an argument\n"},
        {"qpfs --check --record", "qpfs: option '--record' requires an argument\n"},
        {"qpfs --check -xf", "qpfs: invalid option -- 'x'\n"},
        {"qpfs -o foo=s3cret /mnt",
         "qpfs: error: no option is called \"foo\"; qpfs --help lists them\n"},
        {"qpfs -o cache-tll=60 /mnt", "qpfs: error: no option is called \"cache-tll\"; did you "
                                      "mean cache_ttl? qpfs --help lists them\n"},
        {"qpfs -o noatimes /mnt", "qpfs: error: no option is called \"noatimes\"; did you mean "
                                  "noatime? qpfs --help lists them\n"},
        {"qpfs -o organizations=1,2 /mnt",
         "qpfs: error: \"2\" is no option; several IDs are separated by :, as N:N\n"},
        {"qpfs -o departments=1/2,1/3 /mnt",
         "qpfs: error: \"1/3\" is no option; several IDs are separated by :, as N:N\n"},
        {"qpfs -o fsname= /mnt", "qpfs: error: fsname needs a value: fsname=NAME\n"},
        {"qpfs -o fsname=a\\,suid /mnt",
         "qpfs: error: the device \"a,suid\" must not hold a comma or a backslash\n"},
        {"qpfs a,dev /mnt",
         "qpfs: error: the device \"a,dev\" must not hold a comma or a backslash\n"},
        {"qpfs -o user_id=7 api-url=s3cret /mnt", "qpfs: error: api-url= stands outside of -o; "
                                                  "several options are written -o a=b,c=d\n"},
        {"qpfs -o rate=0 /mnt", "qpfs: error: rate=0: it is a whole number from 1 to 100000\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].line, read_line(rows[i].line) == -EINVAL);
        assert_string_equal(logged, rows[i].why);
        assert_row(rows[i].line, usage);
        options_finish(&options);
    }
}

TEST(options_refuse_auto_unmount_and_say_why)
{
    assert_int_equal(read_line("qpfs -o user_id=7,auto_unmount /mnt"), -EINVAL);
    assert_string_equal(logged,
                        "qpfs: error: auto_unmount would leave an empty directory behind "
                        "if qpfs died, and rsync --delete would empty the backup; "
                        "leave it out: without it everyone gets \"not connected\"\n");
    assert_true(usage);
}

TEST(options_refuse_the_key_without_repeating_it)
{
    assert_int_equal(read_line("qpfs -o user_id=7,api_key=s3cret /mnt"), -EINVAL);
    assert_non_null(strstr(logged, "qpfs: error: the key does not belong on the command line"));
    assert_null(strstr(logged, "s3cret"));
    assert_true(usage);
}

TEST(options_say_what_does_not_fit_together)
{
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"qpfs /mnt", "qpfs: error: what to show? Give user_id=N, the Customer ID of the My "
                      "Account page, or organizations=N, or departments=ORG/DEPT\n"},
        {"qpfs -o user_id=7,env=gov.com /mnt",
         "qpfs: error: env=gov.com: no such data centre; there are "
         "com, eu, ca, sg, au, ae, sa, ksa; for any other give "
         "api_url=https://HOST/a/api/v2\n"},
        {"qpfs -o user_id=7,allow_other,allow_root /mnt",
         "qpfs: error: allow_other and allow_root exclude each other: the first lets root in "
         "as "
         "well\n"},
        {"qpfs -o user_id=7,allow_root,umask=027 /mnt",
         "qpfs: error: allow_root needs umask=077 and no uid= of someone else: other users "
         "could "
         "read what the kernel holds; or let them in with allow_other\n"},
        {"qpfs -o user_id=7,allow_root,uid=4294967 /mnt",
         "qpfs: error: allow_root needs umask=077"},
        {"qpfs -o user_id=7,api_url=http://a.com /mnt",
         "qpfs: error: api_url: http:// would send the key over the network unencrypted; use "
         "https://\n"},
        {"qpfs -o user_id=7,api_url=https://u:s3cret:w@a.com /mnt", "qpfs: error: api_url: "},
        {"qpfs -o user_id=7,proxy=ftp://s3cret:1 /mnt",
         "qpfs: error: proxy: a proxy is reached by http://, https://, socks4:// or socks5://; "
         "or give proxy=none\n"},
        {"qpfs -o departments=1 /mnt", "qpfs: error: departments=1: it is ORG/DEPT"},
        {"qpfs -o user_id=7,reserve=5% /mnt", "qpfs: error: reserve=5%: of what? Give "
                                              "allowance=N, the calls of the subscription\n"},
        {"qpfs -o user_id=7,allowance=500,reserve=500 /mnt",
         "qpfs: error: reserve=500 keeps back all calls of allowance=500\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        set_up(NULL);
        assert_row(rows[i].line, read_line(rows[i].line) == -EINVAL);
        if (!strstr(logged, rows[i].why))
            assert_string_equal(logged, rows[i].why);
        assert_null(strstr(logged, "s3cret"));
        assert_row(rows[i].line, !usage);
        options_finish(&options);
    }
}

TEST(options_take_the_proxy_that_is_given_or_that_of_the_environment)
{
    assert_read("qpfs -o user_id=7,proxy=p:3128 /mnt");
    assert_string_equal(options.client.proxy, "http://p:3128");
    setenv("ALL_PROXY", "socks5://u:s3cret@all:1", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.client.proxy, "socks5://u:s3cret@all:1");
    setenv("https_proxy", "http://own:1", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.client.proxy, "http://own:1");
    assert_read("qpfs -o user_id=7,proxy=none /mnt");
    assert_null(options.client.proxy);
    assert_read("qpfs -o user_id=7,proxy=http://given:1 /mnt");
    assert_string_equal(options.client.proxy, "http://given:1");
    assert_read("qpfs -o user_id=7,api_url=http://127.0.0.1:1/a /mnt");
    assert_null(options.client.proxy);
    setenv("https_proxy", "ftp://u:s3cret@own:1", 1);
    assert_int_equal(read_line("qpfs -o user_id=7 /mnt"), -EINVAL);
    assert_string_equal(logged, "qpfs: error: https_proxy: a proxy is reached by http://, "
                                "https://, socks4:// or socks5://; or give proxy=none\n");
}

TEST(options_say_which_file_cannot_be_read)
{
    assert_int_equal(read_line("qpfs -o user_id=7,cacert=/no/such /mnt"), -ENOENT);
    assert_string_equal(logged,
                        "qpfs: error: cannot read the certificates in /no/such: No such "
                        "file or directory; name a file of certificates (PEM), or leave "
                        "cacert= out for the system's\n");
    assert_int_equal(read_line("qpfs -o config=/no/such /mnt"), -ENOENT);
    assert_string_equal(
        logged, "qpfs: error: cannot read /no/such: No such file or directory; write it, "
                "see man qpfs.conf, or leave config= out\n");
}

TEST(options_leave_a_link_to_certificates_to_be_followed_later)
{
    char line[300];
    assert_int_equal(symlink(scratch_path("key"), scratch_path("link")), 0);
    snprintf(line, sizeof line, "qpfs -o user_id=7,cacert=%s /mnt", scratch_path("link"));
    assert_read(line);
    assert_string_equal(options.client.cacert, scratch_path("link"));
}

TEST(options_make_the_path_of_certificates_absolute)
{
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(scratch_path(".")), 0);
    assert_read("qpfs -o user_id=7,cacert=key /mnt");
    assert_int_equal(chdir(before), 0);
    assert_int_equal(*options.client.cacert, '/');
    assert_int_equal(access(options.client.cacert, R_OK), 0);
    free(before);
}

TEST(options_refuse_more_mount_options_than_fit)
{
    char line[1200] = "qpfs -o user_id=7,context=";
    memset(line + strlen(line), 'a', 900);
    strcat(line, " /mnt");
    assert_int_equal(read_line(line), -EFBIG);
    assert_string_equal(logged, "qpfs: error: too many mount options\n");
}

/* -------- where things come from -------- */

TEST(options_command_line_beats_environment_beats_file)
{
    static const char config[] = "user_id = 1\nenv = eu\nrate = 50\n";
    char line[300];
    scratch_write("named", config, sizeof config - 1, 0600);
    snprintf(line, sizeof line, "qpfs -o config=%s,user_id=3 /mnt", scratch_path("named"));
    setenv("QUESTIONPRO_USER_ID", "2", 1);
    setenv("QUESTIONPRO_ENV", "ca", 1);
    assert_read(line);
    assert_int_equal(options.tree.user_id, 3);
    assert_string_equal(options.client.base_url, "https://api.questionpro.ca/a/api/v2");
    assert_int_equal(options.client.rate, 50);
}

TEST(options_url_or_env_whichever_is_said_in_the_stronger_place)
{
    setenv("QUESTIONPRO_API_URL", "https://e.com/a/api/v2", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.client.base_url, "https://e.com/a/api/v2");
    assert_read("qpfs -o user_id=7,env=eu /mnt");
    assert_string_equal(options.client.base_url, "https://api.questionpro.eu/a/api/v2");
    assert_read("qpfs -o user_id=7,env=eu,api_url=https://c.com /mnt");
    assert_string_equal(options.client.base_url, "https://c.com");
    setenv("QUESTIONPRO_ENV", "ca", 1);
    assert_read("qpfs -o user_id=7 /mnt");
    assert_string_equal(options.client.base_url, "https://e.com/a/api/v2");
    assert_read("qpfs -o user_id=7,api_url=https://c.com /mnt");
    assert_string_equal(options.client.base_url, "https://c.com");
}

TEST(options_url_loses_its_last_slashes)
{
    assert_read("qpfs -o user_id=7,api_url=http://127.0.0.1:80/a// /mnt");
    assert_string_equal(options.client.base_url, "http://127.0.0.1:80/a");
}

TEST(options_key_of_the_command_line_beats_that_of_the_environment)
{
    assert_read("qpfs -o user_id=7,api_key_file=@ /mnt");
    assert_string_equal(options.client.key, "key-of-the-file");
    assert_string_equal(options.key_origin, scratch_path("key"));
    assert_null(getenv("QUESTIONPRO_API_KEY"));
}

TEST(options_key_of_the_environment_beats_that_of_the_file)
{
    char config[200], line[300];
    snprintf(config, sizeof config, "user_id = 7\napi_key_file = %s\n", scratch_path("key"));
    scratch_write("named", config, strlen(config), 0600);
    snprintf(line, sizeof line, "qpfs -o config=%s /mnt", scratch_path("named"));
    assert_read(line);
    assert_string_equal(options.client.key, "key-of-the-environment");
    options_finish(&options); /* and that is gone now */
    assert_int_equal(read_line(line), 0);
    assert_string_equal(options.client.key, "key-of-the-file");
}

TEST(options_say_that_memory_is_out)
{
    no_copy_of = "none";
    assert_int_equal(read_line("qpfs none /mnt -o user_id=7"), -ENOMEM);
    assert_string_equal(logged, "qpfs: error: out of memory\n");
}

TEST(options_want_a_certificate_for_its_key_and_over_tls)
{
    assert_int_equal(read_line("qpfs -o user_id=7,client_cert_key=@ /mnt"), -EINVAL);
    assert_non_null(strstr(logged, "of what? Give client_cert=FILE, the certificate\n"));
    assert_int_equal(
        read_line("qpfs -o user_id=7,client_cert=@,api_url=http://127.0.0.1/a /mnt"), -EINVAL);
    assert_string_equal(logged,
                        "qpfs: error: client_cert: a certificate is shown over https:// "
                        "alone; see api_url\n");
    assert_int_equal(read_line("qpfs -o user_id=7,client_cert=@ /mnt"), -EINVAL);
    assert_non_null(strstr(logged, " holds no certificate; it must be a text (PEM)"));
}

TEST(options_say_that_there_is_no_key)
{
    unsetenv("QUESTIONPRO_API_KEY");
    assert_int_equal(read_line("qpfs -o user_id=7 /mnt"), -EINVAL);
    assert_string_equal(
        logged, "qpfs: error: no API key: put it into a file that only you can read and "
                "give -o api_key_file=FILE, or set QUESTIONPRO_API_KEY\n");
    assert_false(usage);
    setenv("QUESTIONPRO_API_KEY", "a b", 1);
    assert_int_equal(read_line("qpfs -o user_id=7 /mnt"), -EINVAL);
    assert_string_equal(logged,
                        "qpfs: error: QUESTIONPRO_API_KEY holds no key: it holds a blank "
                        "or a character that can't be in a key\n");
}

/* -------- the check -------- */

TEST(options_of_a_check_are_those_of_a_mount)
{
    assert_read("qpfs --check -o user_id=7,api_key_file=@ /mnt");
    assert_int_equal(options.action, ACTION_CHECK);
    assert_string_equal(options.client.key, "key-of-the-file");
    assert_string_equal(options.mount_point, "/mnt");
    assert_false(options.json);
    assert_int_equal(read_line("qpfs --check /mnt"), -EINVAL);
    assert_non_null(strstr(logged, "what to show? Give user_id=N"));
}

TEST(options_of_a_check_need_no_mount_point)
{
    assert_read("qpfs --check --json -o user_id=7");
    assert_true(options.json);
    assert_null(options.mount_point);
}

TEST(options_json_goes_with_a_check)
{
    assert_int_equal(read_line("qpfs --json -o user_id=7 /mnt"), -EINVAL);
    assert_string_equal(logged, "qpfs: error: --json goes with --check or --status\n");
    assert_true(usage);
}

/* -------- the status of a mount -------- */

TEST(options_of_a_status_are_its_mount_point_alone)
{
    assert_read("qpfs --status /mnt");
    assert_int_equal(options.action, ACTION_STATUS);
    assert_string_equal(options.mount_point, "/mnt");
    assert_null(options.client.key);
    assert_read("qpfs --status --watch /mnt");
    assert_true(options.watch);
    assert_read("qpfs --status --json /mnt");
    assert_true(options.json);
    assert_read("qpfs --status --metrics /mnt");
    assert_true(options.metrics);
}

TEST(options_say_what_does_not_go_with_a_status)
{
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"qpfs --status", "qpfs: error: of which mount? Give its mount point\n"},
        {"qpfs --watch -o user_id=7 /mnt", "qpfs: error: --watch goes with --status\n"},
        {"qpfs --check --metrics", "qpfs: error: --metrics goes with --status\n"},
        {"qpfs --status --metrics --json /mnt",
         "qpfs: error: --json and --metrics are two forms of the same: ask for one of them\n"},
        {"qpfs --status --watch --metrics /mnt",
         "qpfs: error: --watch is for people; for a program, ask for --status --json again and "
         "again\n"},
        {"qpfs --status --watch --json /mnt",
         "qpfs: error: --watch is for people; for a program, ask for --status --json again and "
         "again\n"},
        {"qpfs --status -o user_id=7 /mnt",
         "qpfs: error: --status takes no -o: it asks the mount itself\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].line, read_line(rows[i].line) == -EINVAL);
        assert_string_equal(logged, rows[i].why);
        options_finish(&options);
    }
}

/* -------- the demo -------- */

TEST(options_of_the_demo_bring_no_key)
{
    assert_read("qpfs --demo /mnt");
    assert_int_equal(options.action, ACTION_DEMO);
    assert_null(options.client.key);
    assert_null(options.client.base_url);
    assert_null(options.ledger.directory);
    assert_null(getenv("QUESTIONPRO_API_KEY"));
}

TEST(options_of_an_account_do_not_go_with_the_demo)
{
    static const char *const lines[] = {
        "qpfs --demo -o user_id=7 /mnt",     "qpfs --demo -o api_key_file=@ /mnt",
        "qpfs --demo -o env=eu /mnt",        "qpfs --demo -o api_url=https://a.com /mnt",
        "qpfs --demo -o allowance=500 /mnt", "qpfs --demo -o reserve=5% /mnt"};
    for (size_t i = 0; i < LENGTH(lines); i++) {
        assert_row(lines[i], read_line(lines[i]) == -EINVAL);
        assert_row(lines[i], strstr(logged, " does not go with --demo, which brings its own "
                                            "account\n"));
        options_finish(&options);
    }
}

TEST(options_finish_takes_zeroed_options)
{
    struct options zeroed = {.action = ACTION_MOUNT};
    options_finish(&zeroed);
    assert_read("qpfs -o user_id=7 /mnt");
}

#define OPTIONS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPTIONS_TEST(options_of_the_shortest_command_line),
        OPTIONS_TEST(options_have_the_defaults_of_the_contract),
        OPTIONS_TEST(options_can_all_be_set),
        OPTIONS_TEST(options_reserve_is_a_tenth_of_the_allowance),
        OPTIONS_TEST(options_reserve_is_a_number_or_a_percentage),
        OPTIONS_TEST(options_say_which_reserve_is_wrong_and_where_it_stands),
        OPTIONS_TEST(options_state_is_kept_where_the_xdg_directories_say),
        OPTIONS_TEST(options_may_stand_behind_the_mount_point),
        OPTIONS_TEST(options_show_what_is_given),
        OPTIONS_TEST(options_take_the_device_of_mount),
        OPTIONS_TEST(options_pass_on_what_the_kernel_knows_and_no_more),
        OPTIONS_TEST(options_tell_who_may_look_in),
        OPTIONS_TEST(options_may_hold_a_comma_that_is_escaped),
        OPTIONS_TEST(options_may_hold_commas_in_quotes),
        OPTIONS_TEST(options_of_a_security_context_keep_their_commas),
        OPTIONS_TEST(options_for_help_and_version_need_nothing),
        OPTIONS_TEST(options_say_what_is_wrong_with_a_command_line),
        OPTIONS_TEST(options_refuse_auto_unmount_and_say_why),
        OPTIONS_TEST(options_refuse_the_key_without_repeating_it),
        OPTIONS_TEST(options_say_what_does_not_fit_together),
        OPTIONS_TEST(options_take_the_proxy_that_is_given_or_that_of_the_environment),
        OPTIONS_TEST(options_say_which_file_cannot_be_read),
        OPTIONS_TEST(options_leave_a_link_to_certificates_to_be_followed_later),
        OPTIONS_TEST(options_make_the_path_of_certificates_absolute),
        OPTIONS_TEST(options_refuse_more_mount_options_than_fit),
        OPTIONS_TEST(options_command_line_beats_environment_beats_file),
        OPTIONS_TEST(options_url_or_env_whichever_is_said_in_the_stronger_place),
        OPTIONS_TEST(options_url_loses_its_last_slashes),
        OPTIONS_TEST(options_key_of_the_command_line_beats_that_of_the_environment),
        OPTIONS_TEST(options_key_of_the_environment_beats_that_of_the_file),
        OPTIONS_TEST(options_say_that_memory_is_out),
        OPTIONS_TEST(options_want_a_certificate_for_its_key_and_over_tls),
        OPTIONS_TEST(options_say_that_there_is_no_key),
        OPTIONS_TEST(options_of_a_check_are_those_of_a_mount),
        OPTIONS_TEST(options_of_a_check_need_no_mount_point),
        OPTIONS_TEST(options_json_goes_with_a_check),
        OPTIONS_TEST(options_of_a_status_are_its_mount_point_alone),
        OPTIONS_TEST(options_say_what_does_not_go_with_a_status),
        OPTIONS_TEST(options_of_the_demo_bring_no_key),
        OPTIONS_TEST(options_of_an_account_do_not_go_with_the_demo),
        OPTIONS_TEST(options_finish_takes_zeroed_options),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
