/* What a mount has learnt about the service's pages. All its listings share it. */
#ifndef QPFS_API_HABITS_H
#define QPFS_API_HABITS_H

#include <stdbool.h>
#include <stdint.h>

#include "api/plan.h"
#include "json/envelope.h"

/* A limit of the service that was met. It is tried again after a while: ten minutes at first,
 * and twice as long each time that it is met again, up to a day. */
struct habit {
    int64_t until_ms; /* clock_ms() */
    int64_t for_ms;   /* 0: it was never met */
};

struct habits {
    uint64_t per_page;  /* asked for */
    uint64_t page_size; /* what the last list had on a page, as far as could be seen; 0: none */
    struct habit refuses_per_page; /* so this is asked for: */
    uint64_t smaller;
    struct habit refuses_sizes;
    enum plan_sizes sizes; /* while it does: those that it keeps to */
    bool keeps_sizes;      /* a window behind page 1 had the size that was asked for */
    bool singles_work;     /* a record of a list was asked for alone, and came */
    bool no_singles;       /* a record of a list can't be asked for alone */
    unsigned distrust;     /* how often a record that was did not fit its list */
};

/* The documented default, that any service will give. */
#define HABITS_PER_PAGE_SAFE 100

/* Return what to ask for in place of SIZE, two or more, which was refused as too large: the
 * number that MESSAGE names, or the half where it names none that can be meant. "" is none. */
uint64_t habits_less_than(uint64_t size, const char *message);

/* Return what to ask for now. */
uint64_t habits_per_page(const struct habits *habits);
enum plan_sizes habits_sizes(const struct habits *habits);

/* A list was read with PER_PAGE and SIZES. What has worked where something else had not is done
 * at once from now on. */
void habits_learn(struct habits *habits, uint64_t per_page, enum plan_sizes sizes);

/* A record by itself was not what its list makes of it; after some of that none is asked for.
 */
void habits_distrust_singles(struct habits *habits);

/* Page 1 of a list for which ASKED items were asked: the service may have its own maximum,
 * which it says, or which shows if there are more items than came. */
void habits_see_page(struct habits *habits, uint64_t asked, const struct envelope *page);

#endif
