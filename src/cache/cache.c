/* Holds what was read of the account, and says what is made of what comes. */
#include "cache/cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/objects.h"
#include "base/reaper.h"
#include "base/wipe.h"
#include "cache/confirmation.h"
#include "cache/listing.h"
#include "cache/singles.h"
#include "cache/status.h"
#include "cache/walk.h"

#define CACHE_SWEEP_MS 10000

/* Less than this is not worth the kernel's while. */
#define CACHE_GIVE_BACK ((size_t)1 << 20)

struct cache {
    struct loop *loop;
    struct loop_timer sweep;
    struct fetch_source source;
    bool missing_is_empty;
    bool one_list_ended; /* lists of everybody do not stand for departments any more */
    struct status_board status;
    struct walkers *walkers;
    struct single_kind kinds[ENDPOINT_COUNT]; /* by the endpoint of the list */
    TAILQ_HEAD(listing_head, listing) listings;
};

/* The service does not take the key any more: nobody finds anything old. */
static void cache_end_old(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link) {
        walks_end(listing);
        listing->holding.stale_until_ms = 0;
        singles_end_stale(&listing->singles);
    }
}

/* -------- what came of a fetch -------- */

static void cache_update_status(struct listing *listing)
{
    status_update(&listing->cache->status, listing);
}

static void cache_note_failed(struct listing *listing)
{
    listing->holding.failed = true;
    cache_update_status(listing);
}

/* Lists of everybody stand for departments no more. What was taken from them may be short. */
static void cache_end_one_list(struct cache *cache, const struct listing *whole,
                               const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    struct listing *listing;
    if (cache->one_list_ended)
        return;
    cache->one_list_ended = true;
    cache_path(whole, path);
    log_warning("%s: one_list is not used any more, and each department is asked for itself: "
                "%s",
                path, why);
    TAILQ_FOREACH(listing, &cache->listings, link)
        listing->holding.expired |= listing->holding.pages == 0 && listing->whole;
}

/* The department's own list came, as SNAPSHOT, or what stands for it. */
static void cache_note_part(struct listing *listing, const struct pager_result *result,
                            const struct snapshot *snapshot, bool own)
{
    struct cache *cache = listing->cache;
    struct listing *whole = listing->whole;
    const char *why = own ? part_compare(&listing->part, snapshot) : NULL;
    if (own)
        parts_count_calls(&whole->parts, &whole->holding, result->price);
    if (parts_remember(&whole->parts, listing->part.department, snapshot) && !why)
        why = "out of memory";
    if (why)
        cache_end_one_list(cache, whole, why);
}

/* What was taken from a list that is over serves as long as that does. */
static void cache_stand_with(struct listing *listing)
{
    const struct holding *whole = &listing->whole->holding;
    listing->holding.fetched_at = whole->fetched_at;
    listing->holding.failed = whole->failed;
    listing->holding.stale_until_ms = whole->stale_until_ms;
}

/* A new list: what was asked for later stays in it. What was made of the same records goes over
 * to it, and so do those who walk. WHOLE: as of fetch_make_snapshot(). */
static void cache_take(struct listing *listing, struct pager_result *result,
                       const struct snapshot *whole)
{
    struct holding *holding = &listing->holding;
    struct snapshot *snapshot = fetch_make_snapshot(&holding->fetch, result, whole);
    if (snapshot && !singles_meet_list(&listing->singles, snapshot)) {
        snapshot_unref(snapshot);
        snapshot = NULL;
    }
    if (!snapshot) {
        cache_note_failed(listing);
        fetch_fail_memory(&holding->fetch);
        return;
    }
    makings_carry(snapshot, holding->snapshot);
    holding_take(holding, snapshot, result);
    parts_forget_calls(&listing->parts, holding);
    if (listing->whole && !listing->cache->one_list_ended)
        cache_note_part(listing, result, snapshot, !whole);
    if (whole && listing->whole)
        cache_stand_with(listing);
    singles_note_list(&listing->singles, result);
    walks_renew(listing);
    cache_update_status(listing);
    holding_deliver(holding, "");
}

