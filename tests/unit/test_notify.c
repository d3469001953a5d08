/* Tests what a service manager is told. */
#include "unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "program/notify.h"
#include "scratch.h"

/* A service manager at NAME; one that begins with @ is abstract. */
static int manage_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(name);
    memcpy(address.sun_path, name, size);
    if (*name == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    unlink(name);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    notify_begin();
    return fd;
}

static const char *heard(int fd)
{
    static char text[1024];
    ssize_t size = recv(fd, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    return text;
}

TEST(notify_speaks_to_a_path_and_to_an_abstract_name)
{
    char abstract[64];
    snprintf(abstract, sizeof abstract, "@qpfs-test-%d", (int)getpid());
    const char *const names[] = {scratch_path("notify"), abstract};
    for (size_t i = 0; i < LENGTH(names); i++) {
        int fd = manage_at(names[i]);
        struct notify notify;
        notify_init(&notify, NULL);
        notify_say(&notify, "READY=1\nSTATUS=%d\n", 7);
        assert_string_equal(heard(fd), "READY=1\nSTATUS=7\n");
        close(fd);
    }
}

/* Without READY=1 the manager ends the mount after a while. */
TEST(notify_says_that_a_mount_is_ready_however_long_its_url_is)
{
    char url[513], expected[600];
    int fd = manage_at(scratch_path("notify"));
    struct notify notify;
    notify_init(&notify, NULL);
    memset(url, 'u', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    snprintf(expected, sizeof expected, "READY=1\nSTATUS=Showing %s\n", url);
    notify_say(&notify, "READY=1\nSTATUS=Showing %s\n", url);
    assert_string_equal(heard(fd), expected);
    close(fd);
}

TEST(notify_hides_the_socket_from_children)
{
    close(manage_at(scratch_path("notify")));
    assert_null(getenv("NOTIFY_SOCKET"));
}

TEST(notify_says_why_it_fails)
{
    int fd = manage_at(scratch_path("notify"));
    notify_failure(-EACCES);
    assert_string_equal(heard(fd),
                        "STATUS=Failed: Permission denied; the log has the reason\nERRNO=13\n");
    close(fd);
}

TEST(notify_without_a_manager_does_nothing)
{
    static const char *const names[] = {"", "relative", "/", "@", "/nonexistent/socket"};
    struct loop *loop = loop_create();
    struct notify notify;
    for (size_t i = 0; i < LENGTH(names); i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        notify_begin();
        notify_init(&notify, loop);
        notify_say(&notify, "READY=1\n");
        assert_string_equal(notify.text, "");
    }
    loop_destroy(loop);
}

/* What is kept comes late, and in order. */
TEST(notify_keeps_what_a_busy_manager_cannot_take)
{
    int fd = manage_at(scratch_path("notify"));
    struct loop *loop = loop_create();
    struct notify filler, notify;
    notify_init(&filler, loop);
    while (!*filler.text)
        notify_say(&filler, "STATUS=noise\n");
    notify_finish(&filler);

    notify_init(&notify, loop);
    notify_say(&notify, "RELOADING=1\n");
    notify_say(&notify, "READY=1\n");
    while (strcmp(heard(fd), "") != 0)
        continue;
    while (*notify.text)
        assert_int_equal(loop_turn(loop, 1000), 0);
    assert_string_equal(heard(fd), "RELOADING=1\nREADY=1\n");
    notify_finish(&notify);
    loop_destroy(loop);
    close(fd);
}

TEST(notify_keeps_the_newest)
{
    int fd = manage_at(scratch_path("notify"));
    struct loop *loop = loop_create();
    struct notify notify;
    notify_init(&notify, loop);
    for (int i = 0; i < 2000; i++)
        notify_say(&notify, "STATUS=%d\n", i);
    notify_say(&notify, "READY=1\n");
    assert_true(strlen(notify.text) > 8);
    assert_string_equal(notify.text + strlen(notify.text) - 20, "STATUS=1999\nREADY=1\n");
    notify_finish(&notify);
    loop_destroy(loop);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notify_speaks_to_a_path_and_to_an_abstract_name),
        cmocka_unit_test(notify_says_that_a_mount_is_ready_however_long_its_url_is),
        cmocka_unit_test(notify_hides_the_socket_from_children),
        cmocka_unit_test(notify_says_why_it_fails),
        cmocka_unit_test(notify_without_a_manager_does_nothing),
        cmocka_unit_test(notify_keeps_what_a_busy_manager_cannot_take),
        cmocka_unit_test(notify_keeps_the_newest),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
