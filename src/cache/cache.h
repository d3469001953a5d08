#ifndef QPFS_CACHE_CACHE_H
#define QPFS_CACHE_CACHE_H

#include <stdint.h>
#include <sys/queue.h>

#include "api/client.h"
#include "api/pager.h"
#include "base/buffer.h"
#include "base/loop.h"
#include "cache/failure.h"

struct listing;
TAILQ_HEAD(listings, listing);
struct walker;
LIST_HEAD(walkers, walker);

#define CACHE_WALKER_BUCKETS 64

/* What all listings of a mount share. Listings are in it from listing_create() to
 * listing_destroy(). */
struct cache {
    struct loop *loop;
    struct client *client;
    struct quirks quirks;
    struct listings listings;
    /* Those with something to tell, but for singles, each in one of these; see status.h. */
    struct listings fetching; /* the fetch that began first is the first */
    struct listings settled;  /* what ended last is the first */
    size_t fetching_count, settled_count;
    uint64_t single_calls; /* fetches of records by themselves, so far */
    struct failure last_failure;
    void (*on_fetching)(void *data); /* a fetch begins, and none was under way; or NULL */
    void *on_fetching_data;
    struct walkers walkers[CACHE_WALKER_BUCKETS]; /* by process; see walk.h */
    size_t walker_count;
    bool small_lists;   /* the last list with singles that was read was one page */
    bool singles_agree; /* a list and a record by itself have said the same; see single.h */
    bool shown_before;  /* a list was let go whose names may still be asked for */
    struct loop_timer sweep;
    struct buffer
        shape;         /* names of the members of a user and their order, as lists show them */
    int64_t ttl_ms;    /* how long a snapshot serves */
    int64_t stale_ms;  /* how much longer while the service fails */
    unsigned parallel; /* pages in flight for a listing */
    bool missing_is_empty; /* the service says 404 of a list without anybody */
    const char *api_url;   /* borrowed; for status.h, as is: */
    int64_t mounted_at;    /* seconds since 1970; the mount sets it again when it is there */
};

struct cache_options {
    const char *api_url; /* must outlive the cache */
    int64_t ttl_ms;
    int64_t stale_ms;
    uint64_t per_page; /* items a call */
    unsigned parallel;
    bool missing_is_empty;
};

/* LOOP and CLIENT must outlive the cache. There is one cache in a process, for it starts the
 * reaper of records. */
void cache_init(struct cache *cache, struct loop *loop, struct client *client,
                const struct cache_options *options);

/* All listings must have been destroyed. */
void cache_finish(struct cache *cache);

/* The service does not take the key any more: nobody finds anything old (see walk.h). */
void cache_end_walks(struct cache *cache);

/* Nothing that is held serves any more; the next use of each listing fetches it. */
void cache_expire(struct cache *cache);

#endif
