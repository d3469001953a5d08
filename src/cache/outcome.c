/* Says what is made of what comes of a fetch. */
#include "cache/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cache/confirmation.h"

static void outcome_update_status(struct listing *listing)
{
    status_update(&listing->cache->status, listing);
}

static void outcome_note_failed(struct listing *listing)
{
    listing->holding.failed = true;
    outcome_update_status(listing);
}

/* What was taken from a list of everybody serves no more, in no way. */
static void outcome_end_part(struct listing *listing)
{
    listing->holding.expired = true;
    walks_end(listing);
}

/* Lists of everybody stand for departments no more. What was taken from them may be short. */
static void outcome_end_one_list(struct cache *cache, const struct listing *whole,
                                 const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    struct listing *listing;
    if (cache->one_list_ended)
        return;
    cache->one_list_ended = true;
    target_path(&whole->holding.fetch.target, 0, 0, path);
    log_warning("%s: one_list is not used any more, and each department is asked for itself: "
                "%s",
                path, why);
    if (cache->early_end)
        cache->early_end(cache->early_end_data);
    TAILQ_FOREACH(listing, &cache->listings, link) {
        if (listing->whole && listing->holding.pages == 0)
            outcome_end_part(listing);
    }
}

/* The department's own list came, as SNAPSHOT, or what stands for it. */
static void outcome_note_part(struct listing *listing, const struct pager_result *result,
                              const struct snapshot *snapshot, bool own)
{
    struct cache *cache = listing->cache;
    struct listing *whole = listing->whole;
    const char *why = own ? part_compare(&listing->part, snapshot) : NULL;
    if (own)
        parts_count_calls(&whole->parts, &whole->holding, result->price);
    if (parts_remember(&whole->parts, listing->part.department, snapshot) && !why)
        why = "out of memory";
    if (why)
        outcome_end_one_list(cache, whole, why);
}

/* What was taken from a list that is over serves as long as that does. */
static void outcome_stand_with(struct listing *listing)
{
    const struct holding *whole = &listing->whole->holding;
    listing->holding.fetched_at = whole->fetched_at;
    listing->holding.failed = whole->failed;
    listing->holding.stale_until_ms = whole->stale_until_ms;
}

/* A new list: what was asked for later stays in it. What was made of the same records goes over
 * to it, and so do those who walk. WHOLE: as of fetch_make_snapshot(). */
static void outcome_take(struct listing *listing, struct pager_result *result,
                         const struct snapshot *whole)
{
    struct holding *holding = &listing->holding;
    struct snapshot *snapshot = fetch_make_snapshot(&holding->fetch, result, whole);
    if (snapshot && !singles_meet_list(&listing->singles, snapshot)) {
        snapshot_unref(snapshot);
        snapshot = NULL;
    }
    if (!snapshot) {
        outcome_note_failed(listing);
        fetch_fail_memory(&holding->fetch);
        return;
    }
    snapshot_carry_derived(snapshot, holding->snapshot);
    holding_take(holding, snapshot, result);
    parts_forget_calls(&listing->parts, holding);
    if (whole && listing->whole)
        outcome_stand_with(listing);
    /* Last, for it may end what was taken from the list of everybody, this one too. */
    if (outcome_has_whole(listing))
        outcome_note_part(listing, result, snapshot, !whole);
    singles_note_list(&listing->singles, result);
    walks_renew(listing);
    outcome_update_status(listing);
    holding_deliver(holding, "");
}

/* Nothing of it may be seen any more. */
static void outcome_refuse(struct listing *listing)
{
    holding_drop(&listing->holding);
    singles_drop(&listing->singles);
    walks_end(listing);
}

static void outcome_fail(struct listing *listing, const struct pager_result *result)
{
    if (result->error == -EACCES)
        outcome_refuse(listing);
    outcome_note_failed(listing);
    fetch_fail(&listing->holding.fetch, result);
}

static void outcome_ask_above(struct listing *listing, const struct pager_result *result);

/* With one_list the status may be of another failure than the error, so both must fit. */
static bool outcome_is_404(const struct pager_result *result)
{
    return result->status == 404 && result->error == -EIO;
}

/* What is held may answer in place of the error in RESULT. */
static void outcome_answer_error(struct listing *listing, const struct pager_result *result)
{
    bool passes = fetch_failure_passes(result);
    if (passes)
        singles_stand_in(&listing->singles, result);
    if (passes && holding_stale_ms(&listing->holding) > 0) {
        holding_go_stale(&listing->holding, result);
        outcome_update_status(listing);
        holding_deliver(&listing->holding, result->why);
    } else if (outcome_is_404(result)) {
        outcome_ask_above(listing, result);
    } else {
        outcome_fail(listing, result);
    }
}

static void outcome_on_error(struct listing *listing, const struct pager_result *result)
{
    if (!outcome_is_404(result))
        fetch_note_failure(&listing->holding.fetch, result);
    outcome_answer_error(listing, result);
}

