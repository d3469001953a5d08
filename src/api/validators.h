#ifndef QPFS_API_VALIDATORS_H
#define QPFS_API_VALIDATORS_H

#include "api/etag.h"
#include "api/plan.h"
#include "json/envelope.h"

/*
 * The pages of a listing that came with an ETag, as they were. When a page is asked for again
 * its ETag goes along (If-None-Match), and the service may answer 304 in place of the page:
 * that is still a call, but neither sends the page nor has it read. It is then made anew out
 * of the same records, 8 bytes for each here, and is judged as any other page.
 */
struct validators;

struct validator {
    struct window window; /* what was asked for; 0, 0: without a query */
    char etag[ETAG_MAX];
    struct record **records; /* owned, with a reference each, in the order of the page */
    size_t count;
    int64_t per_page, total_items, total_pages; /* as in struct envelope */
};

/*
 * Adds a page that was asked for by WINDOW and came as ENVELOPE with ETAG. *VALIDATORS is made,
 * with one reference, with the first one. Pages come in their order: where one overlaps the
 * page before it, both refer to the same records. 0 or -ENOMEM.
 */
int validators_add(struct validators **validators, const struct window *window,
                   const char *etag, const struct envelope *envelope);

/* One more reference; returns VALIDATORS, to which nothing may be added any more. Takes NULL.
 */
struct validators *validators_ref(struct validators *validators);

/* Gives one reference back; with the last one the records go. Takes NULL. */
void validators_unref(struct validators *validators);

/* The page that was asked for by just this WINDOW, borrowed, or NULL. Takes NULL. */
const struct validator *validators_find(const struct validators *validators,
                                        const struct window *window);

/* Makes ENVELOPE, which is overwritten, what the page was. 0; -ENOMEM, then there is nothing to
 * finish. */
int validator_restore(const struct validator *validator, struct envelope *envelope);

#endif
