/* Holds what an open directory goes on with, and says what the kernel may keep of its names. */
#ifndef QPFS_FUSE_HANDLE_H
#define QPFS_FUSE_HANDLE_H

#include "fuse/fs.h"

/*
 * The kernel keeps a list of the names of a directory, for the handles that are opened with
 * FOPEN_CACHE_DIR. It adds what they read, as long as each entry follows the last one. Once one
 * of them has come to the end, the list is whole, and they read it without us. The kernel does
 * not know of snapshots. Left alone, it would add the names of one to those of another, and
 * give a reader in the midst of one the rest of another. So
 *
 *   - one handle at a time takes part, and all others ask us. They may not even read a whole
 *     list: when a page is lost, the kernel begins anew with what any of them is answered;
 *   - the list has names of no snapshot but that of this handle. Its open has the kernel drop
 *     the list, unless the last one that took part was released with the same snapshot. The
 *     list is dropped, too, before the handle goes on with another snapshot: the kernel waits
 *     for an answer then, and adds nothing;
 *   - a whole list is recalled when the time of its snapshot is over: it is dropped a moment
 *     later. A program that rewinds the open directory then comes to us.
 *
 * To drop a list is to take its pages. The kernel sees that they are gone when it reads a whole
 * list from its beginning, and begins anew. A list that is not whole hardly ever becomes whole
 * without its first pages. So it is not recalled. If it was dropped, the kernel keeps none
 * until it has forgotten the directory: each reader asks us, as if nothing were kept.
 *
 * A reader can hold up a recall: the kernel holds the lock of a page while it copies names to
 * the reader's memory, and that may be mapped from a file that never comes. Then the mount
 * can't end before the reader does. So the kernel keeps nothing where other users may look in.
 */

/* An open directory: it goes on with the snapshot that it began with, until it is rewound. */
struct handle {
    LIST_ENTRY(handle) link; /* in the fs */
    struct fs *fs;
    struct dir *dir;           /* in use */
    struct snapshot *snapshot; /* with a reference; NULL where only fixed names are shown */
    bool takes_part;           /* in what the kernel keeps */
    struct loop_timer over;    /* recalls that, when the time of the snapshot is over */
    bool started;              /* something was read from it, perhaps without us */
    int64_t sent_up_to;        /* the kernel got nodes with all entries before this index */
    int64_t sent_until_ms;     /* clock_ms() until which all of these are valid */
};

/* How much earlier than now the kernel may take a name for too old, in milliseconds. */
#define HANDLE_SLACK_MS 100

/* SNAPSHOT may be NULL; the handle takes a reference of its own. Return NULL when memory is
 * out. */
struct handle *handle_create(struct fs *fs, struct dir *dir, struct snapshot *snapshot);

void handle_destroy(struct handle *handle);

/* The kernel is through with HANDLE, which is destroyed. */
void handle_release(struct handle *handle);

/* Return the handle of a request. */
struct handle *handle_of(const struct fuse_file_info *info);

/* HANDLE, which shows COUNT names, is opened. Say in INFO what the kernel may keep of them. */
void handle_keep_names(struct handle *handle, int64_t count, struct fuse_file_info *info);

/* The kernel is told that HANDLE is at the end. */
void handle_ended(struct handle *handle);

/* Go on with SNAPSHOT, while the kernel waits to read from HANDLE. Return 0 or -errno. */
int handle_rewind(struct handle *handle, struct snapshot *snapshot);

#endif
