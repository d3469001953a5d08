/* Tests that calls are counted over mounts, whatever happens to the ledger. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/ledger.h"
#include "capture.h"
#include "scratch.h"

#define KEY         "d4b1a7e6-counted-and-not-shown"
#define FINGERPRINT "68b7020d4e04d7cb"

/* -------- what the system does; with large offsets, pwrite() is called pwrite64 -------- */

static int pwrite_errno;     /* 0: it works */
static ssize_t pwrite_short; /* bytes that it leaves out */
static uid_t stranger;       /* 0: we are who we are */

ssize_t __real_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    if (pwrite_errno) {
        errno = pwrite_errno;
        return -1;
    }
    return __real_pwrite64(fd, bytes, size - (size_t)pwrite_short, offset);
}

uid_t __wrap_geteuid(void)
{
    return stranger ? stranger : __real_geteuid();
}

/* -------- ledgers -------- */

static const char *logged;

static const char *directory(void)
{
    return scratch_path("state/qpfs");
}

static const char *path(void)
{
    return scratch_path("state/qpfs/" FINGERPRINT);
}

static struct ledger *open_ledger(uint64_t allowance, uint64_t reserve)
{
    const struct ledger_options options = {directory(), KEY, allowance, reserve};
    capture_begin();
    struct ledger *ledger = ledger_create(&options);
    logged = capture_end();
    assert_non_null(ledger);
    return ledger;
}

static void count(struct ledger *ledger, unsigned calls)
{
    capture_begin();
    while (calls-- > 0)
        ledger_count(ledger);
    logged = capture_end();
}

/* What a mount that starts now finds. */
static uint64_t calls_on_disk(void)
{
    struct ledger *ledger = open_ledger(0, 0);
    uint64_t calls = ledger_calls(ledger);
    ledger_destroy(ledger);
    return calls;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path(), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static unsigned lines_with(const char *text)
{
    unsigned lines = 0;
    for (const char *at = logged; (at = strstr(at, text)); at++)
        lines++;
    return lines;
}

static int set_up(void **state)
{
    pwrite_errno = 0;
    pwrite_short = 0;
    stranger = 0;
    return scratch_set_up(state);
}

/* -------- counting -------- */

TEST(ledger_counts_over_mounts)
{
    struct ledger *ledger = open_ledger(0, 0);
    assert_int_equal(ledger_calls(ledger), 0);
    count(ledger, 3);
    ledger_destroy(ledger);
    ledger = open_ledger(0, 0);
    assert_int_equal(ledger_calls(ledger), 3);
    count(ledger, 2);
    assert_int_equal(ledger_calls(ledger), 5);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 5);
    assert_string_equal(logged, "");
}

TEST(ledger_of_two_at_once_is_the_sum)
{
    struct ledger *one = open_ledger(0, 0), *other = open_ledger(0, 0);
    count(one, 3);
    count(other, 4);
    count(one, 1);
    assert_int_equal(ledger_calls(one), 8);
    assert_int_equal(calls_on_disk(), 8);
    ledger_destroy(one);
    count(other, 1);
    assert_int_equal(ledger_calls(other), 9);
    ledger_destroy(other);
    assert_int_equal(calls_on_disk(), 9);
}

TEST(ledger_takes_up_the_line_of_a_mount_that_ended)
{
    struct stat attr;
    for (int i = 0; i < 200; i++) {
        struct ledger *ledger = open_ledger(0, 0);
        count(ledger, 1);
        ledger_destroy(ledger);
    }
    assert_int_equal(calls_on_disk(), 200);
    assert_int_equal(stat(path(), &attr), 0);
    assert_int_equal(attr.st_size, 2 * 80);
}

