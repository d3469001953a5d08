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

/* -------- what the system does -------- */

static int write_errno;   /* 0: it works */
static size_t write_most; /* so many bytes fit on the disk in all; 0: any number */
static uid_t stranger;    /* 0: we are who we are */

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);

/* The log is not concerned. */
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    struct stat attr;
    if (fd == STDERR_FILENO || (!write_errno && !write_most))
        return __real_write(fd, bytes, size);
    assert_int_equal(fstat(fd, &attr), 0);
    size_t room = write_most - (size_t)attr.st_size;
    if (write_errno || room == 0) {
        errno = write_errno ? write_errno : ENOSPC;
        return -1;
    }
    return __real_write(fd, bytes, size < room ? size : room);
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

static int set_up(void **state)
{
    write_errno = 0;
    write_most = 0;
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

TEST(ledger_counts_for_any_number_at_once)
{
    struct ledger *ledgers[200];
    for (size_t i = 0; i < LENGTH(ledgers); i++) {
        ledgers[i] = open_ledger(0, 0);
        assert_string_equal(logged, "");
        count(ledgers[i], 1);
        assert_int_equal(ledger_calls(ledgers[i]), i + 1);
    }
    for (size_t i = 0; i < LENGTH(ledgers); i++)
        ledger_destroy(ledgers[i]);
    assert_int_equal(calls_on_disk(), 200);
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
    struct stat attr;
    char bytes[512] = "";
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 5);
    ledger_take_back(ledger);
    assert_int_equal(stat(path(), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFREG | 0600);
    assert_int_equal(stat(directory(), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFDIR | 0700);
    assert_int_equal(stat(scratch_path("state"), &attr), 0);
    assert_int_equal(attr.st_mode, S_IFDIR | 0700);
    int fd = open(path(), O_RDONLY);
    assert_int_equal(read(fd, bytes, sizeof bytes - 1), 6);
    close(fd);
    assert_string_equal(bytes, "+++++-");
    ledger_destroy(ledger);
}

/* What stands in the file, and what a mount makes of it. */
static const struct {
    const char *text;
    uint64_t calls;
    bool broken;
} contents[] = {
    {"", 0, false},          {"+++", 3, false},
    {"+++\n", 3, false},     {"++\n\n++-\n", 3, false},
    {"-", 0, false},         {"--+", 1, false},
    {"nonsense\n", 0, true}, {"500\n", 0, true},
    {"++x++", 4, true},      {"+++\r\n", 3, true},
};

TEST(ledger_counts_its_marks_and_nothing_else)
{
    ledger_destroy(open_ledger(0, 0));
    for (size_t i = 0; i < LENGTH(contents); i++) {
        write_file(contents[i].text);
        struct ledger *ledger = open_ledger(0, 0);
        assert_row(contents[i].text,
                   lines_with("is broken: only + and - count in it") == contents[i].broken);
        assert_row(contents[i].text, ledger_calls(ledger) == contents[i].calls);
        count(ledger, 1);
        assert_row(contents[i].text, logged[0] == '\0');
        assert_row(contents[i].text, ledger_calls(ledger) == contents[i].calls + 1);
        ledger_destroy(ledger);
        assert_row(contents[i].text, calls_on_disk() == contents[i].calls + 1);
    }
}

/* As a machine that loses its power may leave it. */
TEST(ledger_with_zeros_in_place_of_marks_keeps_the_others)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 100);
    ledger_destroy(ledger);
    assert_int_equal(truncate(path(), 4096), 0);
    ledger = open_ledger(0, 0);
    assert_int_equal(lines_with("is broken"), 1);
    assert_int_equal(ledger_calls(ledger), 100);
    ledger_destroy(ledger);
}

TEST(ledger_reads_any_number_of_marks_up_to_its_limit)
{
    enum { MANY = 100 * 1000 };
    static char marks[MANY + 1];
    memset(marks, '+', MANY);
    ledger_destroy(open_ledger(0, 0));
    write_file(marks);
    assert_int_equal(calls_on_disk(), MANY);
    assert_int_equal(truncate(path(), 100 << 20), 0);
    assert_counts_for_itself(open_ledger(0, 0), "it is longer than 64 MiB; delete it");
}

/* -------- a file of before there were marks -------- */

#define HEADER                                                                                 \
    "qpfs ledger 1 of the calls made with one key, begun 2026-11-25                 \n"
#define AT_NOON " calls, the last at 2026-11-25T12:00:00Z                           \n"

