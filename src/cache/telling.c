#include "base/clock.h"
#include "cache/listing_parts.h"

void listing_untell(struct listing *listing)
{
    struct cache *cache = listing->cache;
    if (listing->telling == LISTING_FETCHING) {
        TAILQ_REMOVE(&cache->fetching, listing, told);
        cache->fetching_count--;
    } else if (listing->telling == LISTING_SETTLED) {
        TAILQ_REMOVE(&cache->settled, listing, told);
        cache->settled_count--;
    }
    listing->telling = LISTING_UNTOLD;
}

void listing_tell(struct listing *listing)
{
    struct cache *cache = listing->cache;
    if (listing->options.list)
        return;
    listing_untell(listing);
    if (listing->pager) {
        TAILQ_INSERT_TAIL(&cache->fetching, listing, told);
        listing->telling = LISTING_FETCHING;
        if (cache->fetching_count++ == 0 && cache->on_fetching)
            cache->on_fetching(cache->on_fetching_data);
    } else if (listing->snapshot || listing->failed) {
        TAILQ_INSERT_HEAD(&cache->settled, listing, told);
        listing->telling = LISTING_SETTLED;
        cache->settled_count++;
    }
}

/* One that failed and was never asked for again is told of no longer than an old one serves. */
void listing_sweep_telling(struct listing *listing)
{
    if (listing->telling != LISTING_SETTLED || listing->snapshot)
        return;
    if (!listing->failed || clock_ms() > listing->failed_until_ms + listing->cache->stale_ms)
        listing_untell(listing);
}

void listing_note_failure(struct listing *listing, const struct pager_result *result)
{
    failure_fill(&listing->cache->last_failure, &listing->options.target, result);
}
