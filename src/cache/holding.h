/* Holds what a fetch brought last, and knows how long it serves. */
#ifndef QPFS_CACHE_HOLDING_H
#define QPFS_CACHE_HOLDING_H

#include "cache/fetch.h"
#include "cache/ino.h"

/* Embedded in its owner, and zeroed at first but for the fetch: nothing is held. */
struct holding {
    struct fetch fetch;
    struct ino_family family;  /* of its records */
    struct snapshot *snapshot; /* owned; NULL: nothing */
    size_t kept_last;          /* where in that the record was that came last */
    bool expired;              /* it serves no more, not even while the service fails */
    bool failed;               /* the last fetch did */
    bool disputed;             /* the service says 404 of one that it lists */
    int64_t stale_until_ms;    /* it serves until then though its time is over */
    size_t pages;              /* of the snapshot */
    uint64_t bytes;            /* of its files */
    int64_t fetched_at;        /* as fetched_ms, by the clock on the wall, since 1970 */
};

/* Stop the fetch, and let go of what is held. Nobody may wait. */
void holding_finish(struct holding *holding);

/* -------- what serves -------- */

/* Return the milliseconds for which the snapshot will go on to serve; 0 if its time is over. */
int64_t holding_remaining_ms(const struct holding *holding);

/* Return the snapshot, borrowed, if it serves now without a call; else NULL. */
struct snapshot *holding_fresh(const struct holding *holding);

/* Return the milliseconds for which the snapshot may still serve while the service fails; 0 or
 * less: it may not. Nothing does that was asked for before the key was refused. */
int64_t holding_stale_ms(const struct holding *holding);

/* Return whether the snapshot serves now because the service failed. */
bool holding_is_stale(const struct holding *holding);

/* Return record ID of the snapshot, however old, borrowed; NULL: none is held. */
struct record *holding_find(const struct holding *holding, uint64_t id);

/* As of struct fetch_owner, of the snapshot: also when its time is over, or it has expired. */
int64_t holding_shown_ms(const struct holding *holding);

/* Return whether nothing is held, and nobody wants anything. */
bool holding_is_idle(const struct holding *holding);

/* Wait as fetch_join() does. The waiter's ID is the caller's to set. An empty list is read
 * twice if the last one that came was not, though it may be held no more. So is one that the
 * endpoint says is doubted. */
int holding_join(struct holding *holding, struct waiter *waiter, uint64_t limit);

/* -------- what came -------- */

/* For struct fetch_owner. FETCH is that of a holding. */

/* Return the older one of FRESH, which comes, and the same record that is held. */
struct record *holding_keep(void *fetch, struct record *fresh);

/* Return the record that is held whose ID is the next one above ID, or below it: BELOW.
 * Borrowed; NULL: there is none. HINT as of snapshot_find_next(). */
struct record *holding_beside(void *fetch, uint64_t id, bool below, size_t *hint);

/* Hold SNAPSHOT, made of RESULT, and take it over. */
void holding_take(struct holding *holding, struct snapshot *snapshot,
                  const struct pager_result *result);

/* Answer all that wait with the snapshot. WHY: as of struct waiter. */
void holding_deliver(struct holding *holding, const char *why);

/* The fetch failed with RESULT: log it, and let the snapshot serve until the next try. */
void holding_go_stale(struct holding *holding, const struct pager_result *result);

/* Let go of the snapshot. */
void holding_drop(struct holding *holding);

/* What is held serves no more, nor does what is being fetched: the next use fetches anew. */
void holding_expire(struct holding *holding);

/* Drop what can't serve any more, not even while the service fails; and the fetch if nobody
 * came back to it. */
void holding_sweep(struct holding *holding);

#endif
