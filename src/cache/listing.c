#include "cache/listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/live.h"
#include "base/log.h"

/* While the service fails and an old snapshot serves, how long until the next try. */
#define LISTING_STALE_RETRY_MS 5000

/* For how long a failure without a snapshot answers for itself. */
#define LISTING_FAILED_MS 1000

/* The waiter of a listing whose owner the service does not know, for the list that names the
 * owner. */
struct confirmation {
    struct waiter waiter;
    struct listing *child;
    int64_t missing_ms; /* clock_ms() of the 404 */
    bool again;         /* the first list that came was too old */
    char why[512];      /* of the 404 */
};

static void listing_on_fetched(void *data, struct pager_result *result);

struct listing *listing_create(struct cache *cache, const struct listing_options *options)
{
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    listing->cache = cache;
    listing->options = *options;
    TAILQ_INIT(&listing->waiters);
    TAILQ_INSERT_TAIL(&cache->listings, listing, link);
    live_born(LIVE_LISTING);
    return listing;
}

static void listing_stop_fetching(struct listing *listing)
{
    pager_destroy(listing->pager);
    listing->pager = NULL;
    if (listing->confirming) {
        struct confirmation *confirmation = (struct confirmation *)listing->confirming;
        waiter_cancel(&confirmation->waiter, true);
        free(confirmation);
        listing->confirming = NULL;
    }
}

void listing_destroy(struct listing *listing)
{
    if (!listing)
        return;
    listing_stop_fetching(listing);
    snapshot_unref(listing->snapshot);
    TAILQ_REMOVE(&listing->cache->listings, listing, link);
    free(listing);
    live_gone(LIVE_LISTING);
}

static void listing_drop(struct listing *listing)
{
    snapshot_unref(listing->snapshot);
    listing->snapshot = NULL;
    listing->stale_until_ms = 0;
}

void listing_path(const struct listing *listing, char path[static ENDPOINT_PATH_MAX])
{
    target_path(&listing->options.target, 0, 0, path);
}

/* -------- serving -------- */

int64_t listing_remaining_ms(const struct listing *listing)
{
    if (!listing->snapshot || listing->expired)
        return 0;
    if (listing->options.lasting)
        return listing->cache->ttl_ms;
    int64_t until = listing->snapshot->fetched_ms + listing->cache->ttl_ms;
    int64_t remaining = until - clock_ms();
    return remaining > 0 ? remaining : 0;
}

struct snapshot *listing_fresh(const struct listing *listing)
{
    if (listing_remaining_ms(listing) > 0 || clock_ms() < listing->stale_until_ms)
        return listing->snapshot;
    return NULL;
}

void listing_expire(struct listing *listing)
{
    listing->expired = true;
    listing->expired_ms = clock_ms();
    listing->stale_until_ms = 0;
    listing->failed_until_ms = 0;
}

/* How much longer the snapshot may serve when a refresh has just failed. */
static int64_t listing_stale_ms(const struct listing *listing)
{
    if (!listing->snapshot || listing->expired)
        return 0;
    const struct cache *cache = listing->cache;
    return listing->snapshot->fetched_ms + cache->ttl_ms + cache->stale_ms - clock_ms();
}

bool listing_is_idle(const struct listing *listing)
{
    return !listing->snapshot && !listing->pager && !listing->confirming &&
           TAILQ_EMPTY(&listing->waiters);
}

void listing_sweep(struct listing *listing)
{
    bool spent = listing->expired || !listing->options.lasting;
    if (listing->snapshot && !listing->pager && !listing->confirming && spent &&
        listing_remaining_ms(listing) == 0 && listing_stale_ms(listing) <= 0)
        listing_drop(listing);
}

/* -------- fetching -------- */

static struct record *listing_keep(void *data, struct record *fresh)
{
    const struct listing *listing = data;
    const struct listing_options *options = &listing->options;
    struct record *old = listing->snapshot ? snapshot_find(listing->snapshot, fresh->id) : NULL;
    if (old && record_equals(old, fresh)) {
        record_unref(fresh);
        return record_ref(old);
    }
    fresh->ino =
        ino_make(options->ino, options->ino_organization, options->ino_department, fresh->id);
    return fresh;
}

static int listing_fetch(struct listing *listing)
{
    struct pager_options options = {
        .client = listing->cache->client,
        .target = listing->options.target,
        .habits = &listing->cache->habits,
        .parallel = listing->cache->parallel,
        .keep = listing_keep,
        .done = listing_on_fetched,
        .data = listing,
    };
    listing->fetch_began_ms = clock_ms();
    listing->pager = pager_create(&options);
    return listing->pager ? 0 : -ENOMEM;
}

int listing_wait(struct listing *listing, struct waiter *waiter)
{
    if (!listing->pager && !listing->confirming) {
        if (clock_ms() < listing->failed_until_ms)
            return listing->failed_error;
        int error = listing_fetch(listing);
        if (error)
            return error;
    }
    waiter->listing = listing;
    waiter->round = listing->round;
    TAILQ_INSERT_TAIL(&listing->waiters, waiter, link);
    return 0;
}

void waiter_cancel(struct waiter *waiter, bool abandon)
{
    struct listing *listing = waiter->listing;
    if (!listing)
        return;
    TAILQ_REMOVE(&listing->waiters, waiter, link);
    waiter->listing = NULL;
    if (abandon && TAILQ_EMPTY(&listing->waiters))
        listing_stop_fetching(listing);
}