/* Nothing of it may be seen any more. */
static void cache_refuse(struct listing *listing)
{
    holding_drop(&listing->holding);
    singles_drop(&listing->singles);
    walks_end(listing);
}

static void cache_fail(struct listing *listing, const struct pager_result *result)
{
    if (result->error == -EACCES)
        cache_refuse(listing);
    cache_note_failed(listing);
    fetch_fail(&listing->holding.fetch, result);
}

static void cache_ask_above(struct listing *listing, const struct pager_result *result);

/* What is held may answer in place of the error in RESULT. */
static void cache_bear(struct listing *listing, const struct pager_result *result)
{
    bool passes = fetch_failure_passes(result);
    if (passes)
        singles_stand_in(&listing->singles, result);
    if (passes && holding_stale_ms(&listing->holding) > 0) {
        holding_go_stale(&listing->holding, result);
        cache_note_failed(listing);
        holding_deliver(&listing->holding, result->why);
    } else if (result->not_found) {
        cache_ask_above(listing, result);
    } else {
        cache_fail(listing, result);
    }
}

static void cache_on_error(struct listing *listing, const struct pager_result *result)
{
    if (result->status == 401)
        cache_end_old(listing->cache);
    if (!result->not_found)
        fetch_note_failure(&listing->holding.fetch, result);
    cache_bear(listing, result);
}

/* The two lists of a department were to be compared, and its own can't be had. Return whether
 * the list of everybody is asked in its place. */
static bool cache_believes_untried(struct listing *listing, const struct pager_result *result)
{
    if (!listing->part.trying || fetch_failure_passes(result) || result->status == 401 ||
        listing->cache->one_list_ended)
        return false;
    listing->part.trying = false;
    listing->whole->parts.agree = true;
    return fetch_start(&listing->holding.fetch, 0) == 0;
}

static void cache_on_ended(void *data, struct pager_result *result)
{
    struct listing *listing = data;
    if (!result->error) {
        cache_take(listing, result, NULL);
        return;
    }
    cache_update_status(listing);
    if (cache_believes_untried(listing, result))
        return;
    if (result->error == -E2BIG)
        singles_take_over(&listing->singles, result->price);
    else
        cache_on_error(listing, result);
}

static void cache_on_began(void *data)
{
    cache_update_status(data);
}

/* The service refuses the key for a record of a list. */
static void cache_on_refused(void *data)
{
    struct listing *listing = data;
    cache_refuse(listing);
    cache_end_old(listing->cache);
}

/* -------- a 404 -------- */

#define CACHE_EMPTY_HINT                                                                       \
    "; if that is how the service says that a list is empty, give empty_lists=404"

static void cache_fail_404(struct listing *listing, const char *why)
{
    cache_fail(listing, &(struct pager_result){
                            .error = -EIO, .status = 404, .not_found = true, .why = why});
}

/* Nobody is listed. It took one call, or two. */
static void cache_take_nobody(struct listing *listing)
{
    struct pager_result nobody = {.count = 0, .pages = 1, .price = 1};
    cache_take(listing, &nobody, NULL);
}

static void cache_take_gone(struct listing *listing, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    cache_path(listing, path);
    log_info("%s: gone, and no longer in the list above it", path);
    holding_drop(&listing->holding);
    listing->holding.failed = false;
    cache_update_status(listing);
    fetch_deliver(&listing->holding.fetch, NULL, -ENOENT, why);
}

/* Free CONFIRMATION. */
static void cache_settle(struct listing *listing, struct confirmation *confirmation,
                         enum confirmation_verdict verdict)
{
    if (verdict == CONFIRMATION_EMPTY) {
        cache_take_nobody(listing);
    } else if (verdict == CONFIRMATION_GONE) {
        cache_take_gone(listing, confirmation->why);
    } else {
        fetch_source_note(&listing->cache->source, &confirmation->failure);
        cache_fail_404(listing, confirmation->why);
    }
    free(confirmation);
}

