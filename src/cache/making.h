#ifndef QPFS_CACHE_MAKING_H
#define QPFS_CACHE_MAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/loop.h"
#include "cache/snapshot.h"

/*
 * What is made of a whole snapshot: an index of names, a file of all its records. Of a million
 * records that takes seconds; so it is made when somebody wants it, in steps, once for all who
 * do, and is kept with the snapshot.
 */
struct making;
struct making_waiter;

struct making_kind {
    size_t size; /* of the struct that begins with a struct making; it is zeroed at first */
    /* A few tenths of a millisecond of the work. 1 while there is more to do; 0; or -errno. */
    int (*step)(struct making *making);
    /* Frees what it holds, not itself; at any time. */
    void (*finish)(struct making *making);
    /* Whether what was made serves nobody now, and should not be held for long. NULL: it is
     * held as long as the snapshot. */
    bool (*is_idle)(const struct making *making);
    /* Takes over what was made of OLD, whose snapshot has the very same records, into FRESH,
     * zeroed. NULL: it is made anew. */
    void (*carry)(struct making *fresh, const struct making *old);
};

struct making {
    TAILQ_ENTRY(making) link; /* in the snapshot; the rest, but for that, is making.c's own */
    const struct making_kind *kind;
    struct loop *loop;
    struct snapshot *snapshot; /* of what; held until it is done */
    struct loop_work work;
    bool done;
    bool was_idle; /* at the last sweep */
    TAILQ_HEAD(making_waiters, making_waiter) waiters;
};

/* Someone who waits for it: embedded in its owner, who holds the snapshot. */
struct making_waiter {
    TAILQ_ENTRY(making_waiter) link;
    struct making *making; /* NULL when it does not wait */
    /* Called once, from the loop: with 0, or with -errno. */
    void (*made)(struct making_waiter *waiter, int error);
};

/* What was made of SNAPSHOT, borrowed from it; NULL if it was not, or not to the end. */
struct making *making_find(const struct snapshot *snapshot, const struct making_kind *kind);

/* Waits for it, and has it made if nobody had; it must not be there. 0; -ENOMEM. LOOP must
 * outlive it. */
int making_wait(struct loop *loop, struct snapshot *snapshot, const struct making_kind *kind,
                struct making_waiter *waiter);

/* Takes WAITER back. ABANDON: with the last one, what is half made goes; else it is made to the
 * end for whoever asks next, unless makings_end() comes first. Nothing if it does not wait. */
void making_waiter_cancel(struct making_waiter *waiter, bool abandon);

/* Lets go of what was made, to be made anew when it is wanted. It may not be under way. */
void making_drop(struct making *making);

/* For listing.c: FRESH, which nobody has seen so far, takes the place of OLD, NULL among them.
 */
void makings_carry(struct snapshot *fresh, const struct snapshot *old);

/* For listing.c: the listing lets go of SNAPSHOT: what is being made for nobody ends. Takes
 * NULL. */
void makings_end(struct snapshot *snapshot);

/* For listing.c: drops what was idle at the last sweep and still is. */
void makings_sweep(struct snapshot *snapshot);

/* For snapshot.c: nobody holds the snapshot any more. */
void makings_destroy(struct snapshot *snapshot);

#endif
