/* Tests what syslog and the journal are sent, and that no line waits for them. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "capture.h"
#include "scratch.h"

#define LINE_MAX_SIZE 4096

/* -------- daemons, whose sockets are in the scratch directory -------- */

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    struct sockaddr_un moved = *(const struct sockaddr_un *)(const void *)address;
    bool journal = strcmp(moved.sun_path, "/run/systemd/journal/socket") == 0;
    if (!journal)
        assert_string_equal(moved.sun_path, "/dev/log");
    snprintf(moved.sun_path, sizeof moved.sun_path, "%s",
             scratch_path(journal ? "journal" : "syslog"));
    return __real_connect(fd, (const struct sockaddr *)&moved, size);
}

/* A daemon that listens at NAME. */
static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch_path(name));
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* The next line that came; "" if there is none. */
static const char *heard(int daemon)
{
    static char line[LINE_MAX_SIZE + 1];
    ssize_t size = recv(daemon, line, sizeof line - 1, 0);
    line[size > 0 ? size : 0] = '\0';
    return line;
}

/* Log to the daemon at NAME, and return it. The log goes to the journal from the first time on
 * that there is one. */
static int begin(const char *name)
{
    unlink(scratch_path("journal"));
    int daemon = listen_at(name);
    log_to_background();
    return daemon;
}

/* -------- stderr that a service manager reads -------- */

/* Let the stream that stderr becomes in capture_begin() be taken for the journal's. */
static void name_stream(void)
{
    struct stat attr;
    char text[64];
    assert_int_equal(fstat(STDERR_FILENO, &attr), 0);
    snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)attr.st_dev, (uintmax_t)attr.st_ino);
    setenv("JOURNAL_STREAM", text, 1);
}

TEST(log_writes_priorities_to_stderr_where_the_journal_cannot_be_reached)
{
    unlink(scratch_path("journal"));
    capture_begin();
    name_stream();
    log_begin();
    log_set_debug(true);
    log_error("a");
    log_warning("b");
    log_info("c");
    log_debug("d");
    log_set_debug(false);
    assert_string_equal(capture_end(), "<3>a\n<4>b\n<6>c\n<7>d\n");
    unsetenv("JOURNAL_STREAM");
}

/* -------- syslog -------- */

TEST(log_for_syslog_has_facility_date_name_and_process)
{
    char month[4], expected[64];
    int day, hour, minute, second, facility, at = 0, daemon = begin("syslog");
    log_warning("a %%d");
    const char *line = heard(daemon);
    assert_int_equal(sscanf(line, "<%d>%3s %2d %2d:%2d:%2d %n", &facility, month, &day, &hour,
                            &minute, &second, &at),
                     6);
    snprintf(expected, sizeof expected, "qpfs[%d]: warning: a %%d", (int)getpid());
    assert_string_equal(line + at, expected);
    assert_int_equal(facility, 3 * 8 + 4); /* daemon, warning */
    close(daemon);
}

TEST(log_sends_a_datagram_a_line)
{
    int daemon = begin("syslog");
    log_error("one");
    log_error("two");
    assert_non_null(strstr(heard(daemon), "error: one"));
    assert_non_null(strstr(heard(daemon), "error: two"));
    assert_string_equal(heard(daemon), "");
    close(daemon);
}

/* A send that waited would never come back: nobody reads. */
TEST(log_loses_what_a_daemon_does_not_take)
{
    int daemon = begin("syslog"), lines = 0;
    for (int i = 0; i < 10000; i++)
        log_error("line");
    while (*heard(daemon))
        lines++;
    assert_true(lines > 0 && lines < 10000);
    log_error("one more");
    assert_non_null(strstr(heard(daemon), "one more"));
    close(daemon);
}

TEST(log_finds_a_daemon_that_was_restarted)
{
    int daemon = begin("syslog");
    log_error("heard");
    close(daemon);
    log_error("lost");
    daemon = listen_at("syslog");
    log_error("heard again");
    assert_non_null(strstr(heard(daemon), "heard again"));
    close(daemon);
}

TEST(log_finds_a_daemon_that_comes_later)
{
    unlink(scratch_path("journal"));
    unlink(scratch_path("syslog"));
    log_to_background();
    log_error("lost");
    int daemon = listen_at("syslog");
    log_error("heard");
    assert_non_null(strstr(heard(daemon), "heard"));
    close(daemon);
}

/* -------- the journal -------- */

TEST(log_for_the_journal_has_fields)
{
    const struct log_about about = {.path = "/users/1", .status = 403, .error = 13};
    int daemon = begin("journal");
    log_line_about(LOG_LEVEL_ERROR, &about, "/users/1: HTTP %d", 403);
    assert_string_equal(heard(daemon), "PRIORITY=3\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=qpfs\n"
                                       "QPFS_PATH=/users/1\nQPFS_STATUS=403\nQPFS_ERRNO=13\n"
                                       "MESSAGE=/users/1: HTTP 403\n");
    close(daemon);
}

TEST(log_for_the_journal_leaves_out_what_is_not_known)
{
    int daemon = begin("journal");
    log_info("ready");
    assert_string_equal(
        heard(daemon),
        "PRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=qpfs\nMESSAGE=ready\n");
    close(daemon);
}

TEST(log_for_the_journal_cuts_what_is_long)
{
    static char text[4 * LINE_MAX_SIZE];
    const struct log_about about = {.path = text};
    memset(text, 'a', sizeof text - 1);
    int daemon = begin("journal");
    log_line_about(LOG_LEVEL_INFO, &about, "%s", text);
    const char *line = heard(daemon);
    assert_true(strlen(line) < LINE_MAX_SIZE);
    assert_int_equal(line[strlen(line) - 1], '\n');
    assert_non_null(strstr(line, "\nMESSAGE=aaa"));
    close(daemon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_writes_priorities_to_stderr_where_the_journal_cannot_be_reached),
        cmocka_unit_test(log_for_syslog_has_facility_date_name_and_process),
        cmocka_unit_test(log_sends_a_datagram_a_line),
        cmocka_unit_test(log_loses_what_a_daemon_does_not_take),
        cmocka_unit_test(log_finds_a_daemon_that_was_restarted),
        cmocka_unit_test(log_finds_a_daemon_that_comes_later),
        cmocka_unit_test(log_for_the_journal_has_fields),
        cmocka_unit_test(log_for_the_journal_leaves_out_what_is_not_known),
        cmocka_unit_test(log_for_the_journal_cuts_what_is_long),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
