/* Holds a request until what it waits for is there. */
#ifndef QPFS_FUSE_WAITING_H
#define QPFS_FUSE_WAITING_H

#include "fuse/fs.h"
#include "tree/entry.h"

struct handle;

/*
 * A request that waits for a listing. This owns the request, and answers it once: when the
 * listing is there or has failed, when the caller is interrupted (^C, kill), when the time of
 * the request is over, or when the mount ends.
 */
struct waiting {
    struct waiter waiter;
    TAILQ_ENTRY(waiting) link;
    struct fs *fs;
    fuse_req_t req;
    struct dir *dir;          /* in use while it waits; so is the lister that it needs */
    struct entry_needs needs; /* what must be there */
    struct walker *walker;    /* held; NULL: the caller is none */
    struct loop_timer deadline;
    struct loop_timer interrupted; /* looks again whether the caller is to end */
    bool waits_for_rate;           /* at the last look calls did */
    int64_t latest_ms;             /* clock_ms(): no longer than until then because of that */
    struct derived_waiter derived;
    struct snapshot *snapshot; /* of which it is being made, held */
    /* Answers the request. SNAPSHOT is borrowed. */
    void (*resume)(struct waiting *waiting, struct snapshot *snapshot);
    /* What resume() needs besides. */
    struct dir_entry entry; /* that is looked up; its name is "" where a directory is read */
    struct handle *handle;  /* borrowed: the kernel does not release it while it reads it */
    size_t size;
    bool plus;
};

/* REQ is going to wait, on behalf of DIR. Return NULL when memory is out; it is answered then.
 */
struct waiting *waiting_create(fuse_req_t req, struct dir *dir,
                               void (*resume)(struct waiting *, struct snapshot *));

/* Begin to wait for what NEEDS says. SNAPSHOT is what is there of it already, or NULL. From
 * here on the request is not the caller's any more. Return whether it waits; if not, the
 * request is answered. */
bool waiting_start(struct waiting *waiting, const struct entry_needs *needs,
                   struct snapshot *snapshot);

/* Do the same, but wait no longer than the timeout of the fs, and a minute more where calls
 * wait for the rate. After half of the timeout a record is asked for alone: see
 * cache/singles.h. */
void waiting_start_limited(struct waiting *waiting, const struct entry_needs *needs,
                           struct snapshot *snapshot);

/* Return whether there is nothing to wait for: SNAPSHOT, or NULL, is all that NEEDS says. */
bool waiting_is_needless(const struct entry_needs *needs, const struct snapshot *snapshot);

/* Answer all that wait with -errno ERROR: the mount ends. */
void waiting_fail_all(struct fs *fs, int error);

#endif
