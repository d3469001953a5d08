#ifndef QPFS_CACHE_CACHE_H
#define QPFS_CACHE_CACHE_H

#include <stdint.h>
#include <sys/queue.h>

#include "api/client.h"
#include "api/pager.h"
#include "base/loop.h"

struct listing;
TAILQ_HEAD(listings, listing);

/* What all listings of a mount share. Listings are in it from listing_create() to
 * listing_destroy(). */
struct cache {
    struct loop *loop;
    struct client *client;
    struct habits habits;
    struct listings listings;
    struct loop_timer sweep;
    size_t trimmed_at; /* wipe_freed() at which the heap was last given back */
    int64_t ttl_ms;    /* how long a snapshot serves */
    int64_t stale_ms;  /* how much longer while the service fails */
    unsigned parallel; /* pages in flight for a listing */
};

struct cache_options {
    int64_t ttl_ms;
    int64_t stale_ms;
    uint64_t per_page; /* items a call */
    unsigned parallel;
};

/* LOOP and CLIENT must outlive the cache. */
void cache_init(struct cache *cache, struct loop *loop, struct client *client,
                const struct cache_options *options);

/* All listings must have been destroyed. */
void cache_finish(struct cache *cache);

/* Nothing that is held serves any more; the next use of each listing fetches it. */
void cache_expire(struct cache *cache);

#endif
