#ifndef QPFS_PROGRAM_MOUNT_POINT_H
#define QPFS_PROGRAM_MOUNT_POINT_H

#include <stdbool.h>

#include "program/problem.h"

/*
 * The absolute path of PATH if it can be mounted on: an empty directory, or with REPLACE_DEAD
 * a dead mount of qpfs, which mount_point_clear_dead() takes away. The caller frees it. NULL
 * with the reason, and the remedy, in WHY.
 */
char *mount_point_check(const char *path, bool replace_dead, struct problem *why);

/* Whether a FUSE file system answers at PATH. Waits for its answer. */
bool mount_point_answers(const char *path);

/* Whether PATH, absolute, is a mount of qpfs whose program has died, or was refused
 * by the kernel. */
bool mount_point_is_dead(const char *path);

/*
 * Takes such mounts away from PATH, and no others. What they leave is an empty directory, and a
 * backup of that deletes what it has: so this is called when all is ready for the new mount,
 * and at no other time. 0 or -errno.
 */
int mount_point_clear_dead(const char *path);

#endif
