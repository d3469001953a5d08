#ifndef QPFS_FUSE_EXPIRY_H
#define QPFS_FUSE_EXPIRY_H

#include "fuse/fs.h"

/*
 * Tells the kernel that the names it knows must be looked up again, before their time: for
 * SIGHUP, on kernels before 6.16. Files that are the same afterwards keep their nodes and
 * pages.
 *
 * The kernel takes the lock of a name's directory for that, and a process that is looking
 * something up there holds it until the loop has answered: on the loop this would wait for
 * itself. So it runs on a thread, the only one of ours, which gets a list of names and touches
 * nothing else.
 */
struct expiry;

/* Starts: collects the names in steps of the loop, then begins the thread. FINISHED is called
 * from the loop when that has ended, or there was nothing to tell; the expiry is gone then.
 * NULL when memory is out. */
struct expiry *expiry_create(struct fs *fs, struct fuse_session *fuse,
                             void (*finished)(void *data), void *data);

/* Lets the thread end after the name that it is at. FINISHED will be called; the loop must go
 * on to answer requests until then. */
void expiry_cancel(struct expiry *expiry);

#endif
