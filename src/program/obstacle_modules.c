/* What the kernel's security modules, SELinux and AppArmor, have against a mount. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program/obstacle.h"

/* Whether a line of FILE begins with BEGIN and holds TEXT. -1 if it can't be read. */
static int obstacle_file_has(const char *file, const char *begin, const char *text)
{
    char *line = NULL;
    size_t room = 0;
    int found = 0;
    FILE *stream = fopen(file, "re");
    if (!stream)
        return -1;
    while (!found && getline(&line, &room, stream) > 0)
        found = strncmp(line, begin, strlen(begin)) == 0 && strstr(line, text);
    free(line);
    fclose(stream);
    return found;
}

/* -------- SELinux -------- */

bool obstacle_in_context(const struct options *options, bool failed, struct obstacle *obstacle)
{
    bool unknown = obstacle_file_has("/proc/filesystems", "", "\tselinuxfs\n") == 0;
    if (!strstr(options->session.mount_options, "context=") || (!unknown && !failed))
        return false;
    if (unknown) {
        obstacle_say(obstacle, "this kernel does not use SELinux, and takes no context= and "
                               "the like");
        return obstacle_advise(obstacle, "leave it out");
    }
    obstacle_say(obstacle, "SELinux does not take the context, or not from you");
    return obstacle_advise(obstacle,
                           "write it as in context=\"system_u:object_r:nfs_t:s0\"; do "
                           "as root, to see why: ausearch -m avc,selinux_err -ts "
                           "recent");
}

/* -------- AppArmor -------- */

/* Where the profile lets users mount, as it comes. Here a * stands for slashes as well. */
static const char *const obstacle_profile_places[] = {
    "/home/*/*", "/root/*", "/mnt", "/mnt/*", "/media/*", "/run/user/*/*", "/tmp/*",
};

/* The list of those that are loaded is for root, mostly. */
static bool obstacle_has_profile(void)
{
    int loaded = obstacle_file_has("/sys/kernel/security/apparmor/profiles", "fusermount3 (",
                                   "(enforce)");
    if (loaded >= 0)
        return loaded == 1;
    return obstacle_file_has("/sys/module/apparmor/parameters/enabled", "Y", "") == 1 &&
           access("/etc/apparmor.d/fusermount3", F_OK) == 0 &&
           access("/etc/apparmor.d/disable/fusermount3", F_OK) < 0;
}

/* Of fusermount3, since Ubuntu 24.10 or 25.04. Root mounts without it. */
bool obstacle_in_profile(const char *mount_point, struct obstacle *obstacle)
{
    const size_t count = sizeof obstacle_profile_places / sizeof *obstacle_profile_places;
    if (geteuid() == 0 || !obstacle_has_profile())
        return false;
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(obstacle_profile_places[i], mount_point, 0) == 0)
            return false;
    }
    obstacle_say(obstacle,
                 "AppArmor lets fusermount3 mount below homes, /mnt, /media, /tmp and "
                 "/run/user/%u alone, if its profile is as it came; not on %s",
                 (unsigned)geteuid(), mount_point);
    return obstacle_advise(
        obstacle,
        "use a directory in your home, or as root write in /etc/apparmor.d/local/fusermount3: "
        "mount fstype=fuse.qpfs options=(nosuid,nodev,ro) -> %s/, umount %s/, and do: "
        "apparmor_parser -r /etc/apparmor.d/fusermount3",
        mount_point, mount_point);
}
