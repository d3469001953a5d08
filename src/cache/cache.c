#include "cache/cache.h"

#include "cache/listing.h"

#define CACHE_SWEEP_MS 10000

/* People's data must not stay in memory of a mount that nobody looks at. */
static void cache_sweep(void *data)
{
    struct cache *cache = data;
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
    listing_sweep(listing);
    loop_timer_start(cache->loop, &cache->sweep, CACHE_SWEEP_MS, cache_sweep, cache);
}

void cache_init(struct cache *cache, struct loop *loop, struct client *client,
                const struct cache_options *options)
{
    *cache = (struct cache){
        .loop = loop,
        .client = client,
        .habits.per_page = options->per_page,
        .ttl_ms = options->ttl_ms,
        .stale_ms = options->stale_ms,
        .parallel = options->parallel,
    };
    TAILQ_INIT(&cache->listings);
    loop_timer_start(loop, &cache->sweep, CACHE_SWEEP_MS, cache_sweep, cache);
}

void cache_finish(struct cache *cache)
{
    loop_timer_stop(&cache->sweep);
}

void cache_expire(struct cache *cache)
{
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
    listing_expire(listing);
}