static void cache_on_confirmed(struct confirmation *confirmation,
                               enum confirmation_verdict verdict)
{
    struct listing *listing = confirmation->data;
    listing->confirmation = NULL;
    listing->holding.fetch.unsettled = false;
    cache_settle(listing, confirmation, verdict);
}

static struct confirmation *cache_confirmation(struct listing *listing,
                                               const struct pager_result *result)
{
    struct confirmation *confirmation = calloc(1, sizeof *confirmation);
    bool may_be_empty = result->nobody && listing->cache->missing_is_empty && listing->owner;
    struct listing *asked = may_be_empty ? listing->owner : listing->parent;
    if (!confirmation)
        return NULL;
    confirmation->asked = asked ? &asked->holding : NULL;
    confirmation->id = may_be_empty ? listing->owner_id : listing->parent_id;
    confirmation->may_be_gone = asked == listing->parent;
    confirmation->may_be_empty = may_be_empty;
    confirmation->any_age = may_be_empty && !holding_has_people(&listing->holding);
    confirmation->data = listing;
    confirmation->done = cache_on_confirmed;
    fetch_fill_failure(&listing->holding.fetch, result, &confirmation->failure);
    snprintf(confirmation->why, sizeof confirmation->why, "%s%s", result->why,
             result->nobody && !may_be_empty ? CACHE_EMPTY_HINT : "");
    return confirmation;
}

static void cache_ask_above(struct listing *listing, const struct pager_result *result)
{
    struct confirmation *confirmation = cache_confirmation(listing, result);
    if (!confirmation) {
        fetch_note_failure(&listing->holding.fetch, result);
        cache_fail_404(listing, result->why);
        return;
    }
    enum confirmation_verdict verdict = confirmation_start(confirmation);
    if (verdict != CONFIRMATION_NONE) {
        cache_settle(listing, confirmation, verdict);
        return;
    }
    listing->confirmation = confirmation;
    listing->holding.fetch.unsettled = true;
}

static void cache_stop_asking(struct listing *listing)
{
    if (!listing->confirmation)
        return;
    confirmation_stop(listing->confirmation);
    free(listing->confirmation);
    listing->confirmation = NULL;
}

static void cache_on_stopped(void *data)
{
    struct listing *listing = data;
    part_stop(&listing->part, true);
    cache_stop_asking(listing);
    cache_update_status(listing);
}

/* -------- the list of everybody in place of a department's -------- */

static bool cache_has_whole(const struct listing *listing)
{
    return listing->whole && !listing->cache->one_list_ended;
}

/* One name is worth the department's own list at most, if the list of everybody costs calls. */
static bool cache_on_begin(void *data, uint64_t limit)
{
    struct listing *listing = data;
    if (!cache_has_whole(listing) || limit > 0)
        return false;
    part_start(&listing->part);
    return true;
}

static void cache_on_left(void *data)
{
    struct listing *listing = data;
    if (!listing->part.running)
        return;
    part_stop(&listing->part, false);
    listing->holding.fetch.unsettled = false;
    cache_update_status(listing);
}

static void cache_ask_own(struct listing *listing)
{
    if (fetch_start_pager(&listing->holding.fetch, 0))
        fetch_fail_memory(&listing->holding.fetch);
}

static void cache_take_part(struct listing *listing)
{
    struct part *part = &listing->part;
    struct listing *whole = listing->whole;
    struct pager_result result = {.records = part->records, .count = part->count};
    char path[ENDPOINT_PATH_MAX];
    for (size_t i = 0; i < part->count; i++)
        result.bytes += part->records[i]->size;
    result.price = part->count / quirks_per_page(&listing->cache->source.quirks) + 1;
    listing->holding.fetch.began_ms = part->source->began_ms;
    cache_path(whole, path);
    parts_log_outside(&whole->parts, part->source,
                      listing->parent ? cache_held(listing->parent) : NULL, path);
    cache_take(listing, &result, part->source);
}