TEST(ledger_has_room_for_many_at_once)
{
    struct ledger *ledgers[50];
    for (size_t i = 0; i < LENGTH(ledgers); i++) {
        ledgers[i] = open_ledger(0, 0);
        assert_int_equal(lines_with("only the calls of this mount"), i == 49);
        count(ledgers[i], 1);
    }
    assert_int_equal(ledger_calls(ledgers[48]), 49);
    ledger_destroy(ledgers[0]);
    count(ledgers[49], 1);
    assert_int_equal(ledger_calls(ledgers[49]), 51);
    for (size_t i = 1; i < LENGTH(ledgers); i++)
        ledger_destroy(ledgers[i]);
    assert_int_equal(calls_on_disk(), 51);
}

/* Runs ROUNDS rounds of counting in a child. */
static pid_t count_in_child(unsigned rounds, volatile unsigned *sent)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    const struct ledger_options options = {directory(), KEY, 0, 0};
    struct ledger *ledger = ledger_create(&options);
    for (unsigned i = 0; i < rounds; i++) {
        ledger_count(ledger);
        if (sent)
            ++*sent;
    }
    ledger_destroy(ledger);
    _exit(0);
}

TEST(ledger_of_processes_at_once_is_exact)
{
    pid_t children[8];
    for (size_t i = 0; i < LENGTH(children); i++)
        children[i] = count_in_child(500, NULL);
    for (size_t i = 0; i < LENGTH(children); i++)
        assert_int_equal(waitpid(children[i], NULL, 0), children[i]);
    assert_int_equal(calls_on_disk(), 8 * 500);
}

