/* Says to the kernel at the beginning of a mount what some versions of libfuse leave unsaid. */
#ifndef QPFS_FUSE_INIT_REPLY_H
#define QPFS_FUSE_INIT_REPLY_H

#include "fuse/use_fuse.h"

/*
 * Ask for two things, from the init() of the session's operations:
 *   - parallel look-ups and listings. Without them the kernel locks a directory while one
 *     look-up in it waits: no other process can look up or list anything there, and no signal
 *     reaches it.
 *   - no file handles, for NFS and name_to_handle_at(2). They would hold our node ids, which
 * are addresses, and a record that the kernel has forgotten has none any more.
 */
void init_reply_want(struct fuse_conn_info *conn);

/* Be ready to change the reply to INIT. To be called once, between mount and the first request.
 * Return 0 or -errno. */
int init_reply_prepare(struct fuse_session *fuse);

#endif
