/* Tests the socket to a log daemon, which may be slow, gone or new. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log_socket.h"
#include "scratch.h"

/* A log daemon that listens at PATH. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void assert_hears(int daemon, const char *expected)
{
    char text[64];
    ssize_t size = recv(daemon, text, sizeof text - 1, 0);
    assert_true(size >= 0);
    text[size] = '\0';
    assert_string_equal(text, expected);
}

TEST(log_socket_sends_a_datagram_a_line)
{
    struct log_socket log;
    const char *path = scratch_path("log");
    int daemon = listen_at(path);
    assert_int_equal(log_socket_init(&log, path), 0);
    assert_int_equal(log_socket_send(&log, "one", 3), 0);
    assert_int_equal(log_socket_send(&log, "two", 3), 0);
    assert_hears(daemon, "one");
    assert_hears(daemon, "two");
    log_socket_finish(&log);
    close(daemon);
}

/* A send that waited would never come back: nobody reads. */
TEST(log_socket_loses_what_does_not_fit)
{
    struct log_socket log;
    const char *path = scratch_path("log");
    int daemon = listen_at(path), error = 0;
    assert_int_equal(log_socket_init(&log, path), 0);
    for (int i = 0; i < 100000 && !error; i++)
        error = log_socket_send(&log, "line", 4);
    assert_int_equal(error, -EAGAIN);
    assert_hears(daemon, "line");
    assert_int_equal(log_socket_send(&log, "line", 4), 0);
    log_socket_finish(&log);
    close(daemon);
}

TEST(log_socket_finds_a_daemon_that_was_restarted)
{
    struct log_socket log;
    const char *path = scratch_path("log");
    int daemon = listen_at(path);
    assert_int_equal(log_socket_init(&log, path), 0);
    close(daemon);
    assert_int_equal(log_socket_send(&log, "lost", 4), -ECONNREFUSED);
    daemon = listen_at(path);
    assert_int_equal(log_socket_send(&log, "heard", 5), 0);
    assert_hears(daemon, "heard");
    log_socket_finish(&log);
    close(daemon);
}

TEST(log_socket_finds_a_daemon_that_comes_later)
{
    struct log_socket log;
    const char *path = scratch_path("later");
    assert_int_equal(log_socket_init(&log, path), -ENOENT);
    assert_int_equal(log_socket_send(&log, "lost", 4), -ENOENT);
    int daemon = listen_at(path);
    assert_int_equal(log_socket_send(&log, "heard", 5), 0);
    assert_hears(daemon, "heard");
    log_socket_finish(&log);
    close(daemon);
}

TEST(log_socket_refuses_a_path_that_is_too_long)
{
    struct log_socket log;
    char path[200];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(log_socket_init(&log, path), -ENAMETOOLONG);
    log_socket_finish(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_socket_sends_a_datagram_a_line),
        cmocka_unit_test(log_socket_loses_what_does_not_fit),
        cmocka_unit_test(log_socket_finds_a_daemon_that_was_restarted),
        cmocka_unit_test(log_socket_finds_a_daemon_that_comes_later),
        cmocka_unit_test(log_socket_refuses_a_path_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