TEST(ledger_of_who_is_killed_has_what_was_sent)
{
    volatile unsigned *sent =
        mmap(NULL, sizeof *sent, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const unsigned kills = 40;
    for (unsigned i = 0; i < kills; i++) {
        unsigned enough = *sent + 10 + 7 * i;
        pid_t child = count_in_child(UINT32_MAX, sent);
        while (*sent < enough)
            usleep(10);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    uint64_t calls = calls_on_disk();
    assert_string_equal(logged, "");
    assert_between(calls, *sent, *sent + kills);
    munmap((void *)sent, sizeof *sent);
}

/* -------- the file -------- */

TEST(ledger_is_for_us_alone_and_does_not_show_the_key)
{
    static const char start[] = "qpfs ledger 1 of the calls made with one key, begun 20";
    struct stat attr;
    char bytes[512] = "";
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 12);
    assert_int_equal(stat(path(), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFREG | 0600);
    assert_int_equal(stat(directory(), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFDIR | 0700);
    assert_int_equal(stat(scratch_path("state"), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFDIR | 0700);
    int fd = open(path(), O_RDONLY);
    assert_int_equal(read(fd, bytes, sizeof bytes - 1), 160);
    close(fd);
    assert_null(strstr(bytes, "d4b1"));
    assert_memory_equal(bytes, start, sizeof start - 1);
    assert_memory_equal(bytes + 80, "000000000012 calls, the last at 20", 34);
    assert_int_equal(bytes[159], '\n');
    ledger_destroy(ledger);
}

TEST(ledger_that_is_broken_is_set_aside)
{
    static const char *const broken[] = {
        "nonsense\n",
        "qpfs ledger 1, but a short line\n",
        "%79s\n",
        "qpfs ledger 2%66s\n000000000012 calls%61s\n",
        "qpfs ledger 1%66s\n0000000000x2 calls%61s\n",
        "qpfs ledger 1%66s\n000000000012 balls%61s\n",
        "qpfs ledger 1%66s\n000000000012 calls%62s",
    };
    ledger_destroy(open_ledger(0, 0));
    for (size_t i = 0; i < LENGTH(broken); i++) {
        char text[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, broken[i], "", "");
#pragma GCC diagnostic pop
        write_file(text);
        struct ledger *ledger = open_ledger(0, 0);
        assert_row(broken[i], lines_with("is broken: it is ") == 1);
        assert_row(broken[i], ledger_calls(ledger) == 0);
        count(ledger, 1);
        ledger_destroy(ledger);
        assert_row(broken[i], calls_on_disk() == 1);
        assert_row(broken[i],
                   access(scratch_path("state/qpfs/" FINGERPRINT ".broken"), F_OK) == 0);
    }
}

/* What is done to the file under mounts: both go on, and none counts on the old one. */
static void assert_both_begin_anew(void (*spoil)(void), const char *message)
{
    struct ledger *one = open_ledger(0, 0), *other = open_ledger(0, 0);
    count(one, 5);
    spoil();
    count(one, 1);
    assert_int_equal(lines_with(message), 1);
    count(other, 2);
    assert_int_equal(ledger_calls(other), 3);
    assert_int_equal(calls_on_disk(), 3);
    ledger_destroy(one);
    ledger_destroy(other);
}

static void spoil_by_deleting(void)
{
    unlink(path());
}

static void spoil_by_deleting_all(void)
{
    unlink(path());
    rmdir(directory());
    rmdir(scratch_path("state"));
}

static void spoil_by_cutting(void)
{
    assert_int_equal(truncate(path(), 100), 0);
}

static void spoil_by_emptying(void)
{
    assert_int_equal(truncate(path(), 0), 0);
}

TEST(ledger_takes_back_what_never_left)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 3);
    ledger_take_back(ledger);
    assert_int_equal(ledger_calls(ledger), 2);
    assert_int_equal(calls_on_disk(), 2);
    /* The line begins anew, with none to take back. */
    spoil_by_deleting();
    ledger_take_back(ledger);
    count(ledger, 1);
    assert_int_equal(calls_on_disk(), 1);
    ledger_destroy(ledger);
}

TEST(ledger_follows_another_key)
{
    struct ledger *ledger = open_ledger(10, 2);
    count(ledger, 8);
    assert_non_null(ledger_refusal(ledger));
    assert_int_equal(ledger_set_key(ledger, "another-key"), 0);
    assert_int_equal(ledger_calls(ledger), 0);
    assert_null(ledger_refusal(ledger));
    count(ledger, 5);
    assert_int_equal(ledger_calls(ledger), 5);
    assert_int_equal(lines_with("5 of the allowance of 10 calls are used, 50 %"), 1);
    assert_int_equal(calls_on_disk(), 8);
    assert_int_equal(ledger_set_key(ledger, KEY), 0);
    assert_int_equal(ledger_calls(ledger), 8);
    ledger_destroy(ledger);
    assert_int_equal(ledger_set_key(NULL, KEY), 0);
}

TEST(ledger_of_another_key_takes_nothing_along)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 3);
    pwrite_errno = ENOSPC;
    count(ledger, 2);
    pwrite_errno = 0;
    assert_int_equal(ledger_set_key(ledger, "another-key"), 0);
    assert_int_equal(ledger_calls(ledger), 0);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 5);
}

TEST(ledger_that_is_deleted_begins_anew)
{
    assert_both_begin_anew(spoil_by_deleting, "was taken away");
}

TEST(ledger_whose_directory_is_deleted_begins_anew)
{
    assert_both_begin_anew(spoil_by_deleting_all, "was taken away");
}

TEST(ledger_that_is_cut_begins_anew)
{
    assert_both_begin_anew(spoil_by_cutting, "is broken");
}

TEST(ledger_that_is_emptied_begins_anew)
{
    assert_both_begin_anew(spoil_by_emptying, "is broken");
}

TEST(ledger_that_was_edited_counts_on_from_there)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 5);
    char text[256];
    snprintf(text, sizeof text, "qpfs ledger 1%66s\n000000000100 calls%61s\n", "", "");
    write_file(text);
    count(ledger, 1);
    assert_string_equal(logged, "");
    assert_int_equal(ledger_calls(ledger), 101);
    ledger_destroy(ledger);
}

/* -------- where it can't be written -------- */

