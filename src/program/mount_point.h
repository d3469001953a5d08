#ifndef QPFS_PROGRAM_MOUNT_POINT_H
#define QPFS_PROGRAM_MOUNT_POINT_H

#include <stdbool.h>

/* The absolute path of PATH if it can be mounted on: an empty directory. The caller frees it.
 * NULL after the reason, with the remedy, was logged. */
char *mount_point_check(const char *path);

/* Whether a FUSE file system answers at PATH. Waits for its answer. */
bool mount_point_answers(const char *path);

#endif
