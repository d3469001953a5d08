#ifndef QPFS_API_HABITS_H
#define QPFS_API_HABITS_H

#include <stdbool.h>
#include <stdint.h>

/* What a mount has learnt about the service's pages; all its listings share it. */
struct habits {
    uint64_t per_page; /* asked for */
    bool no_overlap;   /* the service gave pages of another size than asked for */
};

/* The documented default, that any service will give. */
#define HABITS_PER_PAGE_SAFE 100

/* What has just worked where something else had not is done at once from now on. */
void habits_learn(struct habits *habits, uint64_t per_page, bool no_overlap);

#endif