/* The list of everybody can't be had. If that may pass, so may this. */
static void cache_fail_part(struct listing *listing)
{
    const struct part *part = &listing->part;
    const struct fetch *fetch = &listing->whole->holding.fetch;
    struct pager_result result = {
        .error = part->error,
        .status = fetch->failed_status,
        .untried = true, /* it is in the log */
        .why = part->why,
    };
    if (part->error == -ENOMEM || fetch->failed_passes || fetch->failed_status == 401) {
        cache_bear(listing, &result);
        return;
    }
    cache_end_one_list(listing->cache, listing->whole, part->why);
    cache_ask_own(listing);
}

static void cache_on_part(struct part *part, enum part_verdict verdict)
{
    struct listing *listing = part->data;
    listing->holding.fetch.unsettled = false;
    if (verdict == PART_FAILED)
        cache_fail_part(listing);
    else if (verdict == PART_TAKEN && cache_has_whole(listing))
        cache_take_part(listing);
    else
        cache_ask_own(listing);
}

/* -------- listings -------- */

static struct record *cache_on_record(void *data, struct record *fresh)
{
    struct listing *listing = data;
    return holding_keep(&listing->holding, fresh);
}

static const struct fetch_owner cache_fetch_owner = {
    .begin = cache_on_begin,
    .left = cache_on_left,
    .began = cache_on_began,
    .stopped = cache_on_stopped,
    .ended = cache_on_ended,
    .keep = cache_on_record,
};

struct listing *cache_add(struct cache *cache, const struct listing_options *options)
{
    const struct endpoint *endpoint = options->target.endpoint;
    struct single_kind *kind = &cache->kinds[endpoint_name(endpoint)];
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    listing->cache = cache;
    fetch_init(&listing->holding.fetch, &cache->source, &options->target, &cache_fetch_owner,
               listing);
    listing->holding.fetch.missing_is_empty = cache->missing_is_empty && options->owner;
    listing->holding.family = options->family;
    singles_init(&listing->singles, &listing->holding, endpoint->one ? kind : NULL);
    LIST_INIT(&listing->walks);
    listing->parent = options->parent;
    listing->parent_id = options->parent_id;
    listing->owner = options->owner;
    listing->owner_id = options->owner_id;
    listing->whole = options->whole;
    if (listing->whole)
        listing->part = (struct part){
            .whole = &listing->whole->holding,
            .parts = &listing->whole->parts,
            .department = options->target.ids[1],
            .data = listing,
            .done = cache_on_part,
            .keep = cache_on_record,
        };
    TAILQ_INSERT_TAIL(&cache->listings, listing, link);
    objects_add(OBJECTS_LISTING);
    return listing;
}

void cache_remove(struct listing *listing)
{
    if (!listing)
        return;
    singles_finish(&listing->singles);
    walks_end(listing);
    cache_stop_asking(listing);
    part_stop(&listing->part, true);
    parts_finish(&listing->parts);
    holding_finish(&listing->holding);
    status_forget(&listing->cache->status, listing);
    TAILQ_REMOVE(&listing->cache->listings, listing, link);
    free(listing);
    objects_remove(OBJECTS_LISTING);
}

void cache_path(const struct listing *listing, char path[static ENDPOINT_PATH_MAX])
{
    target_path(&listing->holding.fetch.target, 0, 0, path);
}

bool cache_is_idle(const struct listing *listing)
{
    return holding_is_idle(&listing->holding) && TAILQ_EMPTY(&listing->singles.all) &&
           LIST_EMPTY(&listing->walks) && parts_are_idle(&listing->parts);
}

struct snapshot *cache_held(const struct listing *listing)
{
    return listing->holding.snapshot;
}

bool cache_holds(const struct listing *listing, const struct record *record)
{
    return record->ino == ino_of(&listing->holding.family, record) &&
           holding_find(&listing->holding, record->id) == record;
}

