/* Knows what a mount is doing, and writes it as JSON. */
#ifndef QPFS_CACHE_STATUS_H
#define QPFS_CACHE_STATUS_H

#include <sys/queue.h>

#include "base/buffer.h"
#include "cache/fetch.h"

/* So many listings, and as many fetches, are named; of the others it is told how many there
 * are. To write a thousand takes about a millisecond, and nobody is to wait for more. */
#define STATUS_LISTINGS_MAX 1000

struct listing;
TAILQ_HEAD(status_listings, listing);

/* What there is to tell. Each listing of which there is anything is in one of the queues. */
struct status_board {
    const struct fetch_source *source;
    const char *api_url;     /* borrowed */
    const char *mount_point; /* borrowed; NULL until the mount is there */
    int64_t mounted_at;      /* seconds since 1970; the mount sets it again when it is there */
    struct status_listings fetching; /* the fetch that began first is the first */
    struct status_listings settled;  /* what ended last is the first */
    size_t fetching_count, settled_count;
    void (*on_fetching)(void *data); /* a fetch begins, and none was under way; or NULL */
    void *on_fetching_data;
};

/* SOURCE and API_URL must outlive BOARD. */
void status_board_init(struct status_board *board, const struct fetch_source *source,
                       const char *api_url);

/* Something began or ended: put LISTING where it is found. */
void status_update(struct status_board *board, struct listing *listing);

/* Take LISTING out. */
void status_forget(struct status_board *board, struct listing *listing);

/* Take LISTING out if nothing is left to tell of it. */
void status_sweep(struct status_board *board, struct listing *listing);

/* Fetches under way, and the one that has been so for longest. */
struct status_fetch {
    size_t count;
    char path[ENDPOINT_PATH_MAX];
    struct pager_progress progress;
    int64_t taken_ms; /* since it began */
};

/* Return whether there is any. */
bool status_oldest_fetch(const struct status_board *board, struct status_fetch *fetch);

/* What all listings are and hold together. */
struct status_totals {
    size_t fetching, fresh, stale, failed; /* each listing is one of these */
    uint64_t records, bytes;               /* that are held */
    int64_t oldest_at; /* when the oldest of them was read; 0: none is held */
};

struct status_totals status_totals(const struct status_board *board);

/*
 * Write what the mount is doing as one JSON object: docs/status.md says what is in it. It is
 * made of what is held in memory, without a call. Return 0; -ENOMEM; -EFBIG of OUT. After an
 * error OUT holds a part.
 */
int status_write(const struct status_board *board, struct buffer *out);

/* Return the milliseconds that a fetch which has come so far in TAKEN_MS will take yet, if it
 * goes on at the pace it had; -1: not known. */
int64_t status_eta_ms(const struct pager_progress *progress, int64_t taken_ms);

#endif