/* It says so once, goes on, and has all when it can write again. */
static void assert_counts_for_itself(struct ledger *ledger, const char *why)
{
    assert_int_equal(lines_with("only the calls of this mount are counted: "), 1);
    assert_row(why, lines_with(why) == 1);
    count(ledger, 3);
    assert_string_equal(logged, "");
    assert_int_equal(ledger_calls(ledger), 3);
    ledger_destroy(ledger);
}

TEST(ledger_that_is_a_link_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    spoil_by_deleting();
    const char *target = scratch_write("target", "", 0, 0600);
    assert_int_equal(symlink(target, path()), 0);
    assert_counts_for_itself(open_ledger(0, 0), FINGERPRINT ": it is a symbolic link");
    struct stat attr;
    assert_int_equal(stat(target, &attr), 0);
    assert_int_equal(attr.st_size, 0);
}

TEST(ledger_that_has_a_second_name_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    assert_int_equal(link(path(), scratch_path("other")), 0);
    assert_counts_for_itself(open_ledger(0, 0), FINGERPRINT ": it has a second name");
}

TEST(ledger_in_a_directory_that_is_a_link_is_refused)
{
    assert_int_equal(mkdir(scratch_path("elsewhere"), 0700), 0);
    assert_int_equal(mkdir(scratch_path("state"), 0700), 0);
    assert_int_equal(symlink(scratch_path("elsewhere"), directory()), 0);
    assert_counts_for_itself(open_ledger(0, 0), "qpfs: it is a symbolic link");
}

TEST(ledger_that_others_can_open_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    assert_int_equal(chmod(path(), 0640), 0);
    assert_counts_for_itself(open_ledger(0, 0), "do: chmod 600");
}

TEST(ledger_in_a_directory_that_others_can_read_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    assert_int_equal(chmod(directory(), 0755), 0);
    assert_counts_for_itself(open_ledger(0, 0), "do: chmod 700");
}

TEST(ledger_of_someone_else_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    stranger = 4711;
    assert_counts_for_itself(open_ledger(0, 0), "it belongs to someone else");
}

TEST(ledger_that_is_no_file_is_refused)
{
    ledger_destroy(open_ledger(0, 0));
    spoil_by_deleting();
    assert_int_equal(mkfifo(path(), 0600), 0);
    assert_counts_for_itself(open_ledger(0, 0), "it is no file");
}

TEST(ledger_where_a_file_is_in_the_way_is_refused)
{
    scratch_write("state", "", 0, 0600);
    assert_counts_for_itself(open_ledger(0, 0), "Not a directory");
}

TEST(ledger_without_a_place_counts_for_itself)
{
    const struct ledger_options options = {NULL, KEY, 0, 0};
    capture_begin();
    struct ledger *ledger = ledger_create(&options);
    logged = capture_end();
    assert_counts_for_itself(ledger, "neither XDG_STATE_HOME nor HOME");
}

TEST(ledger_on_a_full_disk_counts_for_itself_and_catches_up)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 2);
    pwrite_errno = ENOSPC;
    count(ledger, 3);
    assert_int_equal(lines_with("No space left"), 1);
    assert_int_equal(ledger_calls(ledger), 5);
    pwrite_errno = 0;
    count(ledger, 1);
    assert_int_equal(lines_with("again"), 1);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 6);
}

TEST(ledger_writes_at_the_end_what_it_could_not_before)
{
    struct ledger *ledger = open_ledger(0, 0);
    pwrite_errno = EIO;
    count(ledger, 3);
    pwrite_errno = 0;
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 3);
}

TEST(ledger_on_a_disk_that_takes_half_a_line_is_not_believed)
{
    pwrite_short = 40;
    struct ledger *ledger = open_ledger(0, 0);
    assert_int_equal(lines_with("only the calls"), 1);
    pwrite_short = 0;
    count(ledger, 2);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 2);
}

