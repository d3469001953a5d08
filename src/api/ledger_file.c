/* Counts the calls of several mounts together in one text file. */
#include "api/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define HEADER "qpfs ledger 1"
#define WORD   " calls"

/* All lines together stay below the size of a page, so that a write is done or not done however
 * it ends. */
#define LINE_SIZE  80
#define LINES_MAX  50
#define DIGITS     12
#define CALLS_MAX  ((uint64_t)999999999999)
#define ADD_TRIES  3
#define OPEN_TRIES 100

struct ledger_file {
    char *directory;
    char *path;
    int fd;       /* -1: not open */
    size_t line;  /* our own, from 1 */
    bool settled; /* it was open before: from now on nothing is waited for */
    char why[384];
};

struct ledger_text {
    char bytes[LINE_SIZE * LINES_MAX];
    size_t lines; /* 0: empty */
};

/* The locks go with the descriptor. */
static void ledger_file_close(struct ledger_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

int ledger_file_set_name(struct ledger_file *file, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", file->directory, name) < 0)
        return -ENOMEM;
    ledger_file_close(file);
    free(file->path);
    file->path = path;
    return 0;
}

struct ledger_file *ledger_file_create(const char *directory, const char *name)
{
    struct ledger_file *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    file->fd = -1;
    file->directory = strdup(directory);
    if (!file->directory || ledger_file_set_name(file, name)) {
        ledger_file_destroy(file);
        return NULL;
    }
    return file;
}

void ledger_file_destroy(struct ledger_file *file)
{
    if (!file)
        return;
    ledger_file_close(file);
    free(file->directory);
    free(file->path);
    free(file);
}

const char *ledger_file_path(const struct ledger_file *file)
{
    return file->path;
}

const char *ledger_file_why(const struct ledger_file *file)
{
    return file->why;
}

/* PATH is the file, or something above it. */
static int ledger_file_refuse(struct ledger_file *file, const char *path, const char *problem)
{
    snprintf(file->why, sizeof file->why, "%s: %s", path, problem);
    return -EPERM;
}

static int ledger_file_fail(struct ledger_file *file, int error)
{
    ledger_file_refuse(file, file->path, strerror(error));
    return -error;
}

/* -------- opening -------- */

#define LEDGER_FILE_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static const char ledger_file_is_link[] = "it is a symbolic link, which is not followed";

/* Return what is wrong with it, or NULL. */
static const char *ledger_file_problem(const struct stat *attr, mode_t type)
{
    if (S_ISLNK(attr->st_mode))
        return ledger_file_is_link;
    if ((attr->st_mode & S_IFMT) != type)
        return type == S_IFDIR ? "it is no directory" : "it is no file";
    if (attr->st_uid != geteuid())
        return "it belongs to someone else";
    if (attr->st_mode & 077)
        return type == S_IFDIR ? "others can look in; do: chmod 700 that directory"
                               : "others can open it; do: chmod 600 that file";
    if (type == S_IFREG && attr->st_nlink > 1)
        return "it has a second name";
    return NULL;
}

/* Make PATH and what is missing above it. Nothing is made in the home of someone else, where
 * they could not use it: a root shell may have kept their $HOME. Return 0 or -errno. */
static int ledger_file_make_directory(const char *path)
{
    struct stat attr;
    if (lstat(path, &attr) == 0 || errno != ENOENT)
        return 0; /* opening it says what is wrong */
    char *above = strdup(path);
    if (!above)
        return -ENOMEM;
    char *slash = strrchr(above, '/');
    int error = slash && slash != above ? 0 : -ENOENT;
    if (!error) {
        *slash = '\0';
        error = ledger_file_make_directory(above);
    }
    if (!error && stat(above, &attr) < 0)
        error = -errno;
    if (!error && attr.st_uid != geteuid() && attr.st_uid != 0)
        error = -EPERM;
    if (!error && mkdir(path, 0700) < 0 && errno != EEXIST)
        error = -errno;
    free(above);
    return error;
}

/* Check what is open and not the name, which may come to stand for something else. */
static int ledger_file_check(struct ledger_file *file, int fd, mode_t type, const char *path)
{
    struct stat attr;
    const char *problem =
        fstat(fd, &attr) < 0 ? strerror(errno) : ledger_file_problem(&attr, type);
    return problem ? ledger_file_refuse(file, path, problem) : 0;
}

/* Open the directory, for its path alone. Return a descriptor or -errno. */
static int ledger_file_open_directory(struct ledger_file *file)
{
    const char *path = file->directory;
    int error = ledger_file_make_directory(path);
    int fd = error ? -1 : open(path, O_PATH | LEDGER_FILE_FLAGS);
    if (fd < 0) {
        error = error ? error : -errno;
        ledger_file_refuse(file, path, strerror(-error));
        return error;
    }
    error = ledger_file_check(file, fd, S_IFDIR, path);
    if (error)
        close(fd);
    return error ? error : fd;
}

/*
 * Open the file for reading and writing, and make what is missing of it. Links are refused, and
 * what belongs to someone else or others may open: nobody must be able to have a mount write
 * into another file. Return 0 or -errno.
 */
static int ledger_file_open_safely(struct ledger_file *file)
{
    const char *name = strrchr(file->path, '/') + 1;
    int directory = ledger_file_open_directory(file);
    if (directory < 0)
        return directory;
    file->fd = openat(directory, name, O_RDWR | O_CREAT | LEDGER_FILE_FLAGS, 0600);
    int error = file->fd < 0 ? -errno : 0;
    close(directory);
    if (error)
        ledger_file_refuse(file, file->path,
                           error == -ELOOP ? ledger_file_is_link : strerror(-error));
    else
        error = ledger_file_check(file, file->fd, S_IFREG, file->path);
    return error;
}

/* -------- lines -------- */

static bool line_read(const char *line, uint64_t *calls)
{
    *calls = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        if (line[i] < '0' || line[i] > '9')
            return false;
        *calls = *calls * 10 + (uint64_t)(line[i] - '0');
    }
    return strncmp(line + DIGITS, WORD, strlen(WORD)) == 0 && line[LINE_SIZE - 1] == '\n';
}

