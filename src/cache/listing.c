#include "cache/listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/objects.h"
#include "cache/listing_parts.h"
#include "cache/snapshot.h"
#include "cache/walk.h"
#include "json/reaper.h"

/* While the service fails and an old snapshot serves, how long until the next try. */
#define LISTING_STALE_RETRY_MS 5000

/* For how long a failure without a snapshot answers for itself, but for a 403. */
#define LISTING_FAILED_MS 1000

/* For at least as long a snapshot serves, however old its pages say that they are: one command
 * looks a name up twice, and many ask at once. */
#define LISTING_FRESH_MIN_MS 1000

static void listing_on_fetched(void *data, struct pager_result *result);

/* A single stands with its list, everything else in the cache. */
static struct listings *listing_siblings(const struct listing *listing)
{
    struct listing *list = listing->options.list;
    return list ? &list->singles : &listing->cache->listings;
}

struct listing *listing_create(struct cache *cache, const struct listing_options *options)
{
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    listing->cache = cache;
    listing->options = *options;
    listing->shown = cache->shown_before;
    TAILQ_INIT(&listing->waiters);
    TAILQ_INIT(&listing->singles);
    TAILQ_INSERT_TAIL(listing_siblings(listing), listing, link);
    objects_add(OBJECTS_LISTING);
    return listing;
}

static void listing_stop_fetching(struct listing *listing)
{
    pager_destroy(listing->pager);
    listing->pager = NULL;
    listing_stop_confirming(listing);
    listing_tell(listing);
}

void listing_destroy(struct listing *listing)
{
    if (!listing)
        return;
    if (listing->options.target.endpoint->one && listing->shown)
        listing->cache->shown_before = true;
    singles_destroy(listing);
    walks_end(listing);
    listing_stop_fetching(listing);
    listing_drop(listing);
    listing_untell(listing);
    TAILQ_REMOVE(listing_siblings(listing), listing, link);
    free(listing);
    objects_remove(OBJECTS_LISTING);
}

void listing_drop(struct listing *listing)
{
    makings_end(listing->snapshot);
    snapshot_unref(listing->snapshot);
    listing->snapshot = NULL;
    listing->stale_until_ms = 0;
    single_forget_doubt(listing);
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
    int64_t remaining = listing->snapshot->fresh_until_ms - clock_ms();
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
    singles_expire(listing);
    walks_end(listing);
}

int64_t listing_stale_ms(const struct listing *listing)
{
    if (!listing->snapshot || listing->expired)
        return 0;
    return listing->snapshot->fresh_until_ms + listing->cache->stale_ms - clock_ms();
}

bool listing_is_idle(const struct listing *listing)
{
    return !listing->snapshot && !listing_is_busy(listing) && TAILQ_EMPTY(&listing->waiters) &&
           TAILQ_EMPTY(&listing->singles) && LIST_EMPTY(&listing->walks);
}

void listing_sweep(struct listing *listing)
{
    singles_sweep(listing);
    bool left = TAILQ_EMPTY(&listing->waiters) &&
                clock_ms() - listing->left_ms > listing->cache->ttl_ms;
    if (listing->pager && left) /* what came for somebody who left is getting old */
        listing_stop_fetching(listing);
    if (listing->snapshot && !listing->pager && !listing->confirming &&
        listing_remaining_ms(listing) == 0 && listing_stale_ms(listing) <= 0)
        listing_drop(listing);
    if (listing->snapshot)
        makings_sweep(listing->snapshot);
    listing_sweep_telling(listing);
}

/* -------- fetching -------- */

static struct record *listing_keep(void *data, struct record *fresh)
{
    struct listing *listing = data;
    const struct listing_options *options = &listing->options;
    struct record *old = listing->snapshot ? snapshot_find_next(listing->snapshot, fresh->id,
                                                                &listing->kept_last)
                                           : NULL;
    if (old && record_equals(old, fresh)) {
        record_unref(fresh);
        return record_ref(old);
    }
    fresh->ino =
        ino_make(options->ino, options->ino_organization, options->ino_department, fresh->id);
    return fresh;
}

bool listing_expects_people(const struct listing *listing)
{
    return listing->snapshot && listing->snapshot->count > 0;
}

