/* Holds the records of a listing at one time, and what is made of them. */
#ifndef QPFS_CACHE_SNAPSHOT_H
#define QPFS_CACHE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/loop.h"
#include "json/record.h"

/* What the kernel was told of all names that a directory shows with a snapshot. Only fuse/ may
 * touch it. */
struct sent_names {
    int64_t until_ms;   /* clock_ms() until which they are valid; 0: it was not told of all */
    uint64_t forgotten; /* how many nodes it had forgotten by then, of any directory */
};

/*
 * All records of one listing at one time, in ascending order of ID. A snapshot never changes,
 * and its references are counted. So a program that is reading a directory goes on with the
 * snapshot that it began with. Snapshots of the same listing share the records that did not
 * change.
 */
struct snapshot {
    struct record **records; /* owned, with a reference each */
    size_t count;
    int64_t began_ms;       /* clock_ms() at which its first page was asked for; or earlier, by
                               as much as a cache in between says that a page is old */
    int64_t fetched_ms;     /* and at which its last one came */
    int64_t fresh_until_ms; /* it serves until then; set by the listing */
    uint32_t number;        /* no other snapshot of this process has it; not 0 */
    struct sent_names sent; /* see there: of the files */
    TAILQ_HEAD(all_derived, derived) derived; /* owned: what was made of it, see below */
    unsigned refs;
};

/* Take over RECORDS, COUNT of them, sorted, and their references. Return a snapshot with one
 * reference, the caller's; NULL when memory is out, and then RECORDS stays the caller's. */
struct snapshot *snapshot_create(struct record **records, size_t count, int64_t began_ms,
                                 int64_t fetched_ms);

/* Put RECORD, and take a reference to it, where the record with that ID is or would be. Only
 * before anybody has seen SNAPSHOT. Return false when memory is out. */
bool snapshot_put(struct snapshot *snapshot, struct record *record);

/* Add a reference. Return SNAPSHOT. */
struct snapshot *snapshot_ref(struct snapshot *snapshot);

/* Give a reference back. Take NULL. */
void snapshot_unref(struct snapshot *snapshot);

/* Return whether a record with this ID is there, and its INDEX, or that of the first one
 * behind. */
bool snapshot_place(const struct snapshot *snapshot, uint64_t id, size_t *index);

/* Return the record with this ID, borrowed, or NULL. */
struct record *snapshot_find(const struct snapshot *snapshot, uint64_t id);

/* The same, quicker where one ID after the other is asked for: HINT is where the last one
 * stood, any number at first. */
struct record *snapshot_find_next(const struct snapshot *snapshot, uint64_t id, size_t *hint);

/* Return the record whose ID is the next one above ID, or below it: BELOW. Borrowed; NULL:
 * there is none. HINT as above. */
struct record *snapshot_beside(const struct snapshot *snapshot, uint64_t id, bool below,
                               size_t *hint);

/* -------- what is made of a snapshot -------- */

/*
 * What is made of a whole snapshot: an index of names, a file of all its records. For a million
 * records that takes seconds. So it is made when somebody wants it, in steps, and once for all
 * who do. It is kept with the snapshot.
 */
struct derived;
struct derived_waiter;

struct derived_kind {
    size_t size; /* of the struct that begins with a struct derived; it is zeroed at first */
    /* Do some of the work, a few tenths of a millisecond. Return 1 while there is more to do;
     * 0; or -errno. */
    int (*step)(struct derived *derived);
    /* Free what it holds, not itself; at any time. */
    void (*finish)(struct derived *derived);
    /* Return whether what was made serves nobody now, and should not be held for long. NULL: it
     * is held as long as the snapshot. */
    bool (*is_idle)(const struct derived *derived);
    /* Take over what was made of OLD, whose snapshot has the very same records, into FRESH,
     * zeroed. NULL: it is made anew. */
    void (*carry)(struct derived *fresh, const struct derived *old);
};

struct derived {
    TAILQ_ENTRY(derived) link; /* in the snapshot; the rest is its own */
    const struct derived_kind *kind;
    struct loop *loop;
    struct snapshot *snapshot; /* of what; held until it is done */
    struct loop_work work;
    bool done;
    bool was_idle; /* at the last sweep */
    TAILQ_HEAD(derived_waiters, derived_waiter) waiters;
};

/* Embedded in what waits for it, and holds the snapshot. */
struct derived_waiter {
    TAILQ_ENTRY(derived_waiter) link;
    struct derived *derived; /* NULL when it does not wait */
    /* Called once, from the loop: with 0, or with -errno. */
    void (*made)(struct derived_waiter *waiter, int error);
};

/* Return what was made of SNAPSHOT, borrowed from it; NULL if it was not made to its end. */
struct derived *derived_find(const struct snapshot *snapshot, const struct derived_kind *kind);

/* Wait for it, and have it made if nobody had. It must not be there. LOOP must outlive it.
 * Return 0 or -ENOMEM. */
int derived_wait(struct loop *loop, struct snapshot *snapshot, const struct derived_kind *kind,
                 struct derived_waiter *waiter);

/* Take WAITER back, if it waits. ABANDON: when the last one goes, so does what is half made.
 * Else it is made to its end for the next who asks, unless snapshot_end_derived() comes first.
 */
void derived_waiter_cancel(struct derived_waiter *waiter, bool abandon);

/* Carry over to FRESH, which nobody has seen so far, what was made of OLD, if both have the
 * same records. Take NULL for OLD. */
void snapshot_carry_derived(struct snapshot *fresh, const struct snapshot *old);

/* End what is being made of SNAPSHOT for nobody: its listing lets go of it. Take NULL. */
void snapshot_end_derived(struct snapshot *snapshot);

/* Drop what was idle at the last sweep and still is. */
void snapshot_sweep_derived(struct snapshot *snapshot);

#endif
