/* What a 404 on a list means: gone, broken, or empty. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/listing_parts.h"

/* The waiter of a listing that the service does not know, for the listing that names its owner.
 */
struct confirmation {
    struct waiter waiter;
    struct listing *child;
    struct listing *asked;  /* which listing that is */
    uint64_t id;            /* of the owner there */
    bool may_be_empty;      /* if the owner is there, nobody is listed */
    bool any_age;           /* an answer that was asked for before the 404 proves that, too */
    int64_t missing_ms;     /* clock_ms() of the 404 */
    bool again;             /* the first list that came was too old */
    char why[512];          /* of the 404 */
    struct failure failure; /* the same, should it count */
};

#define MISSING_HINT                                                                           \
    "; if that is how the service says that a list is empty, give empty_lists=404"

static void listing_fail_404(struct listing *listing, const char *why)
{
    listing_fail(listing, &(struct pager_result){.error = -EIO, .status = 404, .why = why});
}

/* Nobody is listed. It took one call, or two. */
static void listing_take_nobody(struct listing *listing)
{
    struct pager_result none = {.count = 0, .pages = 1, .price = 1};
    listing_accept(listing, &none);
}

/* Gone, or broken, or empty? ENOENT tells rsync to delete the backup, so only a list of the
 * parent that was fetched after the 404 and that no longer names it may say so. */
static void listing_judge_missing(struct listing *listing, const struct snapshot *siblings,
                                  const struct confirmation *confirmation)
{
    const char *why = confirmation->why;
    bool there = siblings && snapshot_find(siblings, confirmation->id);
    bool gone = siblings && !there && confirmation->asked == listing->options.parent;
    char path[ENDPOINT_PATH_MAX];
    listing_path(listing, path);
    if (there && confirmation->may_be_empty) {
        listing_take_nobody(listing);
        return;
    }
    if (!gone) {
        listing->cache->last_failure = confirmation->failure;
        listing_fail_404(listing, why);
        return;
    }
    log_info("%s: gone, and no longer in the list above it", path);
    listing_drop(listing);
    listing->failed = false;
    listing_tell(listing);
    listing_deliver(listing, NULL, -ENOENT, why);
}

/* A list that was asked for before the 404 proves nothing: neither one that serves on because
 * the service fails, nor one whose fetch was under way. That the owner was there it does prove,
 * where nobody was listed before. */
static bool confirmation_is_answered_by(const struct confirmation *confirmation,
                                        const struct snapshot *siblings)
{
    if (siblings && siblings->began_ms >= confirmation->missing_ms)
        return true;
    return siblings && confirmation->any_age && snapshot_find(siblings, confirmation->id);
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
        if (listing_wait(confirmation->asked, waiter) == 0)
            return;
    }
    child->confirming = NULL;
    listing_judge_missing(child, answered ? snapshot : NULL, confirmation);
    free(confirmation);
}

static void listing_fill_confirmation(struct listing *listing,
                                      struct confirmation *confirmation,
                                      const struct pager_result *result)
{
    const struct listing_options *options = &listing->options;
    confirmation->child = listing;
    confirmation->may_be_empty =
        result->nobody && listing->cache->missing_is_empty && options->owner;
    confirmation->any_age = confirmation->may_be_empty && !listing_expects_people(listing);
    confirmation->asked = confirmation->may_be_empty ? options->owner : options->parent;
    confirmation->id = confirmation->may_be_empty ? options->owner_id : options->parent_id;
    confirmation->missing_ms = clock_ms();
    confirmation->waiter.done = listing_on_confirmed;
    failure_fill(&confirmation->failure, &options->target, result);
    snprintf(confirmation->why, sizeof confirmation->why, "%s%s", result->why,
             result->nobody && !confirmation->may_be_empty ? MISSING_HINT : "");
}

/* Return whether what is held of the owner answers without a call. */
static bool listing_holds_owner(const struct confirmation *confirmation)
{
    const struct snapshot *held = confirmation->asked && confirmation->any_age
                                      ? listing_fresh(confirmation->asked)
                                      : NULL;
    return held && confirmation_is_answered_by(confirmation, held);
}

static void listing_fail_missing(struct listing *listing,
                                 const struct confirmation *confirmation)
{
    listing->cache->last_failure = confirmation->failure;
    listing_fail_404(listing, confirmation->why);
}

void listing_confirm_missing(struct listing *listing, const struct pager_result *result)
{
    struct confirmation *confirmation = calloc(1, sizeof *confirmation);
    if (!confirmation) {
        listing_note_failure(listing, result);
        listing_fail_404(listing, result->why);
        return;
    }
    listing_fill_confirmation(listing, confirmation, result);
    if (listing_holds_owner(confirmation)) {
        free(confirmation);
        listing_take_nobody(listing);
        return;
    }
    listing->confirming = &confirmation->waiter;
    if (confirmation->asked && listing_wait(confirmation->asked, &confirmation->waiter) == 0)
        return;
    listing->confirming = NULL;
    listing_fail_missing(listing, confirmation);
    free(confirmation);
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