/* Whoever begins to wait while this runs belongs to the next round, and to the next fetch. */
static void listing_deliver(struct listing *listing, int error, const char *why)
{
    struct snapshot *snapshot = error ? NULL : snapshot_ref(listing->snapshot);
    struct waiter *waiter;
    listing->round++;
    while ((waiter = TAILQ_FIRST(&listing->waiters)) && waiter->round != listing->round) {
        TAILQ_REMOVE(&listing->waiters, waiter, link);
        waiter->listing = NULL;
        waiter->done(waiter, snapshot, error, why);
    }
    snapshot_unref(snapshot);
}

static void listing_fail(struct listing *listing, int error, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    listing_path(listing, path);
    log_error("%s: %s [%s]", path, why, strerror(-error));
    if (error == -EACCES)
        listing_drop(listing);
    if (error != -ENOMEM) {
        listing->failed_error = error;
        listing->failed_until_ms = clock_ms() + LISTING_FAILED_MS;
    }
    listing_deliver(listing, error, why);
}

/* -------- 404 -------- */

/* Gone, or broken? ENOENT tells rsync to delete the backup, so only a list of the parent that
 * was fetched after the 404 and that no longer names it may say so. */
static void listing_judge_missing(struct listing *listing, const struct snapshot *siblings,
                                  const char *why)
{
    bool gone = siblings && !snapshot_find(siblings, listing->options.parent_id);
    char path[ENDPOINT_PATH_MAX];
    listing_path(listing, path);
    if (!gone) {
        listing_fail(listing, -EIO, why);
        return;
    }
    log_info("%s: gone, and no longer in the list above it", path);
    listing_drop(listing);
    listing_deliver(listing, -ENOENT, why);
}

/* A list that was asked for before the 404 proves nothing: neither one that serves on because
 * the service fails, nor one whose fetch was under way. */
static bool confirmation_is_answered_by(const struct confirmation *confirmation,
                                        const struct snapshot *siblings)
{
    return siblings && siblings->began_ms >= confirmation->missing_ms;
}

static void listing_on_confirmed(struct waiter *waiter, struct snapshot *snapshot, int error,
                                 const char *why)
{
    struct confirmation *confirmation = (struct confirmation *)waiter;
    struct listing *child = confirmation->child;
    (void)error;
    (void)why;
    bool answered = confirmation_is_answered_by(confirmation, snapshot);
    if (snapshot && !answered && !confirmation->again) {
        confirmation->again = true;
        if (listing_wait(child->options.parent, waiter) == 0)
            return;
    }
    child->confirming = NULL;
    listing_judge_missing(child, answered ? snapshot : NULL, confirmation->why);
    free(confirmation);
}

static void listing_confirm_missing(struct listing *listing, const char *why)
{
    struct listing *parent = listing->options.parent;
    struct confirmation *confirmation = parent ? calloc(1, sizeof *confirmation) : NULL;
    if (!confirmation) {
        listing_fail(listing, -EIO, why);
        return;
    }
    confirmation->child = listing;
    confirmation->missing_ms = clock_ms();
    confirmation->waiter.done = listing_on_confirmed;
    snprintf(confirmation->why, sizeof confirmation->why, "%s", why);
    listing->confirming = &confirmation->waiter;
    if (listing_wait(parent, &confirmation->waiter)) {
        listing->confirming = NULL;
        free(confirmation);
        listing_fail(listing, -EIO, why);
    }
}

/* -------- what came of a fetch -------- */

/* Whether it is the service or the network that failed, and not a word about what was asked
 * for. */
static bool listing_may_serve_stale(const struct pager_result *result)
{
    switch (-result->error) {
    case EIO:
        return !result->not_found;
    case EBADMSG: /* the connection ended in the midst of an answer */
        return result->passing;
    case ETIMEDOUT:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case EAGAIN:
    case EDQUOT:
        return true;
    default:
        return false;
    }
}

static void listing_serve_stale(struct listing *listing, int64_t left_ms, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    int64_t now = clock_ms();
    listing_path(listing, path);
    log_warning("%s: %s; showing what was read %lld seconds ago", path, why,
                (long long)((now - listing->snapshot->fetched_ms) / 1000));
    listing->stale_until_ms =
        now + (left_ms < LISTING_STALE_RETRY_MS ? left_ms : LISTING_STALE_RETRY_MS);
    listing_deliver(listing, 0, why);
}

static void listing_accept(struct listing *listing, struct pager_result *result)
{
    struct snapshot *snapshot =
        snapshot_create(result->records, result->count, listing->fetch_began_ms, clock_ms());
    if (!snapshot) {
        for (size_t i = 0; i < result->count; i++)
            record_unref(result->records[i]);
        free(result->records);
        listing_fail(listing, -ENOMEM, "out of memory");
        return;
    }
    listing_drop(listing);
    listing->snapshot = snapshot;
    /* What was asked for before it was expired by hand is as old as what it replaces. */
    listing->expired = listing->fetch_began_ms <= listing->expired_ms;
    listing_deliver(listing, 0, "");
}

static void listing_on_fetched(void *data, struct pager_result *result)
{
    struct listing *listing = data;
    listing->pager = NULL;
    if (!result->error) {
        listing_accept(listing, result);
        return;
    }
    int64_t stale_ms = listing_stale_ms(listing);
    if (stale_ms > 0 && listing_may_serve_stale(result))
        listing_serve_stale(listing, stale_ms, result->why);
    else if (result->not_found)
        listing_confirm_missing(listing, result->why);
    else
        listing_fail(listing, result->error, result->why);
}
