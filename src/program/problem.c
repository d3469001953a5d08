/* Finds what on this machine keeps a mount from working. */
#include "program/problem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "fuse/anchor.h"

/* What a container needs that mounts. */
#define PROBLEM_CONTAINER "a container needs --device /dev/fuse --cap-add SYS_ADMIN"

static bool problem_is_root(void)
{
    return geteuid() == 0;
}

/* Return how a remedy begins: root does it, and a user has it done. */
static const char *problem_do(void)
{
    return problem_is_root() ? "do" : "do as root, or ask who may";
}

void problem_say(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
}

bool problem_advise(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->remedy, sizeof problem->remedy, format, arguments);
    va_end(arguments);
    return true;
}

/* -------- /dev/fuse -------- */

bool problem_in_device(const struct options *options, struct problem *problem)
{
    (void)options;
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        problem_say(problem, "can be opened");
        return false;
    }
    int error = errno;
    problem_say(problem, "/dev/fuse can't be opened: %s", strerror(error));
    if (error != EACCES && error != EPERM)
        return problem_advise(problem, "%s: modprobe fuse (" PROBLEM_CONTAINER ")",
                              problem_do());
    if (problem_is_root())
        return problem_advise(problem,
                              PROBLEM_CONTAINER ", a service DeviceAllow=/dev/fuse rw");
    return problem_advise(problem, "%s: chmod 666 /dev/fuse (" PROBLEM_CONTAINER ")",
                          problem_do());
}

/* -------- fusermount3 -------- */

/* Search as libfuse does: where it would be installed, then in the PATH. */
static bool problem_search(char path[static 256])
{
    const size_t size = 256;
    snprintf(path, size, "/usr/bin/fusermount3");
    if (access(path, X_OK) == 0)
        return true;
    const char *at = getenv("PATH");
    for (at = at && *at ? at : "/usr/bin:/bin"; at; at = *at == ':' ? at + 1 : NULL) {
        size_t length = strcspn(at, ":");
        snprintf(path, size, "%.*s/fusermount3", (int)length, at);
        if (access(path, X_OK) == 0)
            return true;
        at += length;
    }
    return false;
}

/* Root mounts without it, and it needs to become root for everyone else. */
bool problem_in_fusermount(const struct options *options, struct problem *problem)
{
    char path[256];
    struct stat attr;
    struct statvfs fs;
    (void)options;
    problem->warns = problem_is_root();
    if (!problem_search(path)) {
        problem_say(problem, "fusermount3 is not installed");
        return problem_advise(problem, "%s: apt install fuse3", problem_do());
    }
    problem_say(problem, "%s", path);
    if (problem_is_root() || stat(path, &attr) < 0 || statvfs(path, &fs) < 0)
        return false;
    if (!(attr.st_mode & S_ISUID) || attr.st_uid != 0) {
        problem_say(problem, "%s has lost its setuid bit", path);
        return problem_advise(problem, "%s: chown root %s && chmod u+s %s", problem_do(), path,
                              path);
    }
    if (fs.f_flag & ST_NOSUID) {
        problem_say(problem, "%s lies on a file system mounted with nosuid", path);
        return problem_advise(problem, "%s: mount that with suid", problem_do());
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
        problem_say(problem, "%s may not become root here (no_new_privs)", path);
        return problem_advise(problem, "start qpfs without setpriv --no-new-privs, or with "
                                       "NoNewPrivileges=no in its unit");
    }
    return false;
}

/* -------- rights -------- */

/* fusermount3 mounts for a user who may write there, and who owns it where others may write,
 * too. */
static bool problem_in_rights(const char *mount_point, struct problem *problem)
{
    struct stat attr;
    if (problem_is_root() && anchor_may_mount())
        return false;
    if (problem_is_root()) {
        problem_say(problem, "root may not mount here");
        return problem_advise(problem, PROBLEM_CONTAINER ", a service CAP_SYS_ADMIN");
    }
    if (stat(mount_point, &attr) < 0 ||
        (access(mount_point, W_OK) == 0 &&
         (attr.st_uid == geteuid() || !(attr.st_mode & S_ISVTX))))
        return false;
    problem_say(problem, "%s is not yours, and users mount on directories of their own",
                mount_point);
    return problem_advise(problem, "use one in your home, or do as root: chown %u %s",
                          (unsigned)geteuid(), mount_point);
}

/* Root does not mount where the path has come to lead elsewhere: that may be anyone's
 * directory. */
static bool problem_in_place(const char *mount_point, struct problem *problem)
{
    char *now = realpath(mount_point, NULL);
    bool other = !now || strcmp(now, mount_point) != 0;
    free(now);
    if (!other)
        return false;
    problem_say(problem,
                "%s, or a directory above it, was removed or swapped while qpfs started",
                mount_point);
    return problem_advise(problem, "mount as the one who owns those directories, or where none "
                                   "but root may change them");
}

void problem_explain(const struct options *options, const char *mount_point)
{
    struct problem found = {.text = ""};
    if (problem_in_place(mount_point, &found) || problem_in_device(options, &found) ||
        (!problem_is_root() && problem_in_fusermount(options, &found)) ||
        problem_in_fuse_conf(options, &found) || problem_in_rights(mount_point, &found) ||
        problem_in_context(options, &found) || problem_in_failed_context(options, &found) ||
        problem_in_profile(mount_point, &found))
        log_error("not mounted: %s; %s", found.text, found.remedy);
    else
        log_error("not mounted: the reason is above; qpfs --check with the same options looks "
                  "at what a mount needs");
}
