/* Holds a list of the account, with all that is kept of it. Only for this folder. */
#ifndef QPFS_CACHE_LISTING_H
#define QPFS_CACHE_LISTING_H

#include "cache/holding.h"
#include "cache/part.h"
#include "cache/single.h"

/*
 * One list of the account, or a record that no list shows (an organization): then it is a list
 * of one. What belongs to it knows nothing of the other parts; the cache does.
 */
struct listing {
    TAILQ_ENTRY(listing) link; /* in the cache */
    struct cache *cache;
    struct holding holding;
    struct singles singles;       /* its records that were asked for alone */
    LIST_HEAD(walks, walk) walks; /* those through it */
    struct listing *owner;        /* this and the next two as in struct listing_options */
    uint64_t owner_id;
    bool owner_listed;
    struct listing *whole; /* the list of everybody that may stand for this one, or NULL */
    struct part part;      /* of that */
    struct parts parts;    /* of this one, if it is a list of everybody */
    struct confirmation *confirmation; /* owned; after a 404, while the list above is asked */
    TAILQ_ENTRY(listing) told;         /* in the status */
    enum { LISTING_UNTOLD, LISTING_FETCHING, LISTING_SETTLED } telling;
};

#endif
