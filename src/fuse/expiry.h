/* Makes the kernel look names up again before their time. */
#ifndef QPFS_FUSE_EXPIRY_H
#define QPFS_FUSE_EXPIRY_H

#include "fuse/fs.h"

/*
 * An expiry tells the kernel that the names it knows must be looked up again: for SIGHUP, on
 * kernels before 6.16. Files that are the same afterwards keep their nodes and pages.
 *
 * The kernel takes the lock of a name's directory for that, and a process that is looking
 * something up there holds it until the loop has answered: on the loop this would wait for
 * itself. So a worker does it, which gets a list of names and touches nothing else.
 */
struct expiry;

/* Start: collect the names in steps of the loop, then give them to the worker. FINISHED is
 * called from the loop when that has ended, or there was nothing to tell; the expiry is gone
 * then. Return NULL when memory is out, or there can be no thread. */
struct expiry *expiry_create(struct fs *fs, struct fuse_session *fuse,
                             void (*finished)(void *data), void *data);

/* Let it end after the name that it is at. FINISHED will be called; the loop must go on to
 * answer requests until then. */
void expiry_cancel(struct expiry *expiry);

#endif
