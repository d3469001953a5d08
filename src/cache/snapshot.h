#ifndef QPFS_CACHE_SNAPSHOT_H
#define QPFS_CACHE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "json/record.h"

/*
 * All records of one listing at one time, in ascending order of ID. Immutable and
 * reference-counted: whoever reads a directory goes on with the one that he began with.
 * Snapshots of the same listing share the records that did not change.
 */
struct snapshot {
    struct record **records; /* owned, with a reference each */
    size_t count;
    int64_t began_ms;       /* clock_ms() at which its first page was asked for */
    int64_t fetched_ms;     /* and at which its last one came */
    int64_t fresh_until_ms; /* it serves until then; set by the listing */
    /* clock_ms() until which the kernel was told that all of these names are valid, 0 if it was
     * not told of all. Only fuse/ may touch it. */
    int64_t told_until_ms;
    TAILQ_HEAD(makings, making) makings; /* owned: what was made of it, see making.h */
    unsigned refs;
};

/* Takes over RECORDS, COUNT of them, sorted, and their references. One reference, the caller's.
 * NULL when memory is out; then RECORDS stays the caller's. */
struct snapshot *snapshot_create(struct record **records, size_t count, int64_t began_ms,
                                 int64_t fetched_ms);

/* Puts RECORD, of which it takes a reference, where the record with that ID is or would be.
 * Only before anybody has seen SNAPSHOT. False when memory is out. */
bool snapshot_put(struct snapshot *snapshot, struct record *record);

/* One more reference; returns SNAPSHOT. */
struct snapshot *snapshot_ref(struct snapshot *snapshot);

/* Gives one reference back. Takes NULL. */
void snapshot_unref(struct snapshot *snapshot);

/* Whether a record with this ID is there; its INDEX, or that of the first one behind. */
bool snapshot_place(const struct snapshot *snapshot, uint64_t id, size_t *index);

/* The record with this ID, borrowed, or NULL. */
struct record *snapshot_find(const struct snapshot *snapshot, uint64_t id);

/* The same, quicker where one ID after the other is asked for: HINT is where the last one
 * stood, any number at first. */
struct record *snapshot_find_next(const struct snapshot *snapshot, uint64_t id, size_t *hint);

#endif
