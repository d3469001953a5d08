/* Holds what was read of the account. */
#ifndef QPFS_CACHE_CACHE_H
#define QPFS_CACHE_CACHE_H

#include "base/loop.h"
#include "cache/fetch.h"
#include "cache/ino.h"

/*
 * All listings of a mount. Only the cache knows all that belongs to one: the records that were
 * asked for alone, the walks through it, the list above it, what the status tells of it. When
 * something comes of a fetch, the cache says what each of them makes of that.
 */
struct cache;
struct listing;

struct cache_options {
    const char *api_url;   /* must outlive the cache */
    int64_t ttl_ms;        /* how long a snapshot serves */
    int64_t stale_ms;      /* how much longer while the service fails */
    uint64_t per_page;     /* items a call */
    unsigned parallel;     /* pages in flight for a listing */
    bool missing_is_empty; /* the service says 404 of a list without anybody */
    /* Called, with its data, when what is held ends before its time, without a call of
     * cache_expire(). The kernel may still go by it. What is held is fresh until EARLY_END
     * returns. NULL: nobody needs to know. */
    void (*early_end)(void *data);
    void *early_end_data;
};

/* LOOP and CLIENT must outlive the cache. There is one cache in a process, for it starts the
 * reaper of records. Return NULL when memory is out. */
struct cache *cache_create(struct loop *loop, struct client *client,
                           const struct cache_options *options);

/* All listings must have been removed. Take NULL. */
void cache_destroy(struct cache *cache);

/* Nothing that is held serves any more; the next use of each listing fetches it. */
void cache_expire(struct cache *cache);

/* Ask past all caches in between, for a TTL, for each list that was not read since. That is for
 * a person who wants what is so now. What is merely too old can come from a cache, which says
 * how old it is. */
void cache_ask_anew(struct cache *cache);

/* Drop what can't serve any more. The cache does so by itself, every ten seconds. */
void cache_sweep(struct cache *cache);

struct status_board *cache_status(struct cache *cache); /* see cache/status.h */
struct walkers *cache_walkers(struct cache *cache);     /* see cache/walk.h */
/* Return what all fetches share: the loop, the client, what was learnt of it, what failed last.
 */
struct fetch_source *cache_source(struct cache *cache);

/* -------- listings -------- */

struct listing_options {
    struct target target;
    struct ino_family family; /* of its records */
    /* Where its owner stands, and with which ID: if it is there, a 404 may mean that the list
     * is empty. NULL: never. */
    struct listing *owner;
    uint64_t owner_id;
    bool owner_listed; /* that is a list: if the owner is not there, a 404 may mean "gone" */
    /* The list of everybody that may stand for this one, see part.h, whose last ID is the
     * department there. NULL: this one is always asked for itself. */
    struct listing *whole;
};

/* Add a listing, of which nothing is held yet. Its owner and whole must outlive it.
 * Return NULL when memory is out. */
struct listing *cache_add(struct cache *cache, const struct listing_options *options);

/* Nobody may wait for it any more. Take NULL. */
void cache_remove(struct listing *listing);

/* Write what it is called in logs: its path in the API, without a query. */
void cache_path(const struct listing *listing, char path[static ENDPOINT_PATH_MAX]);

/* Return whether nothing of LISTING is held or remembered, and nobody wants anything of it or
 * walks through it. */
bool cache_is_idle(const struct listing *listing);

/* Return the snapshot that is held, borrowed, however old; NULL: none. */
struct snapshot *cache_held(const struct listing *listing);

/* Return whether RECORD, of any listing, is in that. Costs no search where it is not. */
bool cache_holds(const struct listing *listing, const struct record *record);

/* Return the snapshot in which record ID of LISTING can be looked up now without a call,
 * borrowed; NULL if there is none. It may be one without the record. ID 0: all of LISTING. */
struct snapshot *cache_fresh(const struct listing *listing, uint64_t id);

/* Return the milliseconds for which the kernel may believe what SNAPSHOT says of LISTING. It is
 * 0 for a record that was asked for alone: a list may come at any time, and counts more. */
int64_t cache_valid_ms(const struct listing *listing, const struct snapshot *snapshot);

/* Wait for a snapshot in which record ID can be looked up, of LISTING or of that record alone.
 * ID 0: of LISTING. Errors as of fetch_join(). */
int cache_wait(struct listing *listing, uint64_t id, struct waiter *waiter);

/* WAITER has waited for long for a record of LISTING: it is asked for alone, if LISTING is
 * still being fetched and one call more is allowed. */
void cache_hurry(struct listing *listing, struct waiter *waiter);

/* -------- asking ahead -------- */

/* Whether to ask for what comes behind a list as well. */
enum cache_ahead {
    CACHE_AHEAD_GOES_ON,
    CACHE_AHEAD_WAITS, /* not now: calls run short, or the list is long */
    CACHE_AHEAD_ENDS   /* no: the service fails */
};

/* Make the first call for LISTING, though nobody waits for it so far. What it brings is kept
 * for a reader who comes later. If it tells that LISTING takes two calls, the next use makes
 * the second one. No call is made for what is fresh, is being fetched, failed the last time, or
 * can be taken from the list of everybody; nor unless queue_has_spare(). */
enum cache_ahead cache_ask_ahead(struct listing *listing);

/* Return whether what is held of LISTING came on so few pages that it may be asked for ahead.
 */
bool cache_is_short(const struct listing *listing);

/* Return whether the last fetch of LISTING failed. */
bool cache_has_failed(const struct listing *listing);

#endif
