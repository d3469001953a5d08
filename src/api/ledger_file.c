/* Counts the calls of several mounts together in one file. */
#include "api/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* Larger ones are refused: to read that much takes a tenth of a second. */
#define LEDGER_SIZE_MAX ((off_t)64 << 20)

#define LEDGER_CHUNK_SIZE 16384

struct ledger_file {
    char *directory;
    char *path;
    int fd;         /* -1: not open */
    off_t offset;   /* what is before it was read */
    uint64_t calls; /* are counted there */
    int64_t own;    /* of those, how many this mount added */
    char why[384];
};

static void ledger_file_close(struct ledger_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    file->offset = 0;
    file->calls = 0;
    file->own = 0;
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
    if (type == S_IFREG && attr->st_size > LEDGER_SIZE_MAX)
        return "it is longer than 64 MiB; delete it";
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
 * Open the file for reading, and for writing at its end. Make what is missing of it. Links are
 * refused, and what belongs to someone else or others may open: nobody must be able to have a
 * mount write into another file. Return 0 or -errno.
 */
static int ledger_file_open(struct ledger_file *file)
{
    const char *name = strrchr(file->path, '/') + 1;
    int directory = ledger_file_open_directory(file);
    if (directory < 0)
        return directory;
    file->fd = openat(directory, name, O_RDWR | O_APPEND | O_CREAT | LEDGER_FILE_FLAGS, 0600);
    int error = file->fd < 0 ? -errno : 0;
    close(directory);
    if (error)
        ledger_file_refuse(file, file->path,
                           error == -ELOOP ? ledger_file_is_link : strerror(-error));
    else
        error = ledger_file_check(file, file->fd, S_IFREG, file->path);
    if (error)
        ledger_file_close(file);
    return error;
}

/* -------- reading and writing -------- */

/* Before there were marks, a ledger had a header, and a line for each mount with twelve digits.
 * Count what such lines say at the start of the file; marks may follow. Return their size. */
static size_t ledger_file_take_lines(struct ledger_file *file, const char *text, size_t size)
{
    static const char header[] = "qpfs ledger 1";
    const size_t line_size = 80, digits = 12;
    size_t at = line_size;
    if (size < line_size || strncmp(text, header, strlen(header)) != 0)
        return 0;
    for (; at + line_size <= size && strspn(text + at, "0123456789") == digits; at += line_size)
        file->calls += strtoull(text + at, NULL, 10);
    return at;
}

/* Return whether there is nothing but marks, and ends of lines, which an editor adds. */
static bool ledger_file_take_marks(struct ledger_file *file, const char *marks, size_t size)
{
    bool good = true;
    for (size_t i = 0; i < size; i++) {
        if (marks[i] == '+')
            file->calls++;
        else if (marks[i] == '-')
            file->calls -= file->calls > 0;
        else
            good = good && marks[i] == '\n';
    }
    return good;
}

/* Read what was added since the last time. Return 0 or -errno. */
static int ledger_file_read(struct ledger_file *file)
{
    char bytes[LEDGER_CHUNK_SIZE + 1];
    bool good = true;
    ssize_t size;
    while ((size = pread(file->fd, bytes, LEDGER_CHUNK_SIZE, file->offset)) > 0) {
        bytes[size] = '\0';
        size_t at = file->offset ? 0 : ledger_file_take_lines(file, bytes, (size_t)size);
        good = ledger_file_take_marks(file, bytes + at, (size_t)size - at) && good;
        file->offset += size;
    }
    if (!good)
        log_warning("the ledger %s is broken: only + and - count in it", file->path);
    return size < 0 ? ledger_file_fail(file, errno) : 0;
}

/* Add a mark for each of COUNT calls; less than 0: for each that is taken back. Take from COUNT
 * what was written. Return 0 or -errno. */
static int ledger_file_write(struct ledger_file *file, int64_t *count)
{
    char marks[64];
    int sign = *count < 0 ? -1 : 1;
    memset(marks, sign < 0 ? '-' : '+', sizeof marks);
    while (*count != 0) {
        size_t left = (size_t)(*count * sign);
        ssize_t done = write(file->fd, marks, left < sizeof marks ? left : sizeof marks);
        if (done <= 0)
            return ledger_file_fail(file, done < 0 ? errno : ENOSPC);
        *count -= done * sign;
        file->own += done * sign;
    }
    return 0;
}

/* Return whether what is open still has that name, and all that was read. */
static bool ledger_file_is_current(const struct ledger_file *file)
{
    struct stat own, current;
    return fstat(file->fd, &own) == 0 && lstat(file->path, &current) == 0 &&
           own.st_dev == current.st_dev && own.st_ino == current.st_ino &&
           own.st_size >= file->offset;
}

int ledger_file_add(struct ledger_file *file, int64_t *count, uint64_t *total)
{
    if (file->fd >= 0 && !ledger_file_is_current(file)) {
        log_warning("the ledger %s was taken away or cut: counting starts anew", file->path);
        ledger_file_close(file);
    }
    if (*count < -file->own)
        *count = -file->own; /* the others went with another file */
    int error = file->fd < 0 ? ledger_file_open(file) : 0;
    if (!error)
        error = ledger_file_write(file, count);
    if (!error)
        error = ledger_file_read(file);
    if (!error)
        *total = file->calls;
    return error;
}
