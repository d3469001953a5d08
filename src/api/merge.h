#ifndef QPFS_API_MERGE_H
#define QPFS_API_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/page.h"
#include "api/plan.h"
#include "base/sorter.h"

/* Pages become one list, in steps. */
struct merge {
    const struct plan *plan;
    struct page *const *pages;
    struct record **records; /* owned: what has been moved here so far */
    size_t count;
    uint64_t bytes; /* of their files */
    size_t page;    /* the next one to be moved */
    bool unordered; /* two neighbours are not in ascending order */
    struct sorter sorter;
    bool sorting;
    size_t checked;
    uint64_t twice; /* an ID that stands there twice; 0: none */
};

/* Whether each page shows the same records as the one before it where the two overlap. PAGES
 * are plan->count pages, all there, in the order of PLAN. */
bool merge_overlaps_agree(const struct plan *plan, struct page *const *pages);

/* Begins; PLAN and PAGES, as above, are borrowed until the end. 0 or -ENOMEM; on an error
 * there is nothing to finish. */
int merge_init(struct merge *merge, const struct plan *plan, struct page *const *pages);

/* What all pages say of their age. */
struct freshness merge_freshness(const struct plan *plan, struct page *const *pages);

/*
 * Some of the work: moves records out of their pages, those in overlaps once, brings them into
 * ascending order of ID, and looks for one that stands there twice. 1 while there is more to
 * do; 0 when `records`, `count` and `twice` are what they should be; -ENOMEM.
 */
int merge_step(struct merge *merge);

/* The records, which are the caller's from here on, array and references. */
struct record **merge_take(struct merge *merge);

/* Gives back what was not taken. Takes a zeroed merge. */
void merge_finish(struct merge *merge);

#endif
