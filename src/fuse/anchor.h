/* Lets root mount and unmount though someone else may change the directories on the way. */
#ifndef QPFS_FUSE_ANCHOR_H
#define QPFS_FUSE_ANCHOR_H

#include <limits.h>
#include <stdbool.h>

#define ANCHOR_WAY_SIZE (NAME_MAX + 32)

/*
 * A path names whatever stands there when a system call looks: who owns a directory on the way
 * can swap it for a symbolic link meanwhile. An anchor holds the directory above a mount point.
 * What stands in it under the name can still be swapped, but nothing that is mounted there, and
 * no link is followed.
 */
struct anchor {
    int above;                 /* a descriptor, for its place alone; -1: none */
    char way[ANCHOR_WAY_SIZE]; /* to the mount point, through that descriptor */
};

/* Open the directory above PATH, which is absolute and has no symbolic link in it. Return 0 or
 * -errno: -ENOTDIR if there is a link now. */
int anchor_init(struct anchor *anchor, const char *path);

/* Return a descriptor of the directory itself, for its place alone, or -errno as above. */
int anchor_open(const struct anchor *anchor);

/* Take the mount that is seen there away, lazily. Return 0 or -errno. */
int anchor_unmount(const struct anchor *anchor);

/* Return whether this process has CAP_SYS_ADMIN, and mounts by itself. */
bool anchor_may_mount(void);

/* Take one that failed to open as well. */
void anchor_finish(struct anchor *anchor);

#endif
