/* Looks at the directory that is to be mounted on. */
#ifndef QPFS_PROGRAM_MOUNT_POINT_H
#define QPFS_PROGRAM_MOUNT_POINT_H

#include <stdbool.h>

#include "program/problem.h"

/* Return the absolute path of PATH, which the caller frees, if it can be mounted on: an empty
 * directory, or with REPLACE_DEAD a dead mount of qpfs. Else return NULL with the reason and
 * the remedy in WHY. */
char *mount_point_check(const char *path, bool replace_dead, struct problem *why);

/* Return whether a FUSE file system answers at PATH. Waits for its answer. */
bool mount_point_answers(const char *path);

/* Return whether PATH, absolute, is a mount of qpfs whose program has died, or was refused by
 * the kernel. */
bool mount_point_is_dead(const char *path);

/* Take such mounts away from PATH, and no others. Return 0 or -errno. They leave an empty
 * directory, and a backup of that deletes what it has. So call this when all is ready for the
 * new mount, and at no other time. */
int mount_point_clear_dead(const char *path);

#endif
