/* Tests the lines of the log, and that no secret is in them. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "capture.h"

TEST(log_writes_one_line_with_its_level)
{
    capture_begin();
    log_error("a %d", 1);
    log_warning("b");
    log_info("c");
    assert_string_equal(capture_end(), "qpfs: error: a 1\nqpfs: warning: b\nqpfs: c\n");
}

TEST(log_drops_debug_lines_unless_asked)
{
    capture_begin();
    log_debug("hidden");
    log_set_debug(true);
    log_debug("shown");
    log_set_debug(false);
    assert_string_equal(capture_end(), "qpfs: debug: shown\n");
}

TEST(log_replaces_control_characters)
{
    capture_begin();
    log_error("a\nqpfs: b\x1b[31m\x7f\t\xc3\xa9");
    assert_string_equal(capture_end(), "qpfs: error: a?qpfs: b?[31m??\xc3\xa9\n");
}

TEST(log_hides_the_secret_wherever_it_stands)
{
    log_redact("s3cret-key");
    capture_begin();
    log_error("s3cret-key, as3cret-keyb, s3cret-keys3cret-key, s3cret-ke");
    log_redact(NULL);
    assert_string_equal(capture_end(), "qpfs: error: ***, a***b, ******, s3cret-ke\n");
}

TEST(log_hides_a_secret_that_is_percent_encoded)
{
    log_redact("s3c/et+key");
    capture_begin();
    log_error("%s", "?a=s3c%2Fet%2bkey&b=%733c/et+%6Bey, s3c%2Fet%2bke");
    assert_string_equal(capture_end(), "qpfs: error: ?a=***&b=***, s3c%2Fet%2bke\n");
    log_redact(NULL);
}

TEST(log_hides_a_secret_with_percent_signs_in_it)
{
    log_redact("s3c%41et%zz");
    capture_begin();
    log_error("%s", "s3c%41et%zz, s3c%2541et%25zz, s3cAet%zz");
    assert_string_equal(capture_end(), "qpfs: error: ***, ***, s3cAet%zz\n");
    log_redact(NULL);
}

TEST(log_hides_the_secrets_of_before_as_well)
{
    char secret[] = "s3cret-of-before";
    log_redact(secret);
    memset(secret, '-', sizeof secret - 1); /* wiped, as a key that is replaced */
    log_redact("s3cret-of-now");
    capture_begin();
    log_error("s3cret-of-before s3cret-of-now ----------------");
    log_redact(NULL);
    log_error("s3cret-of-before");
    assert_string_equal(capture_end(), "qpfs: error: *** *** ----------------\n"
                                       "qpfs: error: s3cret-of-before\n");
}

TEST(log_looks_for_secrets_of_8_characters_and_more)
{
    capture_begin();
    log_redact("1234567");
    log_error("1234567");
    log_redact("12345678");
    log_error("12345678");
    log_redact(NULL);
    log_error("12345678");
    assert_string_equal(capture_end(),
                        "qpfs: error: 1234567\nqpfs: error: ***\nqpfs: error: 12345678\n");
}

TEST(log_takes_no_secret_for_none)
{
    log_redact("");
    capture_begin();
    log_error("plain");
    log_redact(NULL);
    assert_string_equal(capture_end(), "qpfs: error: plain\n");
}

TEST(log_cuts_long_lines)
{
    char text[5000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    capture_begin();
    log_error("%s", text);
    const char *line = capture_end();
    assert_true(strlen(line) < 2100);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

TEST(log_hides_a_secret_at_the_cut_of_a_long_line)
{
    char text[5000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + 2040, "s3cret-of-someone", 17);
    log_redact("s3cret-of-someone");
    capture_begin();
    log_error("%s", text);
    log_redact(NULL);
    assert_null(strstr(capture_end(), "s3cret"));
}

static volatile sig_atomic_t waited;

static void on_alarm(int number)
{
    (void)number;
    waited = 1;
}

/* Without SA_RESTART: a write that waits ends at the alarm. */
TEST(log_loses_a_line_where_nobody_reads)
{
    int ends[2];
    const struct sigaction action = {.sa_handler = on_alarm};
    assert_int_equal(pipe(ends), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0);
    int before = dup(STDERR_FILENO);
    sigaction(SIGALRM, &action, NULL);
    dup2(ends[1], STDERR_FILENO);
    alarm(2);
    for (int i = 0; i < 1000 && !waited; i++)
        log_error("a line of which a thousand do not fit");
    alarm(0);
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[0]);
    close(ends[1]);
    assert_false(waited);
}

/* Lets the stream that stderr becomes in capture_begin() be taken for the journal's, or not. */
static void name_stream(const char *format)
{
    struct stat attr;
    char text[64];
    assert_int_equal(fstat(STDERR_FILENO, &attr), 0);
    snprintf(text, sizeof text, format, (uintmax_t)attr.st_dev, (uintmax_t)attr.st_ino);
    setenv("JOURNAL_STREAM", text, 1);
}

TEST(log_takes_no_other_stream_for_the_journal)
{
    static const char *const formats[] = {"%ju:%ju0", "%ju0:%ju", "%ju:%jux", "%ju", "", ":"};
    for (size_t i = 0; i < LENGTH(formats); i++) {
        capture_begin();
        name_stream(formats[i]);
        log_begin();
        log_error("a");
        assert_string_equal(capture_end(), "qpfs: error: a\n");
    }
    unsetenv("JOURNAL_STREAM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_writes_one_line_with_its_level),
        cmocka_unit_test(log_drops_debug_lines_unless_asked),
        cmocka_unit_test(log_replaces_control_characters),
        cmocka_unit_test(log_hides_the_secret_wherever_it_stands),
        cmocka_unit_test(log_hides_a_secret_that_is_percent_encoded),
        cmocka_unit_test(log_hides_a_secret_with_percent_signs_in_it),
        cmocka_unit_test(log_hides_the_secrets_of_before_as_well),
        cmocka_unit_test(log_looks_for_secrets_of_8_characters_and_more),
        cmocka_unit_test(log_takes_no_secret_for_none),
        cmocka_unit_test(log_cuts_long_lines),
        cmocka_unit_test(log_hides_a_secret_at_the_cut_of_a_long_line),
        cmocka_unit_test(log_loses_a_line_where_nobody_reads),
        cmocka_unit_test(log_takes_no_other_stream_for_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
