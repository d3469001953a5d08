/* Takes the API key from the environment or from its file. */
#include "options/key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "options/setting.h"

/* Return NULL if KEY can be sent in a header, else what is wrong with it. */
static const char *key_problem(const char *key)
{
    if (!*key)
        return "it is empty";
    if (*key == '"' || *key == '\'')
        return "it begins with a quote";
    for (; *key; key++) {
        if (*key <= ' ' || *key > '~')
            return "it holds a blank or a character that can't be in a key";
    }
    return NULL;
}

char *key_take_from_environment(const char **problem)
{
    char *variable = getenv("QUESTIONPRO_API_KEY");
    *problem = NULL;
    if (!variable)
        return NULL;
    *problem = key_problem(variable);
    char *key = *problem ? NULL : strdup(variable);
    explicit_bzero(variable, strlen(variable));
    unsetenv("QUESTIONPRO_API_KEY");
    return key;
}

/* -------- its file -------- */

#define KEY_SIZE_MAX 512

/* For a pipe: until somebody opens it, and until what they write comes. */
#define KEY_WRITER_MS 3000
#define KEY_BYTES_MS  120000

struct key_reading {
    const char *path;
    int fd;
    struct stat attr;
    char why[2048]; /* after an error */
};

/* Write the reason to READING. Return -1. */
__attribute__((format(printf, 2, 3))) static int key_fail(struct key_reading *reading,
                                                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->why, sizeof reading->why, format, arguments);
    va_end(arguments);
    return -1;
}

/* Such a path leads to what the caller of the program has open, and not to a file of its own.
 */
static bool key_is_handed_over(const char *path)
{
    static const char *const places[] = {"/dev/fd/", "/dev/stdin", "/proc/"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strncmp(path, places[i], strlen(places[i])) == 0)
            return true;
    }
    return false;
}

static int key_fail_unreadable(struct key_reading *reading, int error)
{
    const char *path = reading->path, *what = strerror(error);
    if (error == ENOENT && key_is_handed_over(path))
        return key_fail(reading,
                        "cannot read the key from %s: %s; sudo closes what is handed over: put "
                        "the key into a file, or write the whole command behind sudo bash -c",
                        path, what);
    if (error == ENOENT)
        return key_fail(
            reading,
            "cannot read the key file %s: %s; do: (umask 077 && cat > %s), then paste the "
            "key, Enter, Ctrl-D",
            path, what, path);
    if (error == EACCES)
        return key_fail(
            reading,
            "cannot read the key file %s: %s; it must belong to the user who mounts, in "
            "directories that they may enter: do as root: chown %u %s",
            path, what, (unsigned)geteuid(), path);
    return key_fail(reading, "cannot read the key file %s: %s", path, what);
}

/* Return 0 or -1. Opening a pipe does not wait for someone to write. */
static int key_open(struct key_reading *reading)
{
    const char *path = reading->path;
    reading->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reading->fd < 0 || fstat(reading->fd, &reading->attr) < 0)
        return key_fail_unreadable(reading, errno);
    if (S_ISDIR(reading->attr.st_mode))
        return key_fail(
            reading, "the key file %s is a directory; name the file with the key in it", path);
    if (reading->attr.st_mode & 077)
        return key_fail(reading,
                        "the key file %s can be read or changed by others; do: chmod 600 %s",
                        path, path);
    return 0;
}

/* -------- its bytes -------- */

/* Wait for what comes through a pipe. WRITER: somebody has it open. Return 0 or -1. */
static int key_wait(struct key_reading *reading, bool writer)
{
    struct pollfd pipe = {.fd = reading->fd, .events = POLLIN};
    if (poll(&pipe, 1, writer ? KEY_BYTES_MS : KEY_WRITER_MS) == 0 && writer)
        return key_fail(reading, "no key came through the pipe %s in %d seconds", reading->path,
                        KEY_BYTES_MS / 1000);
    return 0;
}

