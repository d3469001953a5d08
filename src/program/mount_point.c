/* Looks at the directory that is to be mounted on. */
#include "program/mount_point.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mount_table.h"
#include "fuse/anchor.h"

#define FUSE_MAGIC 0x65735546 /* f_type of statfs(2) */

/* Return whether this user may make such a directory, and those above it that are missing. */
static bool mount_point_can_be_made(const char *path)
{
    char copy[PATH_MAX];
    const char *above;
    snprintf(copy, sizeof copy, "%s", path);
    do
        above = dirname(copy);
    while (above == copy && access(above, F_OK) < 0);
    return access(above, W_OK) == 0;
}

/* Return ENOTCONN where the program of a mount has died; ECONNREFUSED where the kernel refused
 * what it said at the start; else 0. The kernel may still know the attributes of the root of a
 * dead mount, but it does not answer statfs() from what it knows. */
static int mount_point_death(const char *path)
{
    struct statfs statfs_;
    int error = statfs(path, &statfs_) < 0 ? errno : 0;
    return error == ENOTCONN || error == ECONNREFUSED ? error : 0;
}

static void mount_point_explain(const char *path, int error, struct problem *why)
{
    const int death = mount_point_death(path);
    if (death) {
        problem_say(why, "%s: a mount whose program %s is still there", path,
                    death == ENOTCONN ? "has died" : "the kernel has refused");
        problem_advise(why, "do: fusermount3 -u %s (-o replace_dead does it by itself)", path);
    } else if (error == ENOENT) {
        problem_say(why, "%s: there is no such directory", path);
        if (mount_point_can_be_made(path))
            problem_advise(why, "do: mkdir -p %s", path);
        else
            problem_advise(why, "use one in your home, or do as root: install -d -o %u %s",
                           (unsigned)geteuid(), path);
    } else if (error == ENOTDIR) {
        problem_say(why, "%s: it is no directory", path);
        problem_advise(why, "use an empty one");
    } else {
        problem_say(why, "%s: %s", path, strerror(error));
        problem_advise(why, error == EACCES
                                ? "it, or a mount that is there, is someone else's: use a "
                                  "directory of your own"
                                : "use an empty directory");
    }
}

static bool mount_point_is_empty(const char *path, struct problem *why)
{
    DIR *dir = opendir(path);
    if (!dir) {
        mount_point_explain(path, errno, why);
        return false;
    }
    const struct dirent *entry;
    int entries = 0;
    while ((entry = readdir(dir)) && entries == 0)
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    if (entries == 0)
        return true;
    if (mount_point_answers(path)) {
        problem_say(why, "%s: it is not empty: a file system is mounted there already", path);
        problem_advise(why, "use another directory, or do: fusermount3 -u %s", path);
    } else {
        problem_say(why, "%s: it is not empty, and what is in it would be hidden", path);
        problem_advise(why, "use an empty directory");
    }
    return false;
}

char *mount_point_check(const char *path, bool replace_dead, struct problem *why)
{
    if (strncmp(path, "/dev/fd/", 8) == 0) { /* what mount.fuse3 makes of drop_privileges */
        problem_say(why, "%s: drop_privileges is not supported", path);
        problem_advise(why, "leave it out, and see uid and gid");
        return NULL;
    }
    char *absolute = realpath(path, NULL);
    if (!absolute) {
        mount_point_explain(path, errno, why);
        return NULL;
    }
    if (replace_dead && mount_point_is_dead(absolute))
        return absolute;
    if (!mount_point_is_empty(absolute, why)) {
        free(absolute);
        return NULL;
    }
    return absolute;
}

bool mount_point_answers(const char *path)
{
    struct statfs statfs_;
    return statfs(path, &statfs_) == 0 && statfs_.f_type == FUSE_MAGIC;
}

/* -------- what a program that died has left -------- */

struct mount_point_search {
    const char *path;
    bool ours; /* what is seen there is a mount of qpfs */
};

static void mount_point_visit(void *data, const struct mount_table_entry *entry)
{
    struct mount_point_search *search = data;
    if (strcmp(entry->point, search->path) == 0)
        search->ours = strcmp(entry->type, "fuse.qpfs") == 0;
}

static bool mount_point_is_of_qpfs(const char *path)
{
    struct mount_point_search search = {.path = path};
    int table = mount_table_open();
    if (table < 0)
        return false;
    mount_table_visit(table, mount_point_visit, &search);
    close(table);
    return search.ours;
}

bool mount_point_is_dead(const char *path)
{
    return mount_point_death(path) && mount_point_is_of_qpfs(path);
}

static int mount_point_fusermount(const char *path)
{
    char *arguments[] = {"fusermount3", "-u", "-z", "--", (char *)(uintptr_t)path, NULL};
    pid_t child;
    int status, error = posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ);
    if (error)
        return -error;
    if (waitpid(child, &status, 0) != child || status != 0)
        return -EPERM;
    return 0;
}

/* Unmount lazily: a program that still has something open in the mount would keep it there.
 * PATH may have come to lead elsewhere by then; what the anchor holds may not. */
int mount_point_clear_dead(const char *path)
{
    struct anchor anchor;
    int error = anchor_init(&anchor, path);
    while (!error && mount_point_is_dead(path)) {
        if (geteuid() != 0)
            error = mount_point_fusermount(path);
        else
            error = mount_point_death(anchor.way) ? anchor_unmount(&anchor) : -ESTALE;
    }
    anchor_finish(&anchor);
    return error;
}
