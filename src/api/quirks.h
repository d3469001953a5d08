/* Keeps what a mount has learnt about the service's pages. All its listings share it. */
#ifndef QPFS_API_QUIRKS_H
#define QPFS_API_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

#include "api/endpoint.h"
#include "api/plan.h"
#include "json/decoder.h"

/* A limit of the service that was met. It is tried again after a while: ten minutes at first,
 * and twice as long each time that it is met again, up to a day. */
struct quirk {
    int64_t until_ms; /* clock_ms() */
    int64_t for_ms;   /* 0: it was never met */
};

struct quirks {
    uint64_t per_page;  /* asked for, unless it is refused */
    uint64_t page_size; /* what the last list had on a page, as far as could be seen; 0: none */
    struct quirk refuses_per_page;
    uint64_t smaller; /* asked for while `refuses_per_page` holds */
    struct quirk refuses_sizes;
    enum plan_sizes sizes; /* that the service keeps to while `refuses_sizes` holds */
    bool keeps_sizes;      /* a window behind page 1 had the size that was asked for */
    bool links_lie;        /* pages behind the end of a list named further ones */
    bool names_itself[ENDPOINT_COUNT]; /* a page of it gave the address that was asked for */
};

/* The documented default, which any service will give. */
#define QUIRKS_PER_PAGE_SAFE 100

/* Return what to ask for in place of SIZE, two or more, which was refused as too large: the
 * number that MESSAGE names, or half of SIZE where it names none that can be meant. */
uint64_t quirks_less_than(uint64_t size, const char *message);

/* Return what to ask for now. */
uint64_t quirks_per_page(const struct quirks *quirks);
enum plan_sizes quirks_sizes(const struct quirks *quirks);

/* A list was read with PER_PAGE and SIZES. From now on ask at once for what has worked where
 * something else had not. */
void quirks_learn(struct quirks *quirks, uint64_t per_page, enum plan_sizes sizes);

/* Page 1 of a list came, for which ASKED items were asked. The service may have a maximum of
 * its own: it says so, or there are more items than came. */
void quirks_see_page(struct quirks *quirks, uint64_t asked, const struct envelope *page);

#endif
