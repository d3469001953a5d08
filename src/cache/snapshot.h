#ifndef QPFS_CACHE_SNAPSHOT_H
#define QPFS_CACHE_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "json/record.h"

/*
 * All records of one listing at one time, in ascending order of ID. Immutable and
 * reference-counted: whoever reads a directory goes on with the one that he began with.
 * Snapshots of the same listing share the records that did not change.
 */
struct snapshot {
    struct record **records; /* owned, with a reference each */
    size_t count;
    int64_t began_ms;   /* clock_ms() at which its first page was asked for */
    int64_t fetched_ms; /* and at which its last one came */
    unsigned refs;
};

/* Takes over RECORDS, COUNT of them, sorted, and their references. One reference, the caller's.
 * NULL when memory is out; then RECORDS stays the caller's. */
struct snapshot *snapshot_create(struct record **records, size_t count, int64_t began_ms,
                                 int64_t fetched_ms);

/* One more reference; returns SNAPSHOT. */
struct snapshot *snapshot_ref(struct snapshot *snapshot);

/* Gives one reference back. Takes NULL. */
void snapshot_unref(struct snapshot *snapshot);

/* The record with this ID, borrowed, or NULL. */
struct record *snapshot_find(const struct snapshot *snapshot, uint64_t id);

#endif
