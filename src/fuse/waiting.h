#ifndef QPFS_FUSE_WAITING_H
#define QPFS_FUSE_WAITING_H

#include "fuse/fs.h"
#include "tree/name.h"

struct handle;

/*
 * A request that waits for a listing. It owns the request: it is answered once, when the
 * listing is there or has failed, when the caller is interrupted (^C, kill), when its time is
 * over, or when the mount ends.
 */
struct waiting {
    struct waiter waiter;
    TAILQ_ENTRY(waiting) link;
    struct fs *fs;
    fuse_req_t req;
    struct dir *dir; /* in use while it waits */
    struct loop_timer deadline;
    /* Answers the request. SNAPSHOT is borrowed. */
    void (*resume)(struct waiting *waiting, struct snapshot *snapshot);
    /* What resume() needs besides. */
    char name[NAME_SIZE];
    struct handle *handle; /* borrowed: the kernel does not release it while it reads it */
    size_t size;
    off_t offset;
    bool plus;
};

/* What waits where: REQ for LISTING, on behalf of DIR. */
struct waiting *waiting_create(fuse_req_t req, struct dir *dir,
                               void (*resume)(struct waiting *, struct snapshot *));

/* Begins to wait; from here on the request is not the caller's any more. LIMITED: no longer
 * than the fs's timeout. Fails by answering the request. */
void waiting_start(struct waiting *waiting, struct listing *listing, bool limited);

/* Answers all that wait with -errno ERROR: the mount ends. */
void waiting_fail_all(struct fs *fs, int error);

#endif
