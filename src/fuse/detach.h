/* Notices that a mount was taken away while somebody still uses it. */
#ifndef QPFS_FUSE_DETACH_H
#define QPFS_FUSE_DETACH_H

#include <limits.h>
#include <stdbool.h>

#include "base/loop.h"

/*
 * "umount -l" takes a mount out of the tree of files but lets it live until nobody uses it. A
 * process that waits for a fetch uses it, so the daemon would not be told. Therefore the
 * kernel's table of mounts is watched. When no mount of a file system is left in the table,
 * that is its end.
 */
struct detach;

/* Watch the file system whose root is open as ROOT, borrowed. Call GONE once, from the loop,
 * when no mount of it is left. Return NULL with errno set on an error. */
struct detach *detach_create(struct loop *loop, int root, void (*gone)(void *data), void *data);

/* Return whether FD is open in a mount of it. Ask the file system nothing. */
bool detach_owns(const struct detach *detach, int fd);

/* Return whether a mount of it is still in the table. */
bool detach_is_mounted(const struct detach *detach);

/* Return whether the file system is what one sees at POINT: another mount may lie over it. */
bool detach_is_seen_at(const struct detach *detach, const char *point);

/* Write to POINT where the file system is mounted now, the last place of several. Return false
 * if it is mounted nowhere. */
bool detach_find_point(const struct detach *detach, char point[static PATH_MAX]);

/* Take NULL. */
void detach_destroy(struct detach *detach);

#endif