/* Someone may be writing their line just now. What is read twice alike was not being written.
 */
static int ledger_file_read(struct ledger_file *file, struct ledger_text *text)
{
    char again[sizeof text->bytes];
    ssize_t size, size_again = -1;
    for (int i = 0; i < 4; i++) {
        size = pread(file->fd, text->bytes, sizeof text->bytes, 0);
        size_again = pread(file->fd, again, sizeof again, 0);
        if (size < 0 || size_again < 0)
            return ledger_file_fail(file, errno);
        if (size == size_again && memcmp(text->bytes, again, (size_t)size) == 0)
            break;
    }
    text->lines = (size_t)size / LINE_SIZE;
    if (size == 0)
        return 0;
    bool good = size % LINE_SIZE == 0 && strncmp(text->bytes, HEADER, strlen(HEADER)) == 0 &&
                text->bytes[LINE_SIZE - 1] == '\n';
    for (size_t i = 1; i < text->lines && good; i++) {
        uint64_t calls;
        good = line_read(text->bytes + i * LINE_SIZE, &calls);
    }
    return good ? 0 : ledger_file_fail(file, EBADMSG);
}

/* Return 0 or -errno. */
static int ledger_file_write(struct ledger_file *file, size_t line, const char *text)
{
    char bytes[LINE_SIZE + 1];
    snprintf(bytes, sizeof bytes, "%-*.*s\n", LINE_SIZE - 1, LINE_SIZE - 1, text);
    ssize_t done = pwrite(file->fd, bytes, LINE_SIZE, (off_t)(line * LINE_SIZE));
    if (done == LINE_SIZE)
        return 0;
    return ledger_file_fail(file, done < 0 ? errno : ENOSPC);
}

static int ledger_file_write_calls(struct ledger_file *file, uint64_t calls)
{
    char text[LINE_SIZE], when[32];
    struct tm tm;
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    snprintf(text, sizeof text, "%0*" PRIu64 WORD ", the last at %s", DIGITS,
             calls < CALLS_MAX ? calls : CALLS_MAX, when);
    return ledger_file_write(file, file->line, text);
}

static int ledger_file_write_header(struct ledger_file *file)
{
    char text[LINE_SIZE], when[16];
    struct tm tm;
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y-%m-%d", gmtime_r(&now, &tm));
    snprintf(text, sizeof text, HEADER " of the calls made with one key, begun %s", when);
    return ledger_file_write(file, 0, text);
}

