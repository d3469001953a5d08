#ifndef QPFS_API_PLAN_H
#define QPFS_API_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which pages to ask for, once the first one has told how many items there are and how many a
 * page holds. Pages are read at different moments, and someone who is removed from page 1 moves
 * everyone behind him up: whoever stood first on page 2 then stands last on page 1, and is
 * never seen if page 1 was read before and page 2 after. If someone else is added at the same
 * time, not even the total tells.
 *
 * So pages are made to overlap. Page k (from 1) is asked for with perPage = size - (k - 1): it
 * begins k - 1 items before the page before it ends. If both show the same people in that
 * overlap, nobody who was there throughout is missing: had he been behind page k's end when it
 * was read and before page k + 1's begin when that was, he would have passed those in the
 * overlap, and the order of those who stay does not change. It costs no call more, or one, as
 * long as there are few pages.
 *
 * With many, the shrinking pages would cost too many calls. Then plain pages are asked for:
 * page 1, the last one, only then those in the middle, and at the end page 1 and the last one
 * again. In a list in order of ID or of time, to which people are added at one end, every
 * removal moves the last page, and every addition shows on it or on page 1: so if both are what
 * they were, nothing moved in between.
 */
struct window {
    uint64_t page;     /* from 1 */
    uint64_t per_page; /* the page holds the items from (page - 1) * per_page on */
};

struct plan {
    struct window *windows; /* owned; windows[0] is the page that is there already */
    size_t count;
    bool overlapping;
};

/* More pages than this are not believed. */
#define PLAN_PAGES_MAX 100000

/*
 * Plans for TOTAL items where a page holds SIZE, both not 0. MAY_OVERLAP: whether the service
 * gives pages of just the size asked for. 0, -EFBIG past PLAN_PAGES_MAX, -ENOMEM.
 */
int plan_init(struct plan *plan, uint64_t total, uint64_t size, bool may_overlap);

/* Frees the windows. Takes a zeroed plan. */
void plan_finish(struct plan *plan);

/* One plain page of SIZE items more, for a list whose total is not known. Errors as above. */
int plan_extend(struct plan *plan, uint64_t size);

/* Position of the first item of window INDEX, and how many items it holds when there are TOTAL.
 */
uint64_t plan_start(const struct plan *plan, size_t index);
uint64_t plan_size(const struct plan *plan, size_t index, uint64_t total);

/* How many items window INDEX shares with the one before it. */
uint64_t plan_overlap(const struct plan *plan, size_t index);

#endif
