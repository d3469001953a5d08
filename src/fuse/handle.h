/* Holds what an open directory goes on with. */
#ifndef QPFS_FUSE_HANDLE_H
#define QPFS_FUSE_HANDLE_H

#include "fuse/fs.h"
#include "fuse/kept_names.h"

/* An open directory: it goes on with the snapshot that it began with, until it is rewound. */
struct handle {
    LIST_ENTRY(handle) link; /* in the fs */
    struct fs *fs;
    struct dir *dir;           /* in use */
    struct snapshot *snapshot; /* with a reference; NULL where only fixed names are shown */
    struct kept_handle kept;
    struct loop_timer over; /* recalls what the kernel keeps, when the snapshot is over */
    bool started;           /* something was read from it, perhaps without us */
    int64_t sent_up_to;     /* the kernel got nodes with all entries before this index */
    int64_t sent_until_ms;  /* clock_ms() until which all of these are valid */
};

/* How much earlier than now the kernel may take a name for too old, in milliseconds. */
#define HANDLE_SLACK_MS 100

/* SNAPSHOT may be NULL; the handle takes a reference of its own. Return NULL when memory is
 * out. */
struct handle *handle_create(struct fs *fs, struct dir *dir, struct snapshot *snapshot);

void handle_destroy(struct handle *handle);

/* Return the handle of a request. */
struct handle *handle_of(const struct fuse_file_info *info);

/* HANDLE, which shows COUNT names, is opened. Say in INFO what the kernel may keep of them. */
void handle_keep_names(struct handle *handle, int64_t count, struct fuse_file_info *info);

/* A request came with HANDLE, for OFFSET. Return 0, or -ESTALE if that is the offset of a
 * snapshot that is not held any more. */
int handle_came(struct handle *handle, off_t offset);

/* Go on with SNAPSHOT. Return 0, or -ESTALE where the rules of fuse/kept_names.h forbid it. */
int handle_rewind(struct handle *handle, struct snapshot *snapshot);

#endif