/* Read up to ROOM bytes, fewer only at the end. Return how many, or -1. */
static ssize_t key_read_bytes(struct key_reading *reading, char *bytes, size_t room)
{
    size_t size = 0;
    bool waited = S_ISREG(reading->attr.st_mode);
    while (size < room) {
        ssize_t got = read(reading->fd, bytes + size, room - size);
        if (got > 0) {
            size += (size_t)got;
            continue;
        }
        if (got == 0 && (size > 0 || waited))
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno != EAGAIN)
            return key_fail_unreadable(reading, errno);
        if (key_wait(reading, got < 0))
            return -1;
        waited = true;
    }
    if (size == 0 && !S_ISREG(reading->attr.st_mode))
        return key_fail(reading,
                        "nobody wrote a key into the pipe %s; start first what does, or name a "
                        "file with the key in it",
                        reading->path);
    return (ssize_t)size;
}

static char *key_take(struct key_reading *reading)
{
    char bytes[KEY_SIZE_MAX + 2];
    char *key = NULL;
    const char *problem = NULL;
    ssize_t size = key_read_bytes(reading, bytes, sizeof bytes);
    if (size == sizeof bytes) {
        key_fail(reading,
                 "the key file %s is too long for a key: it must hold the key and nothing else",
                 reading->path);
        size = -1;
    }
    if (size >= 0) {
        while (size > 0 && bytes[size - 1] && strchr(" \t\r\n", bytes[size - 1]))
            size--;
        bytes[size] = '\0';
        problem = key_problem(bytes);
        if (!problem && strlen(bytes) != (size_t)size)
            problem = "it holds a NUL byte";
        if (!problem)
            key = strdup(bytes);
    }
    if (problem)
        key_fail(reading,
                 "the key file %s holds no key: %s; write the key into it, and nothing else",
                 reading->path, problem);
    explicit_bzero(bytes, sizeof bytes);
    return key;
}

char *key_file_read(struct key_file *file, const char *path)
{
    struct key_reading reading = {.path = path};
    *file = (struct key_file){.path = NULL};
    char *key = key_open(&reading) == 0 ? key_take(&reading) : NULL;
    if (!key)
        log_error("%s", *reading.why ? reading.why : "out of memory");
    if (key && S_ISREG(reading.attr.st_mode) && !key_is_handed_over(path)) {
        file->path = setting_absolute_path(path);
        file->when_read = reading.attr;
    }
    if (reading.fd >= 0)
        close(reading.fd);
    return key;
}

static struct stat key_file_stat(const struct key_file *file)
{
    struct stat attr, none = {.st_ino = 0};
    return stat(file->path, &attr) == 0 ? attr : none;
}

static bool key_is_same_time(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

bool key_file_has_changed(const struct key_file *file)
{
    if (!file->path)
        return false;
    const struct stat now = key_file_stat(file), *then = &file->when_read;
    return now.st_dev != then->st_dev || now.st_ino != then->st_ino ||
           now.st_size != then->st_size || !key_is_same_time(&now.st_mtim, &then->st_mtim) ||
           !key_is_same_time(&now.st_ctim, &then->st_ctim);
}

char *key_file_read_again(struct key_file *file)
{
    struct key_reading reading = {.path = file->path};
    char *key = NULL;
    /* Look before it is opened: what changes in between is then seen as a change later. */
    file->when_read = key_file_stat(file);
    if (key_open(&reading) == 0) {
        if (S_ISREG(reading.attr.st_mode))
            key = key_take(&reading);
        else
            key_fail(&reading,
                     "the key file %s is no file any more; make it one with the key "
                     "in it",
                     file->path);
    }
    if (!key)
        log_error("%s; until then, the key that was read before is used",
                  *reading.why ? reading.why : "out of memory");
    if (reading.fd >= 0)
        close(reading.fd);
    return key;
}

void key_file_finish(struct key_file *file)
{
    free(file->path);
    *file = (struct key_file){.path = NULL};
}
