#include "cache/cache.h"

#include <time.h>

#include "base/wipe.h"
#include "cache/listing.h"
#include "cache/walk.h"
#include "json/reaper.h"

#define CACHE_SWEEP_MS 10000

/* Less than this is not worth the kernel's while. */
#define CACHE_GIVE_BACK ((size_t)1 << 20)

/* The names of a record's members, in bytes. */
#define CACHE_SHAPE_MAX ((size_t)1 << 20)

/* People's data must not stay in memory of a mount that nobody looks at. */
static void cache_sweep(void *data)
{
    struct cache *cache = data;
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
        listing_sweep(listing);
    walkers_sweep(cache);
    /* Not tied to what is dropped here: a record that the kernel knows goes when the kernel
     * forgets it. */
    wipe_give_back(CACHE_GIVE_BACK);
    loop_timer_start(cache->loop, &cache->sweep, CACHE_SWEEP_MS, cache_sweep, cache);
}

void cache_init(struct cache *cache, struct loop *loop, struct client *client,
                const struct cache_options *options)
{
    *cache = (struct cache){
        .loop = loop,
        .client = client,
        .quirks.per_page = options->per_page,
        .ttl_ms = options->ttl_ms,
        .stale_ms = options->stale_ms,
        .parallel = options->parallel,
        .missing_is_empty = options->missing_is_empty,
        .api_url = options->api_url,
        .mounted_at = time(NULL),
    };
    TAILQ_INIT(&cache->listings);
    TAILQ_INIT(&cache->fetching);
    TAILQ_INIT(&cache->settled);
    buffer_init(&cache->shape, CACHE_SHAPE_MAX);
    reaper_init(loop);
    loop_timer_start(loop, &cache->sweep, CACHE_SWEEP_MS, cache_sweep, cache);
}

void cache_finish(struct cache *cache)
{
    loop_timer_stop(&cache->sweep);
    walkers_finish(cache);
    buffer_finish(&cache->shape);
    reaper_finish();
}

void cache_end_walks(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
        walks_end(listing);
}

void cache_expire(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
        listing_expire(listing);
}
