#ifndef QPFS_CACHE_LISTING_H
#define QPFS_CACHE_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "api/endpoint.h"
#include "cache/cache.h"
#include "cache/ino.h"
#include "cache/snapshot.h"

struct walk;
LIST_HEAD(walks, walk);

/*
 * One list of the account as it is held: the snapshot that serves now, when it was fetched, the
 * fetch under way, and who waits for that. A single record (an organization) is a listing of
 * one.
 */
struct listing_options {
    struct target target;
    struct listing *parent; /* the list in which this one's owner stands, or NULL */
    uint64_t parent_id;     /* and the ID that it has there */
    /* Where its owner stands, in a list or by itself, and with which ID: if it is there, a 404
     * may mean that the list is empty. NULL: never. */
    struct listing *owner;
    uint64_t owner_id;
    struct listing *list; /* of which this is one record by itself: see single.h; or NULL */
    enum ino_kind ino;    /* of its records */
    uint64_t ino_organization, ino_department;
};

struct listing {
    TAILQ_ENTRY(listing) link; /* in the cache; the rest is the listing's own */
    TAILQ_ENTRY(listing) told; /* in cache->fetching or cache->settled */
    enum { LISTING_UNTOLD, LISTING_FETCHING, LISTING_SETTLED } telling;
    struct cache *cache;
    struct listing_options options;
    struct snapshot *snapshot; /* NULL: nothing held */
    bool expired;              /* by hand, at expired_ms */
    int64_t expired_ms;
    int64_t stale_until_ms; /* until then the old snapshot serves, for the last fetch failed */
    bool failed;            /* the last fetch did */
    int failed_error;       /* of the last fetch; what it was stands for a moment */
    int64_t failed_until_ms;
    struct failure_log logged;
    struct pager *pager; /* NULL: no fetch under way */
    int64_t fetch_began_ms;
    int64_t came_ms;           /* the last fetch that succeeded ended; 0: none did */
    int64_t left_ms;           /* nobody waits for the fetch since then */
    size_t pages;              /* of the snapshot */
    uint64_t bytes;            /* of its files */
    int64_t fetched_at;        /* as fetched_ms, by the clock on the wall, in seconds */
    size_t kept_last;          /* where in the snapshot the record was that came last */
    struct waiter *confirming; /* for the parent's list, after a 404 */
    TAILQ_HEAD(waiters, waiter) waiters;
    unsigned round;
    bool shown;     /* it was complete once, or may have been: names of it may be asked for */
    uint64_t price; /* calls that it takes, as far as known; 0: not at all */
    struct record *doubt;    /* owned; of a single: see single.h; or NULL */
    int64_t doubt_ms;        /* it was asked for */
    bool contradicted;       /* a list that was asked for later does not say the same */
    struct listings singles; /* owned; those of its records that were asked for alone */
    struct walks walks;      /* those through it: see walk.h */
};

/* Someone who waits for a listing: embedded in its owner. */
struct waiter {
    TAILQ_ENTRY(waiter) link;
    struct listing *listing; /* NULL when it does not wait */
    unsigned round;
    uint64_t id; /* the record that it is about; 0: all of them */
    /* Called once, from the loop, never from listing_wait(): with ERROR 0 and SNAPSHOT,
     * borrowed; or with -errno and NULL. WHY is a sentence for people, borrowed. */
    void (*done)(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why);
};

/* NULL when memory is out. The parent must outlive it. */
struct listing *listing_create(struct cache *cache, const struct listing_options *options);

/* Nobody may wait for it any more. Takes NULL. */
void listing_destroy(struct listing *listing);

/* The snapshot, borrowed, if one serves now without a call; else NULL. */
struct snapshot *listing_fresh(const struct listing *listing);

/* Milliseconds for which the snapshot will go on to serve; 0 if it does only until the next
 * try. */
int64_t listing_remaining_ms(const struct listing *listing);

/* Waits for a snapshot: joins the fetch under way, or starts one. 0; -ENOMEM; or at once the
 * error of a fetch that has only just failed: the kernel looks a name up twice, and a pattern
 * names a thousand. */
int listing_wait(struct listing *listing, struct waiter *waiter);

/* Takes WAITER back. ABANDON: if nobody else waits, the fetch ends too, so that ^C saves what
 * calls there are left to save. */
void waiter_cancel(struct waiter *waiter, bool abandon);

/* What it is called in logs: its path in the API, without a query. */
void listing_path(const struct listing *listing, char path[static ENDPOINT_PATH_MAX]);

/* The next use fetches again. */
void listing_expire(struct listing *listing);

/* Whether it holds nothing, and nobody wants anything of it or walks through it. */
bool listing_is_idle(const struct listing *listing);

/* Drops what can't serve any more, not even while the service fails. */
void listing_sweep(struct listing *listing);

#endif
