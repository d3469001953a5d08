#ifndef QPFS_API_MERGE_H
#define QPFS_API_MERGE_H

#include <stdbool.h>

#include "api/page.h"
#include "api/plan.h"

/* Pages become one list. PAGES are plan->count pages, all there, in the order of PLAN. */

/* Whether each page shows the same records as the one before it where the two overlap. */
bool merge_overlaps_agree(const struct plan *plan, struct page *const *pages);

/*
 * Moves the records of all pages, those in overlaps once, to a new array in ascending order of
 * ID. The caller frees it and owns its references. 0 or -ENOMEM; on an error the pages still
 * have all.
 */
int merge_pages(const struct plan *plan, struct page *const *pages, struct record ***records,
                size_t *count);

/* The first ID that stands twice in a sorted array, or 0. */
uint64_t merge_first_double(struct record *const *records, size_t count);

#endif
