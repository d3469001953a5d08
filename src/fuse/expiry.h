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
 * itself. So the worker of the fs does it, which gets a list of names and touches nothing else.
 */
struct expiry;

/* Return NULL when memory is out. */
struct expiry *expiry_create(struct fs *fs);

/* Collect the names that the kernel knows now, in steps of the loop, then give them to the
 * worker. While memory is out, or there can be no thread, it is tried again every second; the
 * log says so. */
void expiry_start(struct expiry *expiry);

/* The worker may not be busy. Take NULL. */
void expiry_destroy(struct expiry *expiry);

#endif
