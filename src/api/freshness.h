#ifndef QPFS_API_FRESHNESS_H
#define QPFS_API_FRESHNESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * What answers say of their own age: the headers Age and Cache-Control's max-age (RFC 9111). A
 * caching proxy in between may have had an answer for a while, or know how long it is good for.
 * Zeroed: nothing was said.
 *
 * no-cache, no-store, max-age=0 and the like are not looked at. Frameworks send them by
 * default; they are for caches in between. How long what was paid for serves its own user is
 * his to say, with cache_ttl. s-maxage is for shared caches.
 */
struct freshness {
    int64_t age_s;     /* the greatest that was said */
    int64_t max_age_s; /* the least that was said and is not 0; 0: none */
};

/* No header is believed to mean more: 2^31 s, which RFC 9111 gives for what is too large. */
#define FRESHNESS_SECONDS_MAX ((int64_t)1 << 31)

/* Takes in one header line of SIZE bytes, with or without its end of line. Any other header,
 * and what makes no sense (a sign, a fraction, no number), is passed over. */
void freshness_read(struct freshness *freshness, const char *line, size_t size);

/* Makes ALL what can be said of both. */
void freshness_narrow(struct freshness *all, const struct freshness *one);

/* How long, in milliseconds from its arrival, an answer serves that would serve for TTL_MS by
 * itself. Never more than that; and no less than LEAST_MS, if TTL_MS is not. */
int64_t freshness_ttl_ms(const struct freshness *freshness, int64_t ttl_ms, int64_t least_ms);

#endif
