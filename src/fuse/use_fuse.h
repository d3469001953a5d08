/* Includes libfuse, and makes up for what differs between its versions from 3.10 on. */
#ifndef QPFS_FUSE_USE_FUSE_H
#define QPFS_FUSE_USE_FUSE_H

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)

#include <fuse_lowlevel.h>
#include <stdbool.h>

/* Tell the kernel to ask again for NAME in PARENT at its next use. Return 0 or -errno: -ENOSYS
 * where libfuse (before 3.13) or the kernel (before 6.2) can't say it. */
int fuse_expire_name(struct fuse_session *fuse, fuse_ino_t parent, const char *name,
                     size_t size);

/* Tell the kernel to ask again for every name at its next use. That takes no time and no lock.
 * Return false where the kernel (before 6.16) can't do it. */
bool fuse_increment_epoch(struct fuse_session *fuse);

/*
 * Ask for two things, from the init() of the session's operations:
 *   - parallel look-ups and listings. Without them the kernel locks a directory while one
 *     look-up in it waits: no other process can look up or list anything there, and no signal
 *     reaches it.
 *   - no file handles, for NFS and name_to_handle_at(2). They would hold our node ids, which
 *     are addresses, and a record that the kernel has forgotten has none any more.
 */
void init_reply_want(struct fuse_conn_info *conn);

/* Be ready to change the reply to INIT. To be called once, between mount and the first request.
 * Return 0 or -errno. */
int init_reply_prepare(struct fuse_session *fuse);

#endif