/* The two lists of a department were to be compared, and the service refuses its own. Return
 * whether the list of everybody is asked in its place. Another department is compared then. */
static bool outcome_does_without_own(struct listing *listing, const struct pager_result *result)
{
    bool refused = result->status >= 400 && result->status != 401;
    if (!listing->part.comparing || !refused || fetch_failure_passes(result) ||
        listing->cache->one_list_ended)
        return false;
    listing->part.refused = true;
    if (TAILQ_EMPTY(&listing->holding.fetch.waiters)) /* whoever comes next begins it */
        return true;
    return fetch_start(&listing->holding.fetch, 0) == 0;
}

static void outcome_on_ended(void *data, struct pager_result *result)
{
    struct listing *listing = data;
    if (!result->error) {
        outcome_take(listing, result, NULL);
        return;
    }
    outcome_update_status(listing);
    if (outcome_does_without_own(listing, result))
        return;
    if (result->error == -E2BIG)
        singles_take_over(&listing->singles, result->price);
    else
        outcome_on_error(listing, result);
}

static int64_t outcome_shown_ms(void *data)
{
    const struct listing *listing = data;
    return holding_shown_ms(&listing->holding);
}

static void outcome_on_began(void *data)
{
    outcome_update_status(data);
}

/* -------- a 404 -------- */

#define OUTCOME_EMPTY_HINT                                                                     \
    "; if that is how the service says that a list is empty, give empty_lists=404"

static void outcome_fail_404(struct listing *listing, const char *why)
{
    outcome_fail(listing, &(struct pager_result){.error = -EIO, .status = 404, .why = why});
}

/* Nobody is listed. It took one call, or two. */
static void outcome_take_nobody(struct listing *listing)
{
    struct pager_result nobody = {.count = 0, .pages = 1, .price = 1};
    outcome_take(listing, &nobody, NULL);
}

static void outcome_take_gone(struct listing *listing, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    target_path(&listing->holding.fetch.target, 0, 0, path);
    log_info("%s: gone, and no longer in the list above it", path);
    holding_drop(&listing->holding);
    listing->holding.failed = false;
    outcome_update_status(listing);
    fetch_deliver(&listing->holding.fetch, NULL, -ENOENT, why);
}

/* Free CONFIRMATION. */
static void outcome_settle(struct listing *listing, struct confirmation *confirmation,
                           enum confirmation_verdict verdict)
{
    if (verdict == CONFIRMATION_EMPTY) {
        outcome_take_nobody(listing);
    } else if (verdict == CONFIRMATION_GONE) {
        outcome_take_gone(listing, confirmation->why);
    } else {
        fetch_source_note(&listing->cache->source, &confirmation->failure);
        outcome_fail_404(listing, confirmation->why);
    }
    free(confirmation);
}

static void outcome_on_confirmed(struct confirmation *confirmation,
                                 enum confirmation_verdict verdict)
{
    struct listing *listing = confirmation->data;
    listing->confirmation = NULL;
    listing->holding.fetch.unsettled = false;
    outcome_settle(listing, confirmation, verdict);
}

static struct confirmation *outcome_confirmation(struct listing *listing,
                                                 const struct pager_result *result)
{
    struct confirmation *confirmation = calloc(1, sizeof *confirmation);
    bool may_be_empty = result->nobody && listing->holding.fetch.missing_is_empty;
    bool is_asked = may_be_empty || listing->owner_listed;
    if (!confirmation)
        return NULL;
    confirmation->asked = is_asked ? &listing->owner->holding : NULL;
    confirmation->id = listing->owner_id;
    confirmation->may_be_gone = listing->owner_listed;
    confirmation->may_be_empty = may_be_empty;
    confirmation->any_age = may_be_empty && !listing->holding.fetch.expects_people;
    confirmation->data = listing;
    confirmation->done = outcome_on_confirmed;
    fetch_fill_failure(&listing->holding.fetch, result, &confirmation->failure);
    snprintf(confirmation->why, sizeof confirmation->why, "%s%s", result->why,
             result->nobody && !may_be_empty ? OUTCOME_EMPTY_HINT : "");
    return confirmation;
}

static void outcome_ask_above(struct listing *listing, const struct pager_result *result)
{
    struct confirmation *confirmation = outcome_confirmation(listing, result);
    if (!confirmation) {
        fetch_note_failure(&listing->holding.fetch, result);
        outcome_fail_404(listing, result->why);
        return;
    }
    enum confirmation_verdict verdict = confirmation_start(confirmation);
    if (verdict != CONFIRMATION_NONE) {
        outcome_settle(listing, confirmation, verdict);
        return;
    }
    listing->confirmation = confirmation;
    listing->holding.fetch.unsettled = true;
}

void outcome_stop_asking(struct listing *listing)
{
    part_stop(&listing->part, true);
    if (!listing->confirmation)
        return;
    waiter_cancel(&listing->confirmation->waiter, true);
    free(listing->confirmation);
    listing->confirmation = NULL;
}

