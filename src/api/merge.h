/* Makes one list of the windows of a flight, in steps. */
#ifndef QPFS_API_MERGE_H
#define QPFS_API_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/flight.h"
#include "base/sorter.h"

struct merge {
    const struct flight *flight; /* borrowed */
    struct record **records;     /* owned: what has been moved here so far */
    size_t count;
    uint64_t bytes;   /* of their files */
    uint64_t removed; /* records that stood twice, at least: a total may count them */
    bool doubles;     /* somebody stood at two places */
    size_t window;    /* the next one to be moved */
    bool ascending;   /* of what has been moved: IDs rise from one record to the next */
    bool sorting;     /* the sorter has the records */
    size_t checked;   /* records compared with the one before them; 0: not sorted yet */
    size_t kept;      /* of these, how many stay: they stand first */
    struct sorter sorter;
};

/* Begin. All windows of FLIGHT are there, and it is borrowed until the end. Return 0 or
 * -ENOMEM; on an error there is nothing to finish. */
int merge_init(struct merge *merge, const struct flight *flight);

/* Return the least that the windows say of their age. */
struct freshness merge_freshness(const struct flight *flight);

/*
 * Do some of the work: move records out of their windows, those that two windows share once,
 * and bring them into ascending order of ID. Of those with the same ID the last one stays.
 * Return 1 while there is more to do; 0 when `records` and `count` are what they should be;
 * -ENOMEM.
 */
int merge_step(struct merge *merge);

/* Return the records. The array and the references are the caller's. */
struct record **merge_take(struct merge *merge);

/* Give back what was not taken. Take a zeroed merge. */
void merge_finish(struct merge *merge);

#endif
