#include "api/ledger_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static const char place_is_link[] = "it is a symbolic link, which is not followed";

/* What is wrong with it, or NULL. */
static const char *place_problem(const struct stat *attr, mode_t type)
{
    if (S_ISLNK(attr->st_mode))
        return place_is_link;
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

/* Makes PATH and what is missing above it. Nothing is made in the home of someone else, where
 * he could not use it: a root shell may have kept his $HOME. 0 or -errno. */
static int place_make_directory(const char *path)
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
        error = place_make_directory(above);
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

static int place_refuse(const char *path, const char *problem, int error, char *why,
                        size_t size)
{
    snprintf(why, size, "%s: %s", path, problem ? problem : strerror(error));
    return -error;
}

/* Checks what is open and not the name, which may come to stand for something else. */
static int place_check(int fd, mode_t type, const char *path, char *why, size_t size)
{
    struct stat attr;
    const char *problem = fstat(fd, &attr) < 0 ? strerror(errno) : place_problem(&attr, type);
    return problem ? place_refuse(path, problem, EPERM, why, size) : 0;
}

static int place_open_file(int directory, const char *path, char *why, size_t size)
{
    const char *name = strrchr(path, '/') + 1;
    int fd = openat(directory, name, O_RDWR | O_CREAT | PLACE_FLAGS, 0600);
    if (fd < 0)
        return place_refuse(path, errno == ELOOP ? place_is_link : NULL, errno, why, size);
    int error = place_check(fd, S_IFREG, path, why, size);
    if (error) {
        close(fd);
        return error;
    }
    return fd;
}

int ledger_place_open(const char *directory, const char *path, char *why, size_t why_size)
{
    int error = place_make_directory(directory);
    if (error)
        return place_refuse(directory, NULL, -error, why, why_size);
    int above = open(directory, O_PATH | PLACE_FLAGS);
    if (above < 0)
        return place_refuse(directory, NULL, errno, why, why_size);
    error = place_check(above, S_IFDIR, directory, why, why_size);
    int fd = error ? error : place_open_file(above, path, why, why_size);
    close(above);
    return fd;
}
