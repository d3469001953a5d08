#ifndef QPFS_API_HABITS_H
#define QPFS_API_HABITS_H

#include <stdbool.h>
#include <stdint.h>

#include "json/envelope.h"

/* What a mount has learnt about the service's pages; all its listings share it. */
struct habits {
    uint64_t per_page;  /* asked for */
    uint64_t page_size; /* what the last list had on a page, as far as could be seen; 0: none */
    bool no_overlap;    /* the service gave pages of another size than asked for */
    bool singles_work;  /* a record of a list was asked for alone, and came */
    bool no_singles;    /* a record of a list can't be asked for alone */
    unsigned distrust;  /* how often a record that was did not fit its list */
};

/* The documented default, that any service will give. */
#define HABITS_PER_PAGE_SAFE 100

/* What has just worked where something else had not is done at once from now on. */
void habits_learn(struct habits *habits, uint64_t per_page, bool no_overlap);

/* A record by itself was not what its list makes of it; after some of that none is asked for.
 */
void habits_distrust_singles(struct habits *habits);

/* Page 1 of a list for which ASKED items were asked: the service may have its own maximum,
 * which it says, or which shows if there are more items than came. */
void habits_see_page(struct habits *habits, uint64_t asked, const struct envelope *page);

#endif
