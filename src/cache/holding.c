/* Holds what a fetch brought last, and knows how long it serves. */
#include "cache/holding.h"

#include <search.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/objects.h"

/* While the service fails and an old snapshot serves, how long until the next try. */
#define HOLDING_STALE_RETRY_MS 5000

void holding_finish(struct holding *holding)
{
    fetch_finish(&holding->fetch);
    holding_drop(holding);
}

/* -------- what serves -------- */

int64_t holding_remaining_ms(const struct holding *holding)
{
    if (!holding->snapshot || holding->expired)
        return 0;
    int64_t remaining = holding->snapshot->fresh_until_ms - clock_ms();
    return remaining > 0 ? remaining : 0;
}

int64_t holding_stale_ms(const struct holding *holding)
{
    const struct snapshot *snapshot = holding->snapshot;
    const struct fetch_source *source = holding->fetch.source;
    if (!snapshot || holding->expired || snapshot->began_ms <= source->refused_ms)
        return 0;
    return snapshot->fresh_until_ms + source->stale_ms - clock_ms();
}

bool holding_is_stale(const struct holding *holding)
{
    return clock_ms() < holding->stale_until_ms && holding_stale_ms(holding) > 0;
}

struct snapshot *holding_fresh(const struct holding *holding)
{
    bool serves = holding_remaining_ms(holding) > 0 || holding_is_stale(holding);
    return serves ? holding->snapshot : NULL;
}

struct record *holding_find(const struct holding *holding, uint64_t id)
{
    return holding->snapshot ? snapshot_find(holding->snapshot, id) : NULL;
}

int64_t holding_shown_ms(const struct holding *holding)
{
    return holding->snapshot ? holding->snapshot->began_ms : INT64_MIN;
}

bool holding_is_idle(const struct holding *holding)
{
    const struct fetch *fetch = &holding->fetch;
    return !holding->snapshot && !fetch_is_busy(fetch) && TAILQ_EMPTY(&fetch->waiters);
}

/* -------- whether there were people -------- */

/* Which list it is, in one number. */
static uint64_t holding_key(const struct holding *holding)
{
    const uint64_t *ids = holding->fetch.target.ids;
    return ino_make(holding->family.kind, ids[0], ids[1], 0);
}

static void holding_remember(uint64_t key, void **lists)
{
    uint64_t *kept = malloc(sizeof *kept);
    if (!kept) /* then it is not known */
        return;
    *kept = key;
    if (!tsearch(kept, lists, number_compare))
        free(kept);
}

/* The kernel may forget a directory, and all that is held of it is let go. This stays. */
static void holding_note_people(const struct holding *holding, bool people)
{
    const struct endpoint *endpoint = holding->fetch.target.endpoint;
    uint64_t key = holding_key(holding), *kept;
    void **lists = &holding->fetch.source->had_people;
    void *found = tfind(&key, lists, number_compare);
    if (endpoint->paging == ENDPOINT_SINGLE || endpoint->empty_is_doubted)
        return;
    if (people && !found) {
        holding_remember(key, lists);
    } else if (!people && found) {
        kept = *(uint64_t **)found;
        tdelete(&key, lists, number_compare);
        free(kept);
    }
}

static bool holding_had_people(const struct holding *holding)
{
    uint64_t key = holding_key(holding);
    return tfind(&key, &holding->fetch.source->had_people, number_compare) != NULL;
}

int holding_join(struct holding *holding, struct waiter *waiter, uint64_t limit)
{
    holding->fetch.expects_people =
        holding->fetch.target.endpoint->empty_is_doubted || holding_had_people(holding);
    return fetch_join(&holding->fetch, waiter, limit);
}

/* -------- what came -------- */

static struct holding *holding_of(struct fetch *fetch)
{
    return container_of(fetch, struct holding, fetch);
}

struct record *holding_keep(void *fetch, struct record *fresh)
{
    struct holding *holding = holding_of(fetch);
    struct record *old = holding->snapshot ? snapshot_find_next(holding->snapshot, fresh->id,
                                                                &holding->kept_last)
                                           : NULL;
    if (old && record_equals(old, fresh)) {
        record_unref(fresh);
        return record_ref(old);
    }
    if (fresh->ino == 0) /* else it is of the list of everybody, and a thread may read it */
        fresh->ino = ino_of(&holding->family, fresh);
    return fresh;
}

struct record *holding_beside(void *fetch, uint64_t id, bool below, size_t *hint)
{
    const struct holding *holding = holding_of(fetch);
    return holding->snapshot ? snapshot_beside(holding->snapshot, id, below, hint) : NULL;
}

void holding_take(struct holding *holding, struct snapshot *snapshot,
                  const struct pager_result *result)
{
    holding_drop(holding);
    holding->snapshot = snapshot;
    holding->failed = false;
    holding->disputed = false;
    holding_note_people(holding, snapshot->count > 0);
    holding->pages = result->pages;
    holding->bytes = result->bytes;
    holding->fetched_at = time(NULL);
    /* What was asked for before it was expired by hand is as old as what it replaces. */
    holding->expired = holding->fetch.outdated;
}

void holding_deliver(struct holding *holding, const char *why)
{
    fetch_deliver(&holding->fetch, holding->snapshot, 0, why);
}

void holding_go_stale(struct holding *holding, const struct pager_result *result)
{
    int64_t left_ms = holding_stale_ms(holding);
    fetch_log_stale(&holding->fetch, result, holding->snapshot->fetched_ms);
    holding->failed = true;
    holding->stale_until_ms =
        clock_ms() + (left_ms < HOLDING_STALE_RETRY_MS ? left_ms : HOLDING_STALE_RETRY_MS);
}

void holding_drop(struct holding *holding)
{
    snapshot_end_derived(holding->snapshot);
    snapshot_unref(holding->snapshot);
    holding->snapshot = NULL;
    holding->stale_until_ms = 0;
}

void holding_expire(struct holding *holding)
{
    holding->expired = true;
    fetch_expire(&holding->fetch);
}

void holding_sweep(struct holding *holding)
{
    fetch_sweep(&holding->fetch);
    if (holding->snapshot && !fetch_is_open(&holding->fetch) &&
        holding_remaining_ms(holding) == 0 && holding_stale_ms(holding) <= 0)
        holding_drop(holding);
    if (holding->snapshot)
        snapshot_sweep_derived(holding->snapshot);
}