static void assert_counts_on(const char *text, uint64_t calls)
{
    write_file(text);
    struct ledger *ledger = open_ledger(0, 0);
    assert_string_equal(logged, "");
    assert_int_equal(ledger_calls(ledger), calls);
    count(ledger, 2);
    ledger_take_back(ledger);
    assert_int_equal(ledger_calls(ledger), calls + 1);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), calls + 1);
    assert_string_equal(logged, "");
}

TEST(ledger_of_lines_is_counted_on)
{
    assert_int_equal(strlen(HEADER), 80);
    assert_int_equal(strlen("000000000012" AT_NOON), 80);
    ledger_destroy(open_ledger(0, 0));
    assert_counts_on(HEADER, 0);
    assert_counts_on(HEADER "000000000012" AT_NOON, 12);
    assert_counts_on(HEADER "000000000012" AT_NOON "000000004000" AT_NOON, 4012);
    assert_counts_on(HEADER "000000000012" AT_NOON "+++-", 14);
}

TEST(ledger_of_lines_that_is_cut_warns)
{
    ledger_destroy(open_ledger(0, 0));
    write_file(HEADER "000000000012" AT_NOON "00000");
    struct ledger *ledger = open_ledger(0, 0);
    assert_int_equal(lines_with("is broken"), 1);
    assert_int_equal(ledger_calls(ledger), 12);
    ledger_destroy(ledger);
    assert_int_equal(truncate(path(), 20), 0);
    ledger = open_ledger(0, 0);
    assert_int_equal(lines_with("is broken"), 1);
    assert_int_equal(ledger_calls(ledger), 0);
    ledger_destroy(ledger);
}

/* -------- what is done to it under mounts -------- */

/* Both go on, and none counts on the old one. */
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

static void spoil_by_emptying(void)
{
    assert_int_equal(truncate(path(), 0), 0);
}

static void spoil_by_replacing(void)
{
    scratch_write("new", "", 0, 0600);
    assert_int_equal(rename(scratch_path("new"), path()), 0);
}

TEST(ledger_takes_back_what_never_left)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 3);
    ledger_take_back(ledger);
    assert_int_equal(ledger_calls(ledger), 2);
    assert_int_equal(calls_on_disk(), 2);
    /* It begins anew, with none to take back. */
    spoil_by_deleting();
    ledger_take_back(ledger);
    count(ledger, 1);
    assert_int_equal(calls_on_disk(), 1);
    ledger_destroy(ledger);
}

TEST(ledger_takes_back_no_call_that_follows)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 1);
    spoil_by_deleting();
    assert_int_equal(symlink("target", path()), 0);
    ledger_take_back(ledger);
    count(ledger, 1);
    spoil_by_deleting();
    count(ledger, 1);
    assert_int_equal(ledger_calls(ledger), 2);
    assert_int_equal(calls_on_disk(), 2);
    ledger_destroy(ledger);
}

TEST(ledger_takes_back_nothing_from_none)
{
    struct ledger *ledger = open_ledger(20, 4);
    count(ledger, 1);
    spoil_by_deleting();
    ledger_look(ledger);
    spoil_by_deleting();
    assert_int_equal(symlink("target", path()), 0);
    ledger_take_back(ledger);
    assert_int_equal(ledger_calls(ledger), 0);
    assert_null(ledger_refusal(ledger));
    ledger_destroy(ledger);
}

TEST(ledger_takes_back_no_call_of_others)
{
    struct ledger *one = open_ledger(0, 0), *other = open_ledger(0, 0);
    count(one, 1);
    spoil_by_deleting();
    count(other, 1);
    ledger_take_back(one);
    assert_int_equal(ledger_calls(one), 1);
    assert_int_equal(calls_on_disk(), 1);
    ledger_destroy(one);
    ledger_destroy(other);
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
    write_errno = ENOSPC;
    count(ledger, 2);
    write_errno = 0;
    assert_int_equal(ledger_set_key(ledger, "another-key"), 0);
    assert_int_equal(ledger_calls(ledger), 0);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 5);
}

TEST(ledger_that_is_deleted_begins_anew)
{
    assert_both_begin_anew(spoil_by_deleting, "was taken away or cut");
}

TEST(ledger_whose_directory_is_deleted_begins_anew)
{
    assert_both_begin_anew(spoil_by_deleting_all, "was taken away or cut");
}

TEST(ledger_that_is_emptied_begins_anew)
{
    assert_both_begin_anew(spoil_by_emptying, "was taken away or cut");
}

TEST(ledger_that_is_replaced_is_that_from_there)
{
    assert_both_begin_anew(spoil_by_replacing, "was taken away or cut");
}

