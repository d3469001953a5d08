/* Lets root mount and unmount though someone else may change the directories on the way. */
#include "fuse/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANCHOR_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Copy the name at TEXT, up to the next slash, to NAME. Return what follows it. */
static const char *anchor_part(const char *text, char name[static NAME_MAX + 1])
{
    size_t size = strcspn(text, "/");
    size_t length = size < NAME_MAX ? size : NAME_MAX;
    memcpy(name, text, length);
    name[length] = '\0';
    return text + size + strspn(text + size, "/");
}

int anchor_init(struct anchor *anchor, const char *path)
{
    char name[NAME_MAX + 1];
    const char *rest = anchor_part(path + strspn(path, "/"), name);
    anchor->above = open("/", ANCHOR_FLAGS);
    while (*rest && anchor->above >= 0) {
        int next = openat(anchor->above, name, ANCHOR_FLAGS);
        int error = errno;
        close(anchor->above);
        anchor->above = next;
        errno = error;
        rest = anchor_part(rest, name);
    }
    snprintf(anchor->way, sizeof anchor->way, "/proc/self/fd/%d/%s", anchor->above, name);
    return anchor->above < 0 ? -errno : 0;
}

int anchor_open(const struct anchor *anchor)
{
    int fd = openat(anchor->above, strrchr(anchor->way, '/') + 1, ANCHOR_FLAGS);
    return fd < 0 ? -errno : fd;
}

int anchor_unmount(const struct anchor *anchor)
{
    return umount2(anchor->way, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

void anchor_finish(struct anchor *anchor)
{
    if (anchor->above >= 0)
        close(anchor->above);
    anchor->above = -1;
}

bool anchor_may_mount(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    return syscall(SYS_capget, &header, data) < 0 ||
           (data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN));
}
