#include "program/obstacle.h"

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

#define FUSE_CONF "/etc/fuse.conf"

static bool obstacle_is_root(void)
{
    return geteuid() == 0;
}

/* Root does it, and a user has it done. */
static const char *obstacle_do(void)
{
    return obstacle_is_root() ? "do" : "do as root, or ask who may";
}

void obstacle_say(struct obstacle *obstacle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(obstacle->text, sizeof obstacle->text, format, arguments);
    va_end(arguments);
}

bool obstacle_advise(struct obstacle *obstacle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(obstacle->remedy, sizeof obstacle->remedy, format, arguments);
    va_end(arguments);
    return true;
}

/* -------- /dev/fuse -------- */

bool obstacle_in_device(struct obstacle *obstacle)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        return false;
    }
    int error = errno;
    obstacle_say(obstacle, "/dev/fuse can't be opened: %s", strerror(error));
    if (error != EACCES && error != EPERM)
        return obstacle_advise(obstacle,
                               "%s: modprobe fuse (a container needs --device /dev/fuse "
                               "--cap-add SYS_ADMIN)",
                               obstacle_do());
    if (obstacle_is_root())
        return obstacle_advise(obstacle, "a container needs --device /dev/fuse --cap-add "
                                         "SYS_ADMIN, a service DeviceAllow=/dev/fuse rw");
    return obstacle_advise(obstacle,
                           "%s: chmod 666 /dev/fuse (a container needs --device "
                           "/dev/fuse --cap-add SYS_ADMIN)",
                           obstacle_do());
}

/* -------- fusermount3 -------- */

/* As libfuse does: where it would be installed, then as a shell. */
static bool obstacle_search(char path[static 256])
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
bool obstacle_in_fusermount(struct obstacle *obstacle)
{
    char path[256];
    struct stat attr;
    struct statvfs fs;
    if (!obstacle_search(path)) {
        obstacle_say(obstacle, "fusermount3 is not installed");
        return obstacle_advise(obstacle, "%s: apt install fuse3", obstacle_do());
    }
    obstacle_say(obstacle, "%s", path);
    if (obstacle_is_root() || stat(path, &attr) < 0 || statvfs(path, &fs) < 0)
        return false;
    if (!(attr.st_mode & S_ISUID) || attr.st_uid != 0) {
        obstacle_say(obstacle, "%s has lost its setuid bit", path);
        return obstacle_advise(obstacle, "%s: chown root %s && chmod u+s %s", obstacle_do(),
                               path, path);
    }
    if (fs.f_flag & ST_NOSUID) {
        obstacle_say(obstacle, "%s lies on a file system mounted with nosuid", path);
        return obstacle_advise(obstacle, "%s: mount that with suid", obstacle_do());
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
        obstacle_say(obstacle, "%s may not become root here (no_new_privs)", path);
        return obstacle_advise(obstacle, "start qpfs without setpriv --no-new-privs, or with "
                                         "NoNewPrivileges=no in its unit");
    }
    return false;
}

/* -------- fuse.conf -------- */

static bool obstacle_fuse_conf_allows(void)
{
    char *line = NULL;
    size_t room = 0;
    bool allows = false;
    FILE *file = fopen(FUSE_CONF, "re");
    while (file && !allows && getline(&line, &room, file) >= 0) {
        line[strcspn(line, "#\n")] = '\0';
        const char *text = line + strspn(line, " \t");
        allows =
            strncmp(text, "user_allow_other", 16) == 0 && !text[16 + strspn(text + 16, " \t")];
    }
    free(line);
    if (file)
        fclose(file);
    return allows;
}

bool obstacle_in_fuse_conf(const struct options *options, struct obstacle *obstacle)
{
    if (obstacle_is_root() || !(options->session.allow_other || options->session.allow_root) ||
        obstacle_fuse_conf_allows())
        return false;
    obstacle_say(obstacle, FUSE_CONF " does not let users give allow_other and allow_root");
    return obstacle_advise(obstacle, "add to " FUSE_CONF " a line: user_allow_other");
}

/* -------- rights -------- */

/* What fusermount3 asks of users: to be allowed to write there, and to own it where others may
 * write as well. */
bool obstacle_in_rights(const char *mount_point, struct obstacle *obstacle)
{
    struct stat attr;
    if (obstacle_is_root() && anchor_may_mount())
        return false;
    if (obstacle_is_root()) {
        obstacle_say(obstacle, "root may not mount here");
        return obstacle_advise(obstacle, "a container needs --device /dev/fuse --cap-add "
                                         "SYS_ADMIN, a service CAP_SYS_ADMIN");
    }
    if (stat(mount_point, &attr) < 0 ||
        (access(mount_point, W_OK) == 0 &&
         (attr.st_uid == geteuid() || !(attr.st_mode & S_ISVTX))))
        return false;
    obstacle_say(obstacle, "%s is not yours, and users mount on directories of their own",
                 mount_point);
    return obstacle_advise(obstacle, "use one in your home, or do as root: chown %u %s",
                           (unsigned)geteuid(), mount_point);
}

/* Root does not mount there: it may be anyone's place. */
static bool obstacle_in_place(const char *mount_point, struct obstacle *obstacle)
{
    char *now = realpath(mount_point, NULL);
    bool other = !now || strcmp(now, mount_point) != 0;
    free(now);
    if (!other)
        return false;
    obstacle_say(obstacle,
                 "%s, or a directory above it, was removed or swapped while qpfs started",
                 mount_point);
    return obstacle_advise(obstacle,
                           "mount as the one who owns those directories, or where none "
                           "but root may change them");
}

void obstacle_explain(const struct options *options, const char *mount_point)
{
    struct obstacle found = {"", ""};
    if (obstacle_in_place(mount_point, &found) || obstacle_in_device(&found) ||
        (!obstacle_is_root() && obstacle_in_fusermount(&found)) ||
        obstacle_in_fuse_conf(options, &found) || obstacle_in_rights(mount_point, &found) ||
        obstacle_in_context(options, true, &found) || obstacle_in_profile(mount_point, &found))
        log_error("not mounted: %s; %s", found.text, found.remedy);
    else
        log_error("not mounted: the reason is above; qpfs --check with the same options looks "
                  "at what a mount needs");
}
