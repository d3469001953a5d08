#include "cache/cache.h"

#include <malloc.h>

#include "base/wipe.h"
#include "cache/listing.h"

#define CACHE_SWEEP_MS 10000

/* Less than this is not worth the kernel's while. */
#define CACHE_TRIM_BYTES ((size_t)1 << 20)

/* Not tied to what a sweep drops: a record that the kernel knows goes when the kernel forgets
 * it. */
static void cache_trim(struct cache *cache)
{
    size_t freed = wipe_freed();
    if (freed - cache->trimmed_at < CACHE_TRIM_BYTES)
        return;
    cache->trimmed_at = freed;
#ifdef HAVE_MALLOC_TRIM
    malloc_trim(0);
#endif
}

/* People's data must not stay in memory of a mount that nobody looks at. */
static void cache_sweep(void *data)
{
    struct cache *cache = data;
    struct listing *listing;
    TAILQ_FOREACH(listing, &cache->listings, link)
    listing_sweep(listing);
    cache_trim(cache);
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
