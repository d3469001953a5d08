#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/listing_parts.h"

/* The waiter of a listing whose owner the service does not know, for the list that names the
 * owner. */
struct confirmation {
    struct waiter waiter;
    struct listing *child;
    int64_t missing_ms;     /* clock_ms() of the 404 */
    bool again;             /* the first list that came was too old */
    char why[512];          /* of the 404 */
    struct failure failure; /* the same, should it count */
};

static void listing_fail_missing(struct listing *listing, const char *why)
{
    listing_fail(listing, &(struct pager_result){.error = -EIO, .status = 404, .why = why});
}

/* Gone, or broken? ENOENT tells rsync to delete the backup, so only a list of the parent that
 * was fetched after the 404 and that no longer names it may say so. */
static void listing_judge_missing(struct listing *listing, const struct snapshot *siblings,
                                  const struct confirmation *confirmation)
{
    const char *why = confirmation->why;
    bool gone = siblings && !snapshot_find(siblings, listing->options.parent_id);
    char path[ENDPOINT_PATH_MAX];
    listing_path(listing, path);
    if (!gone) {
        listing->cache->last_failure = confirmation->failure;
        listing_fail_missing(listing, why);
        return;
    }
    log_info("%s: gone, and no longer in the list above it", path);
    listing_drop(listing);
    listing->failed = false;
    listing_tell(listing);
    listing_deliver(listing, NULL, -ENOENT, why);
}

/* A list that was asked for before the 404 proves nothing: neither one that serves on because
 * the service fails, nor one whose fetch was under way. */
static bool confirmation_is_answered_by(const struct confirmation *confirmation,
                                        const struct snapshot *siblings)
{
    return siblings && siblings->began_ms >= confirmation->missing_ms;
}

static void listing_on_confirmed(struct waiter *waiter, struct snapshot *snapshot, int error,
                                 const char *why)
{
    struct confirmation *confirmation = (struct confirmation *)waiter;
    struct listing *child = confirmation->child;
    (void)error;
    (void)why;
    bool answered = confirmation_is_answered_by(confirmation, snapshot);
    if (snapshot && !answered && !confirmation->again) {
        confirmation->again = true;
        if (listing_wait(child->options.parent, waiter) == 0)
            return;
    }
    child->confirming = NULL;
    listing_judge_missing(child, answered ? snapshot : NULL, confirmation);
    free(confirmation);
}

void listing_confirm_missing(struct listing *listing, const struct pager_result *result)
{
    const char *why = result->why;
    struct listing *parent = listing->options.parent;
    struct confirmation *confirmation = parent ? calloc(1, sizeof *confirmation) : NULL;
    if (!confirmation) {
        listing_note_failure(listing, result);
        listing_fail_missing(listing, why);
        return;
    }
    confirmation->child = listing;
    confirmation->missing_ms = clock_ms();
    confirmation->waiter.done = listing_on_confirmed;
    failure_fill(&confirmation->failure, &listing->options.target, result);
    snprintf(confirmation->why, sizeof confirmation->why, "%s", why);
    listing->confirming = &confirmation->waiter;
    if (listing_wait(parent, &confirmation->waiter)) {
        listing->confirming = NULL;
        listing->cache->last_failure = confirmation->failure;
        free(confirmation);
        listing_fail_missing(listing, why);
    }
}

void listing_stop_confirming(struct listing *listing)
{
    struct confirmation *confirmation = (struct confirmation *)listing->confirming;
    if (!confirmation)
        return;
    waiter_cancel(&confirmation->waiter, true);
    free(confirmation);
    listing->confirming = NULL;
}