/* A mount that was stopped while it held the first line. */
TEST(ledger_that_is_being_opened_by_someone_else_catches_up)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 2);
    spoil_by_deleting();
    write_file("");
    assert_int_equal(chmod(path(), 0600), 0);
    int fd = open(path(), O_RDWR | O_CLOEXEC);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 80};
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
    count(ledger, 3);
    assert_int_equal(lines_with("only the calls"), 0);
    close(fd);
    count(ledger, 1);
    assert_int_equal(ledger_calls(ledger), 4);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 4);
}

/* -------- the allowance -------- */

TEST(ledger_without_an_allowance_refuses_nothing)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 1000);
    assert_string_equal(logged, "");
    assert_null(ledger_refusal(ledger));
    ledger_destroy(ledger);
}

TEST(ledger_warns_at_three_levels_once_each)
{
    struct ledger *ledger = open_ledger(100, 0);
    static const unsigned levels[] = {50, 80, 95};
    for (unsigned i = 1, next = 0; i <= 100; i++) {
        count(ledger, 1);
        bool expected = next < LENGTH(levels) && i == levels[next];
        assert_int_equal(lines_with("warning"), expected);
        next += expected;
    }
    ledger_destroy(ledger);
}

TEST(ledger_that_starts_late_warns_once)
{
    struct ledger *ledger = open_ledger(100, 10);
    count(ledger, 60);
    ledger_destroy(ledger);
    ledger = open_ledger(100, 10);
    assert_string_equal(logged, "qpfs: warning: 60 of the allowance of 100 calls are used, "
                                "60 %; 10 are kept in reserve\n");
    count(ledger, 19);
    assert_string_equal(logged, "");
    count(ledger, 1);
    assert_int_equal(lines_with("80 %"), 1);
    ledger_destroy(ledger);
}

TEST(ledger_refuses_past_the_reserve)
{
    struct ledger *ledger = open_ledger(20, 4);
    count(ledger, 15);
    assert_null(ledger_refusal(ledger));
    count(ledger, 1);
    const char *why = ledger_refusal(ledger);
    assert_non_null(why);
    assert_string_equal(why, "16 calls are made: of allowance=20, reserve=4 are kept back");
    ledger_destroy(ledger);
}

TEST(ledger_tells_what_is_left_of_the_allowance)
{
    struct ledger *one = open_ledger(20, 4), *other = open_ledger(20, 4);
    assert_int_equal(ledger_left(one), 16);
    count(other, 10);
    ledger_look(one);
    assert_int_equal(ledger_left(one), 6);
    count(other, 10);
    ledger_look(one);
    assert_int_equal(ledger_left(one), 0);
    ledger_destroy(one);
    ledger_destroy(other);
    one = open_ledger(0, 0);
    assert_int_equal(ledger_left(one), 0);
    ledger_destroy(one);
}

TEST(ledger_refuses_for_what_others_called)
{
    struct ledger *one = open_ledger(20, 4), *other = open_ledger(20, 4);
    count(other, 16);
    assert_non_null(ledger_refusal(one));
    ledger_destroy(one);
    ledger_destroy(other);
}

TEST(ledger_refuses_for_its_own_calls_where_it_cannot_write)
{
    pwrite_errno = EROFS;
    struct ledger *ledger = open_ledger(20, 4);
    count(ledger, 16);
    assert_non_null(ledger_refusal(ledger));
    ledger_destroy(ledger);
}

static void assert_heard(uint64_t allowance, unsigned calls, const char *expected)
{
    struct ledger *ledger = open_ledger(allowance, 0);
    count(ledger, calls);
    capture_begin();
    ledger_hear_refusal(ledger);
    ledger_hear_refusal(ledger);
    logged = capture_end();
    assert_string_equal(logged, expected);
    ledger_destroy(ledger);
}

TEST(ledger_says_once_that_the_service_counts_otherwise)
{
    assert_heard(100, 3,
                 "qpfs: warning: the service says that the allowance is used up, yet only 3 "
                 "calls of allowance=100 are counted: others use the key elsewhere, or the "
                 "allowance is smaller\n");
}

