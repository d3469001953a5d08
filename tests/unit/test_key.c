#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"
#include "options/key.h"
#include "scratch.h"

static const char *logged;

static char *read_key(const char *path)
{
    capture_begin();
    char *key = key_read(path);
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
    key_free(key);
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
    key_free(key);
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
    key_free(key);
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
    key_free(key);
}

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
    key_free(key);
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
}

static const char *freed;
static size_t freed_size, freed_left;

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    for (size_t i = 0; memory && memory == freed && i < freed_size; i++)
        freed_left += freed[i] != '\0';
    __real_free(memory);
}

TEST(key_free_overwrites_it)
{
    char *key = strdup("abc-123");
    assert_non_null(key);
    freed = key;
    freed_size = 7;
    freed_left = 0;
    key_free(key);
    freed = NULL;
    assert_int_equal(freed_left, 0);
}

TEST(key_free_takes_null)
{
    key_free(NULL);
    char *key = strdup("abc");
    assert_non_null(key);
    key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_is_what_the_file_holds_without_its_end),
        cmocka_unit_test(key_file_may_be_for_its_owner_alone),
        cmocka_unit_test(key_is_not_empty),
        cmocka_unit_test(key_holds_nothing_that_a_header_cannot),
        cmocka_unit_test(key_holds_no_nul),
        cmocka_unit_test(key_is_not_longer_than_a_key),
        cmocka_unit_test(key_file_that_is_missing_or_a_directory_is_named),
        cmocka_unit_test(key_can_come_through_a_pipe),
        cmocka_unit_test(key_of_the_environment_is_taken_out_of_it),
        cmocka_unit_test(key_of_the_environment_that_cannot_be_one_has_a_reason),
        cmocka_unit_test(key_free_overwrites_it),
        cmocka_unit_test(key_free_takes_null),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
