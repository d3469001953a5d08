/* Finds what on this machine keeps a mount from working. */
#ifndef QPFS_PROGRAM_PROBLEM_H
#define QPFS_PROGRAM_PROBLEM_H

#include <stdbool.h>

#include "options/options.h"

struct problem {
    bool warns;        /* a mount works in spite of it */
    char text[512];    /* what is wrong; where nothing is, what was found, or "" */
    char remedy[1024]; /* what to do */
};

void problem_say(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Return true, so that a caller that found a problem can return it. */
bool problem_advise(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Look at one thing that a mount with OPTIONS needs. Return whether something is wrong with it.
 * PROBLEM must be zeroed. */
typedef bool problem_fn(const struct options *options, struct problem *problem);

problem_fn problem_in_files;      /* how many may be open */
problem_fn problem_in_device;     /* /dev/fuse */
problem_fn problem_in_fusermount; /* fusermount3 */
problem_fn problem_in_fuse_conf;  /* /etc/fuse.conf */
problem_fn problem_in_context;    /* SELinux, before a mount was tried */
problem_fn problem_in_patience;   /* the kernel's, with one request */
problem_fn problem_in_updatedb;   /* /etc/updatedb.conf */

/* As above, for an SELinux context that a mount has failed with. */
bool problem_in_failed_context(const struct options *options, struct problem *problem);

/* As above, for what AppArmor lets fusermount3 do at MOUNT_POINT. */
bool problem_in_profile(const char *mount_point, struct problem *problem);

/* Raise how many files may be open at a time as far as that is useful, and allowed. */
void problem_raise_files(void);

/* After a mount on MOUNT_POINT failed: log what was in the way. */
void problem_explain(const struct options *options, const char *mount_point);

#endif
