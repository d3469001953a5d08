/* Tests an entry of the log as syslog and the journal want it. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log_entry.h"

static char out[LOG_ENTRY_SIZE];

TEST(log_entry_has_the_priorities_of_syslog)
{
    static const struct {
        enum log_level level;
        const char *plain, *prefixed;
    } rows[] = {
        {LOG_LEVEL_ERROR, "qpfs: error: a\n", "<3>a\n"},
        {LOG_LEVEL_WARNING, "qpfs: warning: a\n", "<4>a\n"},
        {LOG_LEVEL_INFO, "qpfs: a\n", "<6>a\n"},
        {LOG_LEVEL_DEBUG, "qpfs: debug: a\n", "<7>a\n"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct log_entry entry = {.level = rows[i].level, .text = "a"};
        assert_int_equal(log_entry_plain(&entry, out), strlen(rows[i].plain));
        assert_string_equal(out, rows[i].plain);
        assert_int_equal(log_entry_prefixed(&entry, out), strlen(rows[i].prefixed));
        assert_string_equal(out, rows[i].prefixed);
    }
}

TEST(log_entry_for_syslog_has_facility_date_name_and_process)
{
    struct log_entry entry = {.level = LOG_LEVEL_WARNING, .text = "a %d"};
    char month[4], tail[64], expected[64];
    int day, hour, minute, second, facility, at = 0;
    size_t size = log_entry_syslog(&entry, out);
    assert_int_equal(size, strlen(out));
    assert_int_equal(sscanf(out, "<%d>%3s %2d %2d:%2d:%2d %n", &facility, month, &day, &hour,
                            &minute, &second, &at),
                     6);
    snprintf(tail, sizeof tail, "%s", out + at);
    snprintf(expected, sizeof expected, "qpfs[%d]: warning: a %%d", (int)getpid());
    assert_string_equal(tail, expected);
    assert_int_equal(facility, 3 * 8 + 4); /* daemon, warning */
}

TEST(log_entry_for_the_journal_has_fields)
{
    struct log_entry entry = {
        .level = LOG_LEVEL_ERROR,
        .text = "/users/1: HTTP 403",
        .about = {.path = "/users/1", .status = 403, .error = 13},
    };
    size_t size = log_entry_journal(&entry, out);
    assert_int_equal(size, strlen(out));
    assert_string_equal(out, "PRIORITY=3\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=qpfs\n"
                             "QPFS_PATH=/users/1\nQPFS_STATUS=403\nQPFS_ERRNO=13\n"
                             "MESSAGE=/users/1: HTTP 403\n");
}

TEST(log_entry_for_the_journal_leaves_out_what_is_not_known)
{
    struct log_entry entry = {.level = LOG_LEVEL_INFO, .text = "ready"};
    log_entry_journal(&entry, out);
    assert_string_equal(
        out, "PRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=qpfs\nMESSAGE=ready\n");
}

TEST(log_entry_stays_in_its_room)
{
    static char text[2 * LOG_ENTRY_SIZE];
    memset(text, 'a', sizeof text - 1);
    struct log_entry entry = {.level = LOG_LEVEL_INFO, .text = text, .about = {.path = text}};
    assert_int_equal(log_entry_plain(&entry, out), LOG_ENTRY_SIZE - 1);
    assert_int_equal(log_entry_journal(&entry, out), LOG_ENTRY_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_entry_has_the_priorities_of_syslog),
        cmocka_unit_test(log_entry_for_syslog_has_facility_date_name_and_process),
        cmocka_unit_test(log_entry_for_the_journal_has_fields),
        cmocka_unit_test(log_entry_for_the_journal_leaves_out_what_is_not_known),
        cmocka_unit_test(log_entry_stays_in_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
