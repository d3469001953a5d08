#ifndef QPFS_API_SECOND_LOOK_H
#define QPFS_API_SECOND_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "api/page.h"

/*
 * Pages without overlap are read a second time, to notice a change in between (see plan.h):
 * the first and the last one where the total is known, else all of them.
 */
struct second_look {
    struct page **pages; /* owned; count of them, NULL where not asked for yet */
    size_t count;
    size_t next; /* the first of them not asked for yet */
    bool only_ends;
    size_t last; /* index of the last page */
};

/* At PAGE_COUNT pages, of which there is more than one. 0 or -ENOMEM. */
int second_look_init(struct second_look *look, size_t page_count, bool only_ends);

/* Cancels what is under way. Takes a zeroed one. */
void second_look_finish(struct second_look *look);

/* Where the next page goes, and its INDEX; NULL when all have been asked for. */
struct page **second_look_next(struct second_look *look, size_t *index);

/* PAGE, one of those, has been looked at: gives back what it holds. */
void second_look_drop(struct second_look *look, struct page *page);

/* Whether NOW says what was read BEFORE. */
bool second_look_agrees(struct page *now, struct page *before);

#endif
