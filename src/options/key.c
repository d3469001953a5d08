#include "options/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define KEY_SIZE_MAX 512

void key_free(char *key)
{
    if (!key)
        return;
    explicit_bzero(key, strlen(key));
    free(key);
}

/* NULL if KEY can be sent in a header, else what is wrong with it. */
static const char *key_problem(const char *key)
{
    if (!*key)
        return "it is empty";
    for (; *key; key++) {
        if (*key <= ' ' || *key > '~')
            return "it holds a blank or a character that can't be in a key";
    }
    return NULL;
}

static void key_log_unreadable(const char *path, int error)
{
    if (error == ENOENT)
        log_error(
            "cannot read the key file %s: %s; do: (umask 077 && cat > %s), then paste the "
            "key, Enter, Ctrl-D",
            path, strerror(error), path);
    else if (error == EACCES)
        log_error("cannot read the key file %s: %s; it must belong to whoever mounts, in "
                  "directories that he may enter: do as root: chown %u %s",
                  path, strerror(error), (unsigned)geteuid(), path);
    else
        log_error("cannot read the key file %s: %s", path, strerror(error));
}

static bool key_file_is_private(int fd, const char *path)
{
    struct stat attr;
    if (fstat(fd, &attr) < 0) {
        log_error("cannot read the key file %s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(attr.st_mode)) {
        log_error("the key file %s is a directory; name the file with the key in it", path);
        return false;
    }
    if (attr.st_mode & 077) {
        log_error("the key file %s can be read or changed by others; do: chmod 600 %s", path,
                  path);
        return false;
    }
    return true;
}

/* Up to ROOM - 1 bytes, without the blanks and line ends behind them; -1 after the reason was
 * logged. */
static ssize_t key_read_bytes(int fd, const char *path, char *bytes, size_t room)
{
    size_t size = 0;
    while (size < room) {
        ssize_t got = read(fd, bytes + size, room - size);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            log_error("cannot read the key file %s: %s", path, strerror(errno));
            return -1;
        }
        size += (size_t)got;
    }
    if (size == room) {
        log_error(
            "the key file %s is too long for a key: it must hold the key and nothing else",
            path);
        return -1;
    }
    while (size > 0 && bytes[size - 1] && strchr(" \t\r\n", bytes[size - 1]))
        size--;
    bytes[size] = '\0';
    return (ssize_t)size;
}

char *key_read(const char *path)
{
    char bytes[KEY_SIZE_MAX + 2];
    char *key = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        key_log_unreadable(path, errno);
        return NULL;
    }
    ssize_t size =
        key_file_is_private(fd, path) ? key_read_bytes(fd, path, bytes, sizeof bytes) : -1;
    if (size >= 0) {
        const char *problem = key_problem(bytes);
        if (!problem && strlen(bytes) != (size_t)size)
            problem = "it holds a NUL byte";
        if (problem)
            log_error(
                "the key file %s holds no key: %s; write the key into it, and nothing else",
                path, problem);
        else
            key = strdup(bytes);
    }
    explicit_bzero(bytes, sizeof bytes);
    close(fd);
    return key;
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