struct snapshot *cache_fresh(const struct listing *listing, uint64_t id)
{
    return singles_fresh(&listing->singles, id);
}

int64_t cache_valid_ms(const struct listing *listing, const struct snapshot *snapshot,
                       uint64_t id)
{
    return singles_valid_ms(&listing->singles, snapshot, id);
}

/* Whether the list of everybody is there or is coming, or costs no more than single calls. */
static bool cache_whole_pays(const struct listing *listing)
{
    struct listing *whole = listing->whole;
    return holding_fresh(&whole->holding) || fetch_is_open(&whole->holding.fetch) ||
           parts_pay_whole(&whole->parts, &whole->holding, whole->singles.price);
}

int cache_wait(struct listing *listing, uint64_t id, struct waiter *waiter)
{
    if (id == 0 || !cache_has_whole(listing) || !cache_whole_pays(listing))
        return singles_wait(&listing->singles, id, waiter);
    waiter->id = id;
    return holding_join(&listing->holding, waiter, 0);
}

void cache_hurry(struct listing *listing, struct waiter *waiter)
{
    singles_hurry(&listing->singles, waiter);
}

struct record *cache_single_at(const struct listing *listing, size_t index)
{
    return singles_at(&listing->singles, index);
}

/* -------- all of them -------- */

/* People's data must not stay in memory of a mount that nobody looks at. */
void cache_sweep(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link) {
        singles_sweep(&listing->singles);
        holding_sweep(&listing->holding);
        status_sweep(&cache->status, listing);
    }
    walkers_sweep(cache->walkers);
}

static void cache_on_sweep(void *data)
{
    struct cache *cache = data;
    cache_sweep(cache);
    /* Not tied to what is dropped by the sweep: a record that the kernel knows goes when the
     * kernel forgets it. */
    wipe_give_back(CACHE_GIVE_BACK);
    loop_timer_start(cache->loop, &cache->sweep, CACHE_SWEEP_MS, cache_on_sweep, cache);
}

struct cache *cache_create(struct loop *loop, struct client *client,
                           const struct cache_options *options)
{
    struct cache *cache = calloc(1, sizeof *cache);
    struct walkers *walkers = walkers_create(options->ttl_ms);
    if (!cache || !walkers) {
        free(cache);
        walkers_destroy(walkers);
        return NULL;
    }
    cache->loop = loop;
    cache->source = (struct fetch_source){
        .client = client,
        .quirks.per_page = options->per_page,
        .ttl_ms = options->ttl_ms,
        .stale_ms = options->stale_ms,
        .parallel = options->parallel,
    };
    cache->missing_is_empty = options->missing_is_empty;
    cache->walkers = walkers;
    status_board_init(&cache->status, &cache->source, options->api_url);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        single_kind_init(&cache->kinds[i], cache_on_refused);
    TAILQ_INIT(&cache->listings);
    reaper_init(loop);
    loop_timer_start(loop, &cache->sweep, CACHE_SWEEP_MS, cache_on_sweep, cache);
    return cache;
}

void cache_destroy(struct cache *cache)
{
    if (!cache)
        return;
    loop_timer_stop(&cache->sweep);
    walkers_destroy(cache->walkers);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        single_kind_finish(&cache->kinds[i]);
    free(cache);
    reaper_finish();
}

void cache_expire(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link) {
        holding_expire(&listing->holding);
        singles_expire(&listing->singles);
        walks_end(listing);
    }
}

void cache_ask_past(struct cache *cache)
{
    cache->source.past_ms = clock_ms();
}

struct loop *cache_loop(const struct cache *cache)
{
    return cache->loop;
}

struct status_board *cache_status(struct cache *cache)
{
    return &cache->status;
}

struct walkers *cache_walkers(struct cache *cache)
{
    return cache->walkers;
}

struct fetch_source *cache_source(struct cache *cache)
{
    return &cache->source;
}
