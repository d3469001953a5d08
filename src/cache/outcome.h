/* Says what is made of what comes of a fetch. Only for this folder. */
#ifndef QPFS_CACHE_OUTCOME_H
#define QPFS_CACHE_OUTCOME_H

#include "cache/listing.h"
#include "cache/singles.h"
#include "cache/status.h"
#include "cache/walk.h"

/* All listings, and what they share. cache.c makes it. */
struct cache {
    struct loop_timer sweep;
    struct fetch_source source;
    bool missing_is_empty;
    bool one_list_ended; /* lists of everybody do not stand for departments any more */
    void (*early_end)(void *data); /* or NULL */
    void *early_end_data;
    struct status_board status;
    struct walkers *walkers;
    struct single_kind kinds[ENDPOINT_COUNT]; /* by the endpoint of the list */
    TAILQ_HEAD(listing_head, listing) listings;
};

/* What the fetch of a listing tells, with the listing as its data. */
extern const struct fetch_owner outcome_fetch_owner;

/* What came of a department's part of the list of everybody, whose data is the listing. */
void outcome_on_part(struct part *part, enum part_verdict verdict);

/* Return whether the list of everybody may stand for LISTING. */
bool outcome_has_whole(const struct listing *listing);

/* Ask nobody else for LISTING any more, nor what an answer means. */
void outcome_stop_asking(struct listing *listing);

#endif
