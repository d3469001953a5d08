/* Includes libfuse, and makes up for what differs between its versions from 3.10 on. */
#ifndef QPFS_FUSE_USE_FUSE_H
#define QPFS_FUSE_USE_FUSE_H

/* Only files of this folder include libfuse. */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)

#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <unistd.h>

/* Tell the kernel to ask again for NAME in PARENT at its next use. Return -ENOSYS where libfuse
 * (before 3.13) or the kernel (before 6.2) can't say it. */
static inline int fuse_expire_name(struct fuse_session *fuse, fuse_ino_t parent,
                                   const char *name, size_t size)
{
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 16)
    return fuse_lowlevel_notify_expire_entry(fuse, parent, name, size);
#elif FUSE_VERSION >= FUSE_MAKE_VERSION(3, 13)
    return fuse_lowlevel_notify_expire_entry(fuse, parent, name, size, FUSE_LL_EXPIRE_ONLY);
#else
    (void)fuse;
    (void)parent;
    (void)name;
    (void)size;
    return -ENOSYS;
#endif
}

/* FUSE_NOTIFY_INC_EPOCH, which libfuse knows from 3.18 on, and older headers of Linux do not.
 */
#define FUSE_INCREMENT_EPOCH 8

/* Tell the kernel to ask again for every name at its next use. That takes no time and no lock.
 * Return false where the kernel (before 6.16) can't do it. */
static inline bool fuse_increment_epoch(struct fuse_session *fuse)
{
    const struct fuse_out_header notice = {.len = sizeof notice, .error = FUSE_INCREMENT_EPOCH};
    return write(fuse_session_fd(fuse), &notice, sizeof notice) == sizeof notice;
}

#endif