TEST(ledger_that_is_cut_counts_what_is_left)
{
    struct ledger *one = open_ledger(0, 0), *other = open_ledger(0, 0);
    count(one, 5);
    ledger_look(other);
    assert_int_equal(truncate(path(), 2), 0);
    count(one, 1);
    assert_int_equal(lines_with("was taken away or cut"), 1);
    assert_int_equal(ledger_calls(one), 3);
    count(other, 3);
    assert_int_equal(ledger_calls(other), 6);
    assert_int_equal(calls_on_disk(), 6);
    ledger_destroy(one);
    ledger_destroy(other);
}

TEST(ledger_that_was_edited_counts_on_from_there)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 5);
    write_file("++++++++++++++++++++++++++++++\n");
    count(ledger, 1);
    assert_string_equal(logged, "");
    assert_int_equal(ledger_calls(ledger), 31);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 31);
}

/* -------- where it can't be written -------- */

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

TEST(ledger_without_a_place_follows_another_key)
{
    const struct ledger_options options = {NULL, KEY, 10, 2};
    capture_begin();
    struct ledger *ledger = ledger_create(&options);
    logged = capture_end();
    count(ledger, 8);
    assert_non_null(ledger_refusal(ledger));
    assert_int_equal(ledger_set_key(ledger, "another-key"), 0);
    assert_int_equal(ledger_calls(ledger), 0);
    assert_null(ledger_refusal(ledger));
    ledger_destroy(ledger);
}

TEST(ledger_on_a_full_disk_counts_for_itself_and_catches_up)
{
    struct ledger *ledger = open_ledger(0, 0);
    count(ledger, 2);
    write_errno = ENOSPC;
    count(ledger, 3);
    assert_int_equal(lines_with("No space left"), 1);
    assert_int_equal(ledger_calls(ledger), 5);
    write_errno = 0;
    count(ledger, 1);
    assert_int_equal(lines_with("again"), 1);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 6);
}

TEST(ledger_writes_at_the_end_what_it_could_not_before)
{
    struct ledger *ledger = open_ledger(0, 0);
    write_errno = EIO;
    count(ledger, 3);
    write_errno = 0;
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 3);
}

TEST(ledger_on_a_disk_that_takes_some_of_it_writes_the_rest_later)
{
    struct ledger *ledger = open_ledger(0, 0);
    write_errno = ENOSPC;
    count(ledger, 200);
    write_errno = 0;
    write_most = 150;
    count(ledger, 1);
    assert_int_equal(ledger_calls(ledger), 201);
    assert_int_equal(calls_on_disk(), 150);
    write_most = 0;
    count(ledger, 1);
    assert_int_equal(lines_with("again"), 1);
    assert_int_equal(ledger_calls(ledger), 202);
    ledger_destroy(ledger);
    assert_int_equal(calls_on_disk(), 202);
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
    write_errno = EROFS;
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
        LEDGER_TEST(ledger_of_two_at_once_is_the_sum),
        LEDGER_TEST(ledger_counts_for_any_number_at_once),
        LEDGER_TEST(ledger_of_processes_at_once_is_exact),
        LEDGER_TEST(ledger_of_who_is_killed_has_what_was_sent),
        LEDGER_TEST(ledger_is_for_us_alone_and_does_not_show_the_key),
        LEDGER_TEST(ledger_counts_its_marks_and_nothing_else),
        LEDGER_TEST(ledger_with_zeros_in_place_of_marks_keeps_the_others),
        LEDGER_TEST(ledger_reads_any_number_of_marks_up_to_its_limit),
        LEDGER_TEST(ledger_of_lines_is_counted_on),
        LEDGER_TEST(ledger_of_lines_that_is_cut_warns),
        LEDGER_TEST(ledger_takes_back_what_never_left),
        LEDGER_TEST(ledger_takes_back_no_call_that_follows),
        LEDGER_TEST(ledger_takes_back_nothing_from_none),
        LEDGER_TEST(ledger_takes_back_no_call_of_others),
        LEDGER_TEST(ledger_follows_another_key),
        LEDGER_TEST(ledger_of_another_key_takes_nothing_along),
        LEDGER_TEST(ledger_that_is_deleted_begins_anew),
        LEDGER_TEST(ledger_whose_directory_is_deleted_begins_anew),
        LEDGER_TEST(ledger_that_is_emptied_begins_anew),
        LEDGER_TEST(ledger_that_is_replaced_is_that_from_there),
        LEDGER_TEST(ledger_that_is_cut_counts_what_is_left),
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
        LEDGER_TEST(ledger_without_a_place_follows_another_key),
        LEDGER_TEST(ledger_on_a_full_disk_counts_for_itself_and_catches_up),
        LEDGER_TEST(ledger_writes_at_the_end_what_it_could_not_before),
        LEDGER_TEST(ledger_on_a_disk_that_takes_some_of_it_writes_the_rest_later),
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
