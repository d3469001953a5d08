/* Holds what was read of the account. */
#include "cache/cache.h"

#include <search.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/objects.h"
#include "base/reaper.h"
#include "base/wipe.h"
#include "cache/outcome.h"

#define CACHE_SWEEP_MS 10000

/* Less than this is not worth the kernel's while. */
#define CACHE_GIVE_BACK ((size_t)1 << 20)

/* -------- listings -------- */

struct listing *cache_add(struct cache *cache, const struct listing_options *options)
{
    const struct endpoint *endpoint = options->target.endpoint;
    struct single_kind *kind = &cache->kinds[endpoint_name(endpoint)];
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    listing->cache = cache;
    fetch_init(&listing->holding.fetch, &cache->source, &options->target, &outcome_fetch_owner,
               listing);
    listing->holding.fetch.missing_is_empty = cache->missing_is_empty && options->owner;
    listing->holding.family = options->family;
    singles_init(&listing->singles, &listing->holding, endpoint->one ? kind : NULL);
    LIST_INIT(&listing->walks);
    listing->owner = options->owner;
    listing->owner_id = options->owner_id;
    listing->owner_listed = options->owner_listed;
    listing->whole = options->whole;
    if (listing->whole)
        listing->part = (struct part){
            .own = &listing->holding,
            .whole = &listing->whole->holding,
            .parts = &listing->whole->parts,
            .department = options->target.ids[1],
            .data = listing,
            .done = outcome_on_part,
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
    outcome_stop_asking(listing);
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

int64_t cache_valid_ms(const struct listing *listing, const struct snapshot *snapshot)
{
    bool is_held = listing->holding.snapshot == snapshot;
    return is_held ? holding_remaining_ms(&listing->holding) : 0;
}

/* Return whether the list of everybody is there or is coming, or costs no more than single
 * calls. */
static bool cache_whole_pays(const struct listing *listing)
{
    struct listing *whole = listing->whole;
    return holding_fresh(&whole->holding) || fetch_is_open(&whole->holding.fetch) ||
           parts_pay_whole(&whole->parts, &whole->holding, whole->singles.price);
}

/* A fetch that has only just failed fails at once, and some records may be held alone. */
static bool cache_failed_just_now(const struct listing *listing)
{
    const struct fetch *fetch = &listing->holding.fetch;
    return fetch_is_busy(fetch) && !fetch_is_open(fetch);
}

int cache_wait(struct listing *listing, uint64_t id, struct waiter *waiter)
{
    if (id == 0 || !outcome_has_whole(listing) || cache_failed_just_now(listing) ||
        !cache_whole_pays(listing))
        return singles_wait(&listing->singles, id, waiter);
    waiter->id = id;
    return holding_join(&listing->holding, waiter, 0);
}

void cache_hurry(struct listing *listing, struct waiter *waiter)
{
    const struct listing *asked = listing->part.running ? listing->whole : listing;
    singles_hurry(&listing->singles, waiter, asked->holding.fetch.pager);
}

/* -------- asking ahead -------- */

/* A list of more pages takes a reader so long that nothing is gained. */
#define CACHE_SHORT_PAGES 2

/* The service fails, so what is old serves on, or nothing does. */
static bool cache_failed_for_all(const struct listing *listing)
{
    const struct holding *holding = &listing->holding;
    return (cache_failed_just_now(listing) && holding->fetch.failed_passes) ||
           holding_is_stale(holding);
}

/* How many calls LISTING takes, of which one was made ahead; 0: none was, or it is not known.
 */
static uint64_t cache_price_ahead(const struct listing *listing)
{
    const struct fetch *fetch = &listing->holding.fetch;
    return fetch->pager && TAILQ_EMPTY(&fetch->waiters) ? pager_price(fetch->pager) : 0;
}

/* Its pager pauses: the call that was made goes on, and no other one is made. */
static bool cache_begin_ahead(struct listing *listing)
{
    struct waiter nobody = {.id = 0};
    if (holding_join(&listing->holding, &nobody, singles_limit(&listing->singles)) != 0)
        return false;
    waiter_cancel(&nobody, false);
    return true;
}

enum cache_ahead cache_ask_ahead(struct listing *listing)
{
    struct holding *holding = &listing->holding;
    uint64_t price = cache_price_ahead(listing);
    bool begun = price > 1, spare = queue_has_spare(&listing->cache->source.client->queue);
    if (cache_failed_for_all(listing))
        return CACHE_AHEAD_ENDS;
    if (outcome_has_whole(listing) || holding->failed || holding_fresh(holding) ||
        (fetch_is_busy(&holding->fetch) && !begun))
        return CACHE_AHEAD_GOES_ON;
    if (price > CACHE_SHORT_PAGES || !spare)
        return CACHE_AHEAD_WAITS;
    if (begun)
        fetch_wake(&holding->fetch);
    else if (!cache_begin_ahead(listing))
        return CACHE_AHEAD_WAITS;
    return CACHE_AHEAD_GOES_ON;
}

bool cache_is_short(const struct listing *listing)
{
    size_t pages = listing->holding.pages; /* 0: it was taken from the list of everybody */
    return pages > 0 && pages <= CACHE_SHORT_PAGES;
}

bool cache_has_failed(const struct listing *listing)
{
    return listing->holding.failed;
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
    loop_timer_start(cache->source.loop, &cache->sweep, CACHE_SWEEP_MS, cache_on_sweep, cache);
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
    cache->source = (struct fetch_source){
        .loop = loop,
        .client = client,
        .quirks.per_page = options->per_page,
        .ttl_ms = options->ttl_ms,
        .stale_ms = options->stale_ms,
        .refused_ms = INT64_MIN,
        .parallel = options->parallel,
    };
    cache->missing_is_empty = options->missing_is_empty;
    cache->early_end = options->early_end;
    cache->early_end_data = options->early_end_data;
    cache->walkers = walkers;
    status_board_init(&cache->status, &cache->source, options->api_url);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        single_kind_init(&cache->kinds[i]);
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
    tdestroy(cache->source.had_people, free);
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

void cache_ask_anew(struct cache *cache)
{
    cache->source.anew_ms = clock_ms();
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