int listing_fetch(struct listing *listing, uint64_t limit)
{
    bool single = listing->options.list != NULL;
    struct pager_options options = {
        .client = listing->cache->client,
        .target = listing->options.target,
        .quirks = &listing->cache->quirks,
        .parallel = listing->cache->parallel,
        .limit = limit,
        .expect_people = listing_expects_people(listing),
        .missing_is_empty = listing->cache->missing_is_empty && listing->options.owner,
        .keep = single ? single_keep : listing_keep,
        .done = single ? single_on_fetched : listing_on_fetched,
        .data = listing,
    };
    listing->fetch_began_ms = clock_ms();
    listing->pager = pager_create(&options);
    if (!listing->pager)
        return -ENOMEM;
    listing->cache->single_calls += single;
    listing_tell(listing);
    return 0;
}

bool listing_is_busy(const struct listing *listing)
{
    return listing->pager || listing->confirming || clock_ms() < listing->failed_until_ms;
}

int listing_join(struct listing *listing, struct waiter *waiter, uint64_t limit)
{
    if (listing->pager) {
        pager_pause(listing->pager, false);
        if (limit == 0)
            pager_unlimit(listing->pager);
    } else if (!listing->confirming) {
        if (clock_ms() < listing->failed_until_ms)
            return listing->failed_error;
        int error = listing_fetch(listing, limit);
        if (error)
            return error;
    }
    waiter->listing = listing;
    waiter->round = listing->round;
    TAILQ_INSERT_TAIL(&listing->waiters, waiter, link);
    return 0;
}

int listing_wait(struct listing *listing, struct waiter *waiter)
{
    waiter->id = 0;
    return listing_join(listing, waiter, 0);
}

void waiter_cancel(struct waiter *waiter, bool abandon)
{
    struct listing *listing = waiter->listing;
    if (!listing)
        return;
    TAILQ_REMOVE(&listing->waiters, waiter, link);
    waiter->listing = NULL;
    if (!TAILQ_EMPTY(&listing->waiters))
        return;
    if (abandon)
        listing_stop_fetching(listing);
    else if (listing->pager)
        pager_pause(listing->pager, true);
    listing->left_ms = clock_ms();
}

void listing_begin_round(struct listing *listing)
{
    listing->round++;
}

struct waiter *listing_next_waiter(struct listing *listing)
{
    struct waiter *waiter = TAILQ_FIRST(&listing->waiters);
    if (!waiter || waiter->round == listing->round)
        return NULL;
    TAILQ_REMOVE(&listing->waiters, waiter, link);
    waiter->listing = NULL;
    return waiter;
}

void listing_deliver(struct listing *listing, struct snapshot *snapshot, int error,
                     const char *why)
{
    struct waiter *waiter;
    if (snapshot)
        snapshot_ref(snapshot);
    listing_begin_round(listing);
    while ((waiter = listing_next_waiter(listing)))
        waiter->done(waiter, snapshot, error, why);
    snapshot_unref(snapshot);
}

void listing_refuse(struct listing *listing)
{
    listing_drop(listing);
    singles_drop(listing);
    walks_end(listing);
}

/* A permission that is lacking does not come back by itself within a second, and no page is too
 * large that holds one record, or soon again. What was asked for before a SIGHUP says nothing
 * of what is so after it. */
static int64_t listing_failed_ms(const struct listing *listing, long status)
{
    int64_t ttl_ms = listing->cache->ttl_ms;
    bool lasts =
        (status == 403 || status == 413) && listing->fetch_began_ms > listing->expired_ms;
    return lasts && ttl_ms > LISTING_FAILED_MS ? ttl_ms : LISTING_FAILED_MS;
}

static void listing_log_failure(struct listing *listing, const struct pager_result *result)
{
    char path[ENDPOINT_PATH_MAX], more[FAILURE_MORE_MAX];
    const struct log_about about = {
        .path = path, .status = result->status, .error = -result->error};
    if (result->untried ||
        !failure_log_take(&listing->logged, result->error, result->status, clock_ms(), more))
        return;
    listing_path(listing, path);
    log_line_about(LOG_LEVEL_ERROR, &about, "%s: %s [%s]%s", path, result->why,
                   strerror(-result->error), more);
}

