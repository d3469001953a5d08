/* Tests which files are taken for the key, and why others are refused. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wipe.h"
#include "capture.h"
#include "options/key.h"
#include "scratch.h"

static const char *logged;

static struct key_file file;

static char *read_key(const char *path)
{
    key_file_finish(&file);
    capture_begin();
    char *key = key_file_read(&file, path);
    logged = capture_end();
    return key;
}

static char *read_bytes(const char *bytes, size_t size, mode_t mode)
{
    return read_key(scratch_write("key", bytes, size, mode));
}

static void assert_reads(const char *bytes, const char *expected)
{
    char *key = read_bytes(bytes, strlen(bytes), 0600);
    assert_non_null(key);
    assert_string_equal(key, expected);
    assert_string_equal(logged, "");
    wipe_free(key);
}

static void assert_refuses(const char *bytes, size_t size, const char *why)
{
    assert_null(read_bytes(bytes, size, 0600));
    if (!strstr(logged, why))
        assert_string_equal(logged, why);
}

TEST(key_is_what_the_file_holds_without_its_end)
{
    assert_reads("abc-123", "abc-123");
    assert_reads("abc-123\n", "abc-123");
    assert_reads("abc-123\r\n", "abc-123");
    assert_reads("abc-123 \t\n\n", "abc-123");
    assert_reads("!~", "!~");
}

TEST(key_file_may_be_for_its_owner_alone)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0777};
    for (size_t i = 0; i < LENGTH(modes); i++) {
        assert_null(read_bytes("abc", 3, modes[i]));
        assert_non_null(strstr(logged, " can be read or changed by others; do: chmod 600 "));
        assert_null(strstr(logged, "abc"));
    }
    char *key = read_bytes("abc", 3, 0400);
    assert_non_null(key);
    wipe_free(key);
}

TEST(key_is_not_empty)
{
    assert_refuses("", 0, " holds no key: it is empty; write ");
    assert_refuses("\n", 1, " holds no key: it is empty; write ");
    assert_refuses("  \r\n", 4, " holds no key: it is empty; write ");
}

TEST(key_holds_nothing_that_a_header_cannot)
{
    static const char why[] =
        " holds no key: it holds a blank or a character that can't be in a "
        "key; write the key into it, and nothing else\n";
    assert_refuses("ab cd", 5, why);
    assert_refuses(" ab", 3, why);
    assert_refuses("ab\ncd", 5, why);
    assert_refuses("ab\r\nx: y", 8, why);
    assert_refuses("ab\x7f", 3, why);
    assert_refuses("\xc3\xa9", 2, why);
    assert_refuses("ab\tcd", 5, why);
}

TEST(key_does_not_stand_in_quotes)
{
    static const char why[] =
        " holds no key: it begins with a quote; write the key into it, and nothing else\n";
    assert_refuses("\"abc-123\"\n", 10, why);
    assert_refuses("'abc-123'", 9, why);
}

TEST(key_holds_no_nul)
{
    assert_refuses("ab\0cd", 5, " holds no key: ");
    assert_refuses("a\0b\0c\0", 6, " holds no key: "); /* UTF-16 */
}

TEST(key_is_not_longer_than_a_key)
{
    char bytes[4096];
    memset(bytes, 'k', sizeof bytes);
    char *key = read_bytes(bytes, 512, 0600);
    assert_non_null(key);
    assert_int_equal(strlen(key), 512);
    wipe_free(key);
    assert_refuses(bytes, sizeof bytes,
                   " is too long for a key: it must hold the key and nothing else\n");
    assert_null(strstr(logged, "kkk"));
}

TEST(key_file_that_is_missing_or_a_directory_is_named)
{
    assert_null(read_key(scratch_path("none")));
    assert_non_null(strstr(logged, "qpfs: error: cannot read the key file "));
    assert_non_null(
        strstr(logged, "/none: No such file or directory; do: (umask 077 && cat > "));
    assert_null(read_key(scratch_path(".")));
    assert_non_null(strstr(logged, " is a directory; name the file with the key in it\n"));
}

TEST(key_can_come_through_a_pipe)
{
    const char *path = scratch_path("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open(path, O_WRONLY);
        ssize_t half = write(fd, "abc", 3);
        usleep(20000);
        half += write(fd, "def\n", 4);
        _exit(half == 7 ? 0 : 1);
    }
    char *key = read_key(path);
    waitpid(writer, NULL, 0);
    assert_non_null(key);
    assert_string_equal(key, "abcdef");
    wipe_free(key);
}

TEST(key_does_not_wait_for_ever_for_a_pipe)
{
    const char *path = scratch_path("dry");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(read_key(path));
    assert_non_null(strstr(logged, "qpfs: error: nobody wrote a key into the pipe "));
    assert_non_null(strstr(logged, "; start first what does, or name a file with the key"));
}

TEST(key_comes_through_an_open_pipe_as_from_a_shell)
{
    int fds[2];
    char path[32];
    assert_int_equal(pipe(fds), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fds[0]);
    assert_int_equal(write(fds[1], "abc-123\n", 8), 8);
    close(fds[1]);
    char *key = read_key(path);
    close(fds[0]);
    assert_string_equal(key, "abc-123");
    assert_null(file.path);
    assert_false(key_file_has_changed(&file));
    wipe_free(key);
    assert_null(read_key("/dev/fd/999"));
    assert_non_null(strstr(logged, "sudo closes what is handed over"));
}

