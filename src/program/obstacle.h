#ifndef QPFS_PROGRAM_OBSTACLE_H
#define QPFS_PROGRAM_OBSTACLE_H

#include <stdbool.h>

#include "options/options.h"

/* What on this machine keeps whoever runs this from mounting, and what to do about it. */
struct obstacle {
    char text[320];
    char remedy[320];
};

/* Each looks at one thing, and returns whether it is in the way. */
bool obstacle_in_device(struct obstacle *obstacle);
bool obstacle_in_fusermount(struct obstacle *obstacle); /* TEXT: else its path */
bool obstacle_in_fuse_conf(const struct options *options, struct obstacle *obstacle);
bool obstacle_in_rights(const char *mount_point, struct obstacle *obstacle);

/* After a mount on MOUNT_POINT failed: logs what was in the way. */
void obstacle_explain(const struct options *options, const char *mount_point);

#endif