static void outcome_on_stopped(void *data)
{
    struct listing *listing = data;
    outcome_stop_asking(listing);
    outcome_update_status(listing);
}

/* -------- the list of everybody in place of a department's -------- */

bool outcome_has_whole(const struct listing *listing)
{
    return listing->whole && !listing->cache->one_list_ended;
}

/* One name is worth the department's own list at most, if the list of everybody costs calls. */
static bool outcome_on_begin(void *data, uint64_t limit)
{
    struct listing *listing = data;
    part_forget(&listing->part);
    if (!outcome_has_whole(listing) || limit > 0)
        return false;
    part_start(&listing->part);
    return true;
}

static void outcome_on_left(void *data)
{
    struct listing *listing = data;
    if (!listing->part.running)
        return;
    part_stop(&listing->part, false);
    listing->holding.fetch.unsettled = false;
    outcome_update_status(listing);
}

static void outcome_ask_own(struct listing *listing)
{
    if (fetch_start_pager(&listing->holding.fetch, 0))
        fetch_fail_memory(&listing->holding.fetch);
}

/* Return whether what serves of LISTING was taken from WHOLE already, which goes on to serve.
 */
static bool outcome_has_taken(const struct listing *listing, const struct snapshot *whole)
{
    const struct holding *holding = &listing->holding;
    const struct snapshot *held = holding->expired ? NULL : holding->snapshot;
    return held && holding->pages == 0 && held->began_ms == whole->began_ms &&
           held->fetched_ms == whole->fetched_ms;
}

/* It goes on to serve, with those in it who were asked for later than the list of everybody.
 * Those who were read alone since stay beside it. */
static void outcome_take_part_again(struct listing *listing)
{
    const struct pager_result nothing_new = {.untried = true, .why = ""};
    part_drop(&listing->part);
    singles_stand_in(&listing->singles, &nothing_new);
    outcome_stand_with(listing);
    outcome_update_status(listing);
    holding_deliver(&listing->holding, nothing_new.why);
}

static void outcome_take_part(struct listing *listing)
{
    struct part *part = &listing->part;
    struct listing *whole = listing->whole;
    struct pager_result result = {.records = part->records, .count = part->count};
    char path[ENDPOINT_PATH_MAX];
    for (size_t i = 0; i < part->count; i++)
        result.bytes += part->records[i]->size;
    result.price = part->count / quirks_per_page(&listing->cache->source.quirks) + 1;
    target_path(&whole->holding.fetch.target, 0, 0, path);
    parts_log_outside(&whole->parts, part->source,
                      listing->owner_listed ? listing->owner->holding.snapshot : NULL, path);
    if (outcome_has_taken(listing, part->source))
        outcome_take_part_again(listing);
    else
        outcome_take(listing, &result, part->source);
}

/* Return whether what failed says nothing of the list of everybody: a department's own would
 * have failed as well. */
static bool outcome_part_may_come(int error, const struct fetch *whole)
{
    return error == -ENOMEM || error == -EPROTO || whole->failed_passes ||
           whole->failed_status == 401;
}

/* The list of everybody can't be had. If that may pass, so may this. */
static void outcome_fail_part(struct listing *listing)
{
    const struct part *part = &listing->part;
    const struct fetch *fetch = &listing->whole->holding.fetch;
    struct pager_result result = {
        .error = part->error,
        .status = fetch->failed_status,
        .untried = true, /* it is in the log */
        .transient = fetch->failed_passes,
        .why = part->why,
    };
    if (outcome_part_may_come(part->error, fetch)) {
        outcome_answer_error(listing, &result);
        return;
    }
    outcome_end_one_list(listing->cache, listing->whole, part->why);
    outcome_ask_own(listing);
}

/* Return whether somebody is not in the part who was shown alone before. */
static bool outcome_misses_single(struct listing *listing)
{
    struct part *part = &listing->part;
    part->missed = singles_missing(&listing->singles, part->source, part->records, part->count);
    return part->missed != 0;
}

void outcome_on_part(struct part *part, enum part_verdict verdict)
{
    struct listing *listing = part->data;
    listing->holding.fetch.unsettled = false;
    if (verdict == PART_FAILED) {
        outcome_fail_part(listing);
    } else if (verdict == PART_TAKEN && outcome_has_whole(listing) &&
               !outcome_misses_single(listing)) {
        outcome_take_part(listing);
    } else {
        part_drop(part);
        outcome_ask_own(listing);
    }
}

const struct fetch_owner outcome_fetch_owner = {
    .begin = outcome_on_begin,
    .left = outcome_on_left,
    .began = outcome_on_began,
    .stopped = outcome_on_stopped,
    .shown_ms = outcome_shown_ms,
    .ended = outcome_on_ended,
    .keep = holding_keep,
    .beside = holding_beside,
};