/* -------- locks -------- */

static bool ledger_file_lock(const struct ledger_file *file, size_t line, short type)
{
    struct flock lock = {.l_type = type,
                         .l_whence = SEEK_SET,
                         .l_start = (off_t)(line * LINE_SIZE),
                         .l_len = LINE_SIZE};
    return fcntl(file->fd, F_OFD_SETLK, &lock) == 0;
}

static int ledger_file_lock_first(struct ledger_file *file)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; !ledger_file_lock(file, 0, F_WRLCK); i++) {
        if (errno != EAGAIN && errno != EACCES)
            return ledger_file_fail(file, errno);
        if (file->settled || i == OPEN_TRIES)
            return -EAGAIN;
        nanosleep(&moment, NULL);
    }
    return 0;
}

/* The first line that nobody holds: of a mount that has ended, or a new one. */
static int ledger_file_find_line(struct ledger_file *file, size_t lines)
{
    for (file->line = 1; file->line < LINES_MAX; file->line++) {
        if (ledger_file_lock(file, file->line, F_WRLCK))
            return file->line < lines ? 0 : ledger_file_write_calls(file, 0);
    }
    return ledger_file_fail(file, EUSERS);
}

static int ledger_file_open(struct ledger_file *file)
{
    struct ledger_text text;
    int error = ledger_file_open_safely(file);
    if (!error)
        error = ledger_file_lock_first(file);
    if (error)
        return error;
    error = ledger_file_read(file, &text);
    if (!error && text.lines == 0)
        error = ledger_file_write_header(file);
    if (!error)
        error = ledger_file_find_line(file, text.lines);
    ledger_file_lock(file, 0, F_UNLCK);
    file->settled = true;
    return error;
}

/* -------- counting -------- */

static bool ledger_file_is_current(const struct ledger_file *file)
{
    struct stat own, current;
    return fstat(file->fd, &own) == 0 && lstat(file->path, &current) == 0 &&
           own.st_dev == current.st_dev && own.st_ino == current.st_ino;
}

/* Two may find it broken at once: the lock is on the file, not on its name, so the second one
 * sees that it has gone. */
static void ledger_file_set_aside(struct ledger_file *file)
{
    char aside[512];
    snprintf(aside, sizeof aside, "%s.broken", file->path);
    if (ledger_file_lock_first(file) == 0 && ledger_file_is_current(file) &&
        rename(file->path, aside) == 0)
        log_warning("the ledger %s is broken: it is %s.broken now, and counting starts anew",
                    file->path, file->path);
}

static int ledger_file_add_once(struct ledger_file *file, int64_t count, uint64_t *total)
{
    struct ledger_text text;
    int error = ledger_file_read(file, &text);
    if (!error && file->line >= text.lines)
        error = ledger_file_fail(file, EBADMSG);
    if (error)
        return error;
    uint64_t sum = 0, own = 0, calls = 0;
    for (size_t i = 1; i < text.lines; i++) {
        line_read(text.bytes + i * LINE_SIZE, &calls);
        sum += calls;
        if (i == file->line)
            own = calls;
    }
    /* The line may have begun anew since the call was counted. */
    uint64_t now = count < 0 && own < (uint64_t)-count ? 0 : own + (uint64_t)count;
    if (now != own)
        error = ledger_file_write_calls(file, now);
    if (!error)
        *total = sum - own + now;
    return error;
}

int ledger_file_add(struct ledger_file *file, int64_t count, uint64_t *total)
{
    uint64_t sum;
    int error = 0;
    for (int i = 0; i < ADD_TRIES; i++) {
        error = file->fd < 0 ? ledger_file_open(file) : 0;
        if (!error)
            error = ledger_file_add_once(file, count, &sum);
        /* Only now: what was added to a file that is no longer the ledger is added nowhere. */
        if (!error && ledger_file_is_current(file)) {
            *total = sum;
            return 0;
        }
        if (error == -EBADMSG)
            ledger_file_set_aside(file);
        else if (!error)
            log_warning("the ledger %s was taken away: counting starts anew", file->path);
        ledger_file_close(file);
        if (error && error != -EBADMSG)
            return error;
    }
    return error ? error : -EAGAIN;
}
