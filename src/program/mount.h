#ifndef QPFS_PROGRAM_MOUNT_H
#define QPFS_PROGRAM_MOUNT_H

#include "options/options.h"

/*
 * Mounts the account of OPTIONS on MOUNT_POINT, an absolute path, and serves it until it is
 * unmounted or a signal ends it. Calls READY when it is mounted. Returns 0, or -errno after the
 * reason was logged.
 */
int mount_run(struct options *options, const char *mount_point, void (*ready)(void));

#endif
