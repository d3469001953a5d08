#ifndef QPFS_FUSE_HANDLE_H
#define QPFS_FUSE_HANDLE_H

#include <stdbool.h>

#include "fuse/fs.h"
#include "tree/entry.h"

/* An open directory: it goes on with the snapshot that it began with, until it is rewound. */
struct handle {
    LIST_ENTRY(handle) link; /* in the fs */
    struct dir *dir;
    struct snapshot *snapshot; /* NULL where only fixed names are shown */
    bool started;              /* something was read from it */
    off_t told;                /* up to which offset the kernel was told of nodes as well */
    int64_t told_until_ms;     /* for how long they are all valid, clock_ms() */
};

/* NULL when memory is out. SNAPSHOT may be NULL; a reference of its own is taken. */
struct handle *handle_create(struct fs *fs, struct dir *dir, struct snapshot *snapshot);
void handle_destroy(struct handle *handle);

/* The mount is gone, and nobody will release them. */
void handle_destroy_all(struct fs *fs);

/* Goes on with SNAPSHOT. */
void handle_rewind(struct handle *handle, struct snapshot *snapshot);

#endif
