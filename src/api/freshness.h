/* Reads what answers say of their own age. */
#ifndef QPFS_API_FRESHNESS_H
#define QPFS_API_FRESHNESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The headers Age, and max-age of Cache-Control (RFC 9111). A caching proxy in between may have
 * had an answer for a while, or know how long it is good for. Zeroed: nothing was said.
 *
 * no-cache, no-store and max-age=0 are not looked at. Frameworks send them by default, for
 * caches in between. How long an answer serves the user who paid for it is for that user to
 * say, with cache_ttl. s-maxage is for shared caches.
 */
struct freshness {
    int64_t age_s;     /* the greatest that was said */
    int64_t max_age_s; /* the least that was said and is not 0; 0: none */
};

/* No header is believed to mean more: 2^31 s, which RFC 9111 gives for what is too large. */
#define FRESHNESS_SECONDS_MAX ((int64_t)1 << 31)

/* Read one header line of SIZE bytes, with or without its end of line. Pass over any other
 * header, and what makes no sense: a sign, a fraction, no number. */
void freshness_read(struct freshness *freshness, const char *line, size_t size);

/* Make ALL what can be said of both. */
void freshness_narrow(struct freshness *all, const struct freshness *one);

/* Return for how many milliseconds from its arrival an answer serves that would serve for
 * TTL_MS by itself: never more than that, and no less than LEAST_MS if TTL_MS is not. */
int64_t freshness_ttl_ms(const struct freshness *freshness, int64_t ttl_ms, int64_t least_ms);

#endif
