#include "program/mount_point.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/log.h"

#define FUSE_MAGIC 0x65735546 /* f_type of statfs(2) */

static void mount_point_explain(const char *path, int error)
{
    if (error == ENOTCONN)
        log_error("%s: a mount whose program has died is still there; do: fusermount3 -u %s",
                  path, path);
    else if (error == ENOENT)
        log_error("%s: there is no such directory; do: mkdir -p %s", path, path);
    else if (error == ENOTDIR)
        log_error("%s: it is no directory", path);
    else
        log_error("%s: %s", path, strerror(error));
}

/* 0, or -errno after the reason was logged. */
static int mount_point_is_empty(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        int error = errno;
        mount_point_explain(path, error);
        return -error;
    }
    const struct dirent *entry;
    int entries = 0;
    while ((entry = readdir(dir)) && entries == 0)
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    if (entries == 0)
        return 0;
    log_error(
        "%s: it is not empty, and what is in it would be hidden; use an empty directory%s",
        path, mount_point_answers(path) ? " (a file system is mounted there already)" : "");
    return -ENOTEMPTY;
}

char *mount_point_check(const char *path)
{
    char *absolute = realpath(path, NULL);
    if (!absolute) {
        mount_point_explain(path, errno);
        return NULL;
    }
    if (mount_point_is_empty(absolute)) {
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
