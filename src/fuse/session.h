/* Connects to the kernel: mounts, and unmounts. */
#ifndef QPFS_FUSE_SESSION_H
#define QPFS_FUSE_SESSION_H

#include <stdbool.h>

#include "fuse/fs.h"

struct session;

struct session_options {
    const char *mount_point;   /* an absolute path */
    const char *source;        /* what /proc/mounts shows as the device */
    const char *mount_options; /* more of mount(8)'s, checked, separated by commas; or "" */
    bool allow_other;          /* other users may look in */
    bool allow_root;           /* root may */
    int (*make_way)(const char *mount_point); /* called at the last moment before the mount,
                                                 with 0 or an error that prevents it; or NULL */
    bool debug;                               /* libfuse tells of each request on stderr */
};

/* Return the max_read of OPTIONS, those of mount(8), the last one; 0: there is none. A
 * backslash stands before a comma of a value. libfuse wants init() to repeat what the mount
 * has. */
unsigned session_max_read(const char *options);

/* Mount. ENDED is called once, from the loop, when the mount was taken away. FS must outlive
 * the session. Return NULL after the reason was logged. */
struct session *session_create(struct fs *fs, const struct session_options *options,
                               void (*ended)(void *data), void *data);

/* Return whether it ended because the kernel's connection was aborted: the dead mount stays,
 * for an empty directory in its place would empty a backup. */
bool session_is_aborted(const struct session *session);

/* Make the kernel look names up again that it knows. */
void session_expire(struct session *session);

/* Answer each process that still waits inside with an error, and unmount, also while the mount
 * is in use. Take NULL. */
void session_destroy(struct session *session);

#endif