TEST(ledger_says_what_it_counted_where_no_allowance_is_given)
{
    assert_heard(0, 3,
                 "qpfs: warning: the service says that the allowance is used up; 3 calls are "
                 "counted. With the option allowance=N there are warnings before\n");
}

TEST(ledger_that_agrees_with_the_service_is_silent)
{
    assert_heard(3, 3, "");
}

TEST(ledger_may_be_missing)
{
    ledger_count(NULL);
    ledger_hear_refusal(NULL);
    assert_null(ledger_refusal(NULL));
    assert_int_equal(ledger_calls(NULL), 0);
    assert_int_equal(ledger_allowance(NULL), 0);
    ledger_destroy(NULL);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(ledger_counts_over_mounts),
        LEDGER_TEST(ledger_takes_back_what_never_left),
        LEDGER_TEST(ledger_of_two_at_once_is_the_sum),
        LEDGER_TEST(ledger_takes_up_the_line_of_a_mount_that_ended),
        LEDGER_TEST(ledger_has_room_for_many_at_once),
        LEDGER_TEST(ledger_of_processes_at_once_is_exact),
        LEDGER_TEST(ledger_of_who_is_killed_has_what_was_sent),
        LEDGER_TEST(ledger_is_for_us_alone_and_does_not_show_the_key),
        LEDGER_TEST(ledger_that_is_broken_is_set_aside),
        LEDGER_TEST(ledger_that_is_deleted_begins_anew),
        LEDGER_TEST(ledger_whose_directory_is_deleted_begins_anew),
        LEDGER_TEST(ledger_that_is_cut_begins_anew),
        LEDGER_TEST(ledger_that_is_emptied_begins_anew),
        LEDGER_TEST(ledger_that_was_edited_counts_on_from_there),
        LEDGER_TEST(ledger_that_is_a_link_is_refused),
        LEDGER_TEST(ledger_that_has_a_second_name_is_refused),
        LEDGER_TEST(ledger_in_a_directory_that_is_a_link_is_refused),
        LEDGER_TEST(ledger_that_others_can_open_is_refused),
        LEDGER_TEST(ledger_in_a_directory_that_others_can_read_is_refused),
        LEDGER_TEST(ledger_of_someone_else_is_refused),
        LEDGER_TEST(ledger_that_is_no_file_is_refused),
        LEDGER_TEST(ledger_where_a_file_is_in_the_way_is_refused),
        LEDGER_TEST(ledger_without_a_place_counts_for_itself),
        LEDGER_TEST(ledger_on_a_full_disk_counts_for_itself_and_catches_up),
        LEDGER_TEST(ledger_writes_at_the_end_what_it_could_not_before),
        LEDGER_TEST(ledger_on_a_disk_that_takes_half_a_line_is_not_believed),
        LEDGER_TEST(ledger_that_is_being_opened_by_someone_else_catches_up),
        LEDGER_TEST(ledger_follows_another_key),
        LEDGER_TEST(ledger_of_another_key_takes_nothing_along),
        LEDGER_TEST(ledger_without_an_allowance_refuses_nothing),
        LEDGER_TEST(ledger_warns_at_three_levels_once_each),
        LEDGER_TEST(ledger_that_starts_late_warns_once),
        LEDGER_TEST(ledger_refuses_past_the_reserve),
        LEDGER_TEST(ledger_tells_what_is_left_of_the_allowance),
        LEDGER_TEST(ledger_refuses_for_what_others_called),
        LEDGER_TEST(ledger_refuses_for_its_own_calls_where_it_cannot_write),
        LEDGER_TEST(ledger_says_once_that_the_service_counts_otherwise),
        LEDGER_TEST(ledger_says_what_it_counted_where_no_allowance_is_given),
        LEDGER_TEST(ledger_that_agrees_with_the_service_is_silent),
        LEDGER_TEST(ledger_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
