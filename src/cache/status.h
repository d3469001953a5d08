#ifndef QPFS_CACHE_STATUS_H
#define QPFS_CACHE_STATUS_H

#include "cache/listing.h"

/*
 * What a mount is doing, as one JSON object: docs/semantics.md says what is in it. Made of what
 * is held in memory, without a call.
 */

/* So many listings, and as many fetches, are named; of the others it is told how many there
 * are. To write a thousand takes about a millisecond, and nobody is to wait for more. */
#define STATUS_LISTINGS_MAX 1000

/* 0; -ENOMEM; -EFBIG of OUT. On an error OUT holds a part. */
int status_write(const struct cache *cache, struct buffer *out);

/* Milliseconds that a fetch which has come so far will take yet, if it goes on at the pace it
 * had; -1: not known. */
int64_t status_eta_ms(const struct pager_progress *progress, int64_t now_ms);

#endif