void listing_fail(struct listing *listing, const struct pager_result *result)
{
    int error = result->error;
    listing_log_failure(listing, result);
    if (error == -EACCES)
        listing_refuse(listing);
    listing->failed = true;
    listing_tell(listing);
    if (error != -ENOMEM) {
        listing->failed_error = error;
        listing->failed_until_ms = clock_ms() + listing_failed_ms(listing, result->status);
    }
    listing_deliver(listing, NULL, error, result->why);
}

void listing_fail_memory(struct listing *listing)
{
    listing_fail(listing, &(struct pager_result){.error = -ENOMEM, .why = "out of memory"});
}

/* -------- what came of a fetch -------- */

bool listing_may_serve_stale(const struct pager_result *result)
{
    switch (-result->error) {
    case EIO:
        return !result->not_found;
    case EBADMSG: /* the connection ended in the midst of an answer */
        return result->transient;
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

static void listing_log_stale(struct listing *listing, const struct pager_result *result)
{
    char path[ENDPOINT_PATH_MAX], more[FAILURE_MORE_MAX];
    int64_t now = clock_ms();
    if (result->untried || !failure_log_take(&listing->logged, result->error, 0, now, more))
        return;
    listing_path(listing, path);
    log_line_about(LOG_LEVEL_WARNING, &(struct log_about){.path = path},
                   "%s: %s; showing what was read %lld seconds ago%s", path, result->why,
                   (long long)((now - listing->snapshot->fetched_ms) / 1000), more);
}

void listing_mark_stale(struct listing *listing, const struct pager_result *result)
{
    int64_t left_ms = listing_stale_ms(listing);
    int64_t now = clock_ms();
    listing_log_stale(listing, result);
    listing->failed = true;
    listing_tell(listing);
    listing->stale_until_ms =
        now + (left_ms < LISTING_STALE_RETRY_MS ? left_ms : LISTING_STALE_RETRY_MS);
}

void listing_accept(struct listing *listing, struct pager_result *result)
{
    struct snapshot *snapshot =
        snapshot_create(result->records, result->count, listing->fetch_began_ms, clock_ms());
    if (!snapshot)
        reaper_take(result->records, result->count);
    if (!snapshot || !singles_meet_list(listing, snapshot)) {
        snapshot_unref(snapshot);
        listing_fail_memory(listing);
        return;
    }
    snapshot->fresh_until_ms =
        snapshot->fetched_ms +
        freshness_ttl_ms(&result->freshness, listing->cache->ttl_ms, LISTING_FRESH_MIN_MS);
    makings_carry(snapshot, listing->snapshot);
    listing_drop(listing);
    listing->snapshot = snapshot;
    listing->came_ms = snapshot->fetched_ms;
    listing->price = result->price;
    listing->pages = result->pages;
    if (listing->options.target.endpoint->one)
        listing->cache->small_lists = result->pages <= 1;
    listing->bytes = result->bytes;
    listing->fetched_at = time(NULL);
    listing->failed = false;
    listing->shown = true;
    /* What was asked for before it was expired by hand is as old as what it replaces. */
    listing->expired = listing->fetch_began_ms <= listing->expired_ms;
    walks_renew(listing);
    listing_tell(listing);
    listing_deliver(listing, listing->snapshot, 0, "");
}

static void listing_on_fetched(void *data, struct pager_result *result)
{
    struct listing *listing = data;
    listing->pager = NULL;
    if (!result->error) {
        listing_accept(listing, result);
        return;
    }
    listing_tell(listing);
    if (result->error == -E2BIG) {
        listing->price = result->price;
        singles_take_over(listing);
        return;
    }
    if (result->status == 401)
        cache_end_walks(listing->cache);
    bool passes = listing_may_serve_stale(result);
    if (!result->not_found)
        listing_note_failure(listing, result);
    if (passes)
        singles_stand_in(listing, result);
    if (passes && listing_stale_ms(listing) > 0) {
        listing_mark_stale(listing, result);
        listing_deliver(listing, listing->snapshot, 0, result->why);
    } else if (result->not_found) {
        listing_confirm_missing(listing, result);
    } else {
        listing_fail(listing, result);
    }
}