TEST(key_waits_for_someone_who_has_a_pipe_open)
{
    const char *path = scratch_path("slow");
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open(path, O_RDWR);
        sleep(4); /* longer than nobody would be waited for */
        _exit(write(fd, "abc", 3) == 3 ? 0 : 1);
    }
    char *key = read_key(path);
    waitpid(writer, NULL, 0);
    assert_string_equal(key, "abc");
    wipe_free(key);
}

/* -------- reading it again -------- */

static void begin(void)
{
    wipe_free(read_bytes("first-key", 9, 0600));
    assert_string_equal(logged, "");
    assert_non_null(file.path);
    assert_false(key_file_has_changed(&file));
}

static void assert_again(const char *expected)
{
    assert_true(key_file_has_changed(&file));
    capture_begin();
    char *key = key_file_read_again(&file);
    logged = capture_end();
    assert_false(key_file_has_changed(&file)); /* one reading a change */
    if (expected)
        assert_string_equal(key, expected);
    else
        assert_null(key);
    wipe_free(key);
}

TEST(key_that_is_replaced_is_read_again)
{
    begin();
    scratch_write("key", "second-key", 10, 0600);
    assert_again("second-key");
    scratch_write("other", "third-key", 9, 0600);
    assert_int_equal(rename(scratch_path("other"), scratch_path("key")), 0);
    assert_again("third-key");
    assert_string_equal(logged, "");
}

TEST(key_that_cannot_be_read_again_is_said_once_with_its_remedy)
{
    static const struct {
        const char *bytes;
        mode_t mode;
        const char *why;
    } rows[] = {
        {"second-key", 0644, " can be read or changed by others; do: chmod 600 "},
        {"", 0600, " holds no key: it is empty; write the key into it, and nothing else"},
        {"a b", 0600, " holds no key: it holds a blank"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin();
        scratch_write("key", rows[i].bytes, strlen(rows[i].bytes), rows[i].mode);
        assert_again(NULL);
        assert_row(rows[i].why, strstr(logged, rows[i].why) != NULL);
        assert_row(rows[i].why, strstr(logged, "; until then, the key that was read before "
                                               "is used\n") != NULL);
        chmod(scratch_path("key"), 0600);
    }
}

TEST(key_whose_file_is_gone_is_said_once)
{
    begin();
    unlink(scratch_path("key"));
    assert_again(NULL);
    assert_non_null(strstr(logged, "No such file or directory; do: (umask 077 && cat > "));
    scratch_write("key", "second-key", 10, 0600);
    assert_again("second-key");
}

TEST(key_is_not_waited_for_where_it_is_read_again)
{
    begin();
    unlink(scratch_path("key"));
    assert_int_equal(mkfifo(scratch_path("key"), 0600), 0);
    int writer = open(scratch_path("key"), O_RDWR | O_NONBLOCK);
    assert_again(NULL);
    assert_non_null(strstr(logged, " is no file any more; make it one with the key in it"));
    close(writer);
    unlink(scratch_path("key"));
}

TEST(key_is_read_again_from_where_it_was)
{
    char *directory = getcwd(NULL, 0);
    scratch_write("key", "first-key", 9, 0600);
    assert_int_equal(chdir(scratch_path(".")), 0);
    wipe_free(read_key("key"));
    assert_int_equal(chdir("/"), 0);
    assert_false(key_file_has_changed(&file));
    scratch_write("key", "second-key", 10, 0600);
    assert_again("second-key");
    assert_int_equal(chdir(directory), 0);
    free(directory);
}

TEST(key_file_finish_takes_zeroes)
{
    key_file_finish(&file);
    key_file_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_is_what_the_file_holds_without_its_end),
        cmocka_unit_test(key_file_may_be_for_its_owner_alone),
        cmocka_unit_test(key_is_not_empty),
        cmocka_unit_test(key_holds_nothing_that_a_header_cannot),
        cmocka_unit_test(key_does_not_stand_in_quotes),
        cmocka_unit_test(key_holds_no_nul),
        cmocka_unit_test(key_is_not_longer_than_a_key),
        cmocka_unit_test(key_file_that_is_missing_or_a_directory_is_named),
        cmocka_unit_test(key_can_come_through_a_pipe),
        cmocka_unit_test(key_does_not_wait_for_ever_for_a_pipe),
        cmocka_unit_test(key_comes_through_an_open_pipe_as_from_a_shell),
        cmocka_unit_test(key_waits_for_someone_who_has_a_pipe_open),
        cmocka_unit_test(key_that_is_replaced_is_read_again),
        cmocka_unit_test(key_that_cannot_be_read_again_is_said_once_with_its_remedy),
        cmocka_unit_test(key_whose_file_is_gone_is_said_once),
        cmocka_unit_test(key_is_not_waited_for_where_it_is_read_again),
        cmocka_unit_test(key_is_read_again_from_where_it_was),
        cmocka_unit_test(key_file_finish_takes_zeroes),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
