#ifndef QPFS_PROGRAM_OBSTACLE_H
#define QPFS_PROGRAM_OBSTACLE_H

#include <stdbool.h>

#include "options/options.h"

/* What on this machine keeps whoever runs this from mounting, and what to do about it. */
struct obstacle {
    char text[512];
    char remedy[512];
};

void obstacle_say(struct obstacle *obstacle, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Returns true. */
bool obstacle_advise(struct obstacle *obstacle, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Each looks at one thing, and returns whether it is in the way. */
bool obstacle_in_device(struct obstacle *obstacle);
bool obstacle_in_fusermount(struct obstacle *obstacle); /* TEXT: else its path */
bool obstacle_in_fuse_conf(const struct options *options, struct obstacle *obstacle);
bool obstacle_in_rights(const char *mount_point, struct obstacle *obstacle);
bool obstacle_in_profile(const char *mount_point, struct obstacle *obstacle); /* AppArmor's */
bool obstacle_in_files(const struct options *options, struct obstacle *obstacle);
bool obstacle_in_patience(const struct options *options, struct obstacle *obstacle);

/* As above, for an SELinux context among the options. What is wrong with one that SELinux knows
 * is only seen when a mount has FAILED. */
bool obstacle_in_context(const struct options *options, bool failed, struct obstacle *obstacle);

/* Raise how many files may be open at a time as far as that is useful, and allowed. */
void obstacle_raise_files(void);

/* After a mount on MOUNT_POINT failed: logs what was in the way. */
void obstacle_explain(const struct options *options, const char *mount_point);

#endif
