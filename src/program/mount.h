/* Mounts an account, and serves it until the mount ends. */
#ifndef QPFS_PROGRAM_MOUNT_H
#define QPFS_PROGRAM_MOUNT_H

#include "options/options.h"

/* Mount the account of OPTIONS on MOUNT_POINT, an absolute path. Call READY when it is mounted,
 * and serve it until it is unmounted or a signal ends it. Return 0, or -errno after the reason
 * was logged. */
int mount_run(struct options *options, const char *mount_point, void (*ready)(void));

#endif
