#include "cache/single.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cache/listing_parts.h"
#include "json/arrange.h"

/* A list that turns out to take more calls than this many times what was thought is not
 * fetched for one name. */
#define SINGLE_LIMIT_FACTOR 2

/* Of a list whose price is not known, so many are asked for at a time. */
#define SINGLES_AT_ONCE 8

static struct listing *single_find(const struct listing *list, uint64_t id)
{
    struct listing *single;
    TAILQ_FOREACH(single, &list->singles, link) {
        if (single->options.target.ids[0] == id)
            return single;
    }
    return NULL;
}

struct record *single_held(const struct listing *listing, uint64_t id)
{
    return listing->snapshot ? snapshot_find(listing->snapshot, id) : NULL;
}

static struct listing *single_get(struct listing *list, uint64_t id)
{
    struct listing *single = single_find(list, id);
    if (single)
        return single;
    struct listing_options options = list->options;
    options.target = target_one(&list->options.target, id);
    options.list = list;
    options.parent = NULL;
    return listing_create(list->cache, &options);
}

int64_t single_stale_ms(const struct listing *single)
{
    return single && single_held(single, single->options.target.ids[0])
               ? listing_stale_ms(single)
               : 0;
}

/* What is held of record ID alone, if no list has come since; NULL: nothing. */
static const struct listing *single_counting(const struct listing *list, uint64_t id)
{
    const struct listing *single = id ? single_find(list, id) : NULL;
    return single && single->snapshot && !single->expired ? single : NULL;
}

/* A list that serves on because the service fails does not hide what was asked for later, not
 * even if the time of that is over as well: then it is asked for again. */
struct snapshot *listing_fresh_for(const struct listing *list, uint64_t id)
{
    const struct listing *single = single_counting(list, id);
    return listing_fresh(single && listing_remaining_ms(list) == 0 ? single : list);
}

struct snapshot *listing_newer_for(const struct listing *list, uint64_t id,
                                   struct snapshot *snapshot)
{
    const struct listing *single = single_counting(list, id);
    return single ? single->snapshot : snapshot;
}

int64_t listing_valid_ms(const struct listing *list, const struct snapshot *snapshot,
                         uint64_t id)
{
    if (list->snapshot == snapshot)
        return listing_remaining_ms(list);
    const struct listing *single = single_find(list, id);
    return single && single->snapshot == snapshot ? listing_remaining_ms(single) : 0;
}

struct record *listing_single_at(const struct listing *list, size_t index)
{
    const struct listing *single;
    TAILQ_FOREACH(single, &list->singles, link) {
        const struct snapshot *snapshot = single->snapshot;
        if (snapshot && snapshot->count > 0 && index-- == 0)
            return snapshot->records[0];
    }
    return NULL;
}

/* -------- one, or the list? -------- */

static bool single_may_be(const struct listing *list)
{
    return list->options.target.endpoint->one && !list->cache->quirks.no_singles;
}

/* Whether its call counts against the price of the list. */
static bool single_is_rented(const struct listing *single)
{
    return single->fetch_began_ms > single->expired_ms &&
           clock_ms() - single->fetch_began_ms < single->cache->ttl_ms;
}

/* Single calls within the TTL that ends now: not within one that began with the first of them,
 * or those at the end of one would not count against those at the start of the next. */
static uint64_t singles_rented(const struct listing *list)
{
    const struct listing *single;
    uint64_t count = 0;
    TAILQ_FOREACH(single, &list->singles, link)
        count += single_is_rented(single);
    return count;
}

static uint64_t singles_asked_for(const struct listing *list)
{
    const struct listing *single;
    uint64_t count = 0;
    TAILQ_FOREACH(single, &list->singles, link)
        count += single->pager != NULL;
    return count;
}

/* Whether another single call is cheaper than the list, as far as anyone can know. */
static bool single_pays(const struct listing *list)
{
    uint64_t rented = singles_rented(list);
    if (list->price > 0)
        return rented + 1 < list->price;
    if (list->cache->small_lists)
        return rented == 0;
    /* Those that come at the same moment would have to wait for page 1, and then for their own
     * calls. */
    return rented < SINGLES_AT_ONCE && rented == singles_asked_for(list);
}

static int single_wait(struct listing *list, uint64_t id, struct waiter *waiter)
{
    struct listing *single = single_get(list, id);
    return single ? listing_join(single, waiter, 0) : -ENOMEM;
}

int listing_wait_for(struct listing *list, uint64_t id, struct waiter *waiter)
{
    struct listing *single = single_find(list, id);
    bool fetching = list->pager || list->confirming;
    waiter->id = id;
    if (id == 0 || !single_may_be(list))
        return listing_join(list, waiter, 0);
    if (single && listing_is_busy(single))
        return listing_join(single, waiter, 0);
    bool stands_in = listing_is_busy(list) && single_stale_ms(single) > 0;
    if (!fetching && (stands_in || single_pays(list)))
        return single_wait(list, id, waiter);
    uint64_t price = list->price ? list->price : 1;
    return listing_join(list, waiter, price * SINGLE_LIMIT_FACTOR);
}

void waiter_hurry(struct waiter *waiter)
{
    struct listing *list = waiter->listing;
    if (!list || waiter->id == 0 || !single_may_be(list) || !list->pager)
        return;
    if (singles_rented(list) + 1 >= pager_price(list->pager))
        return;
    uint64_t id = waiter->id;
    waiter_cancel(waiter, false);
    int error = single_wait(list, id, waiter);
    if (error)
        waiter->done(waiter, NULL, error, "");
}

void singles_take_over(struct listing *list)
{
    struct waiter *waiter;
    listing_begin_round(list);
    while ((waiter = listing_next_waiter(list))) {
        int error = listing_wait_for(list, waiter->id, waiter);
        if (error)
            waiter->done(waiter, NULL, error, "");
    }
}

void single_ask_list(struct listing *single)
{
    struct listing *list = single->options.list;
    struct waiter *waiter;
    if (listing_remaining_ms(list) > 0) {
        listing_deliver(single, list->snapshot, 0, "");
        return;
    }
    listing_begin_round(single);
    while ((waiter = listing_next_waiter(single))) {
        int error = listing_join(list, waiter, 0);
        if (error)
            waiter->done(waiter, NULL, error, "");
    }
}

/* -------- beside their list -------- */

/* Only for the kernel is it still held, which may have been told of it. */
static void single_give_way(struct listing *single)
{
    single->expired = true;
    single->stale_until_ms = 0;
}

/* What was asked for while a list is being read goes into that, however long that takes. */
static bool single_is_wanted(const struct listing *single)
{
    return single->snapshot &&
           (single->options.list->pager || clock_ms() < single->snapshot->fresh_until_ms);
}

/* One that is asked for again is enough to know. */
static void singles_compare(struct listing *list, const struct snapshot *snapshot)
{
    struct listing *single;
    bool asking = false;
    TAILQ_FOREACH(single, &list->singles, link) {
        const struct record *listed =
            asking ? NULL : snapshot_find(snapshot, single->options.target.ids[0]);
        asking |= single_compare(single, listed, snapshot->began_ms);
    }
}

/* Puts what is held of SINGLE into SNAPSHOT if it was asked for later, or is the same: then it
 * is the same node. False when memory is out. */
static bool single_meet_list(const struct listing *single, struct snapshot *snapshot)
{
    struct record *known = single_held(single, single->options.target.ids[0]);
    const struct record *listed = known ? snapshot_find(snapshot, known->id) : NULL;
    bool is_later =
        !single->expired && known && single->snapshot->began_ms > snapshot->began_ms;
    bool is_same = listed && record_equals(listed, known);
    if (is_later && listed && single_says(known, listed))
        is_later = false;
    return (!is_later && !is_same) || snapshot_put(snapshot, known);
}

bool singles_meet_list(struct listing *list, struct snapshot *snapshot)
{
    struct listing *single;
    if (!list->options.target.endpoint->one)
        return true;
    singles_compare(list, snapshot);
    if (snapshot->count > 0 && arrange_shape(snapshot->records[0], &list->cache->shape))
        buffer_clear(&list->cache->shape);
    TAILQ_FOREACH(single, &list->singles, link) {
        if (!single_meet_list(single, snapshot))
            return false;
    }
    TAILQ_FOREACH(single, &list->singles, link)
        single_give_way(single);
    return true;
}

void singles_stand_in(struct listing *list, const struct pager_result *result)
{
    struct waiter *waiter, *next;
    for (waiter = TAILQ_FIRST(&list->waiters); waiter; waiter = next) {
        next = TAILQ_NEXT(waiter, link);
        struct listing *single = waiter->id ? single_find(list, waiter->id) : NULL;
        int64_t single_ms = single_stale_ms(single);
        if (single_ms <= 0)
            continue;
        waiter_cancel(waiter, false);
        if (!listing_fresh(single))
            listing_mark_stale(single, result);
        waiter->done(waiter, single->snapshot, 0, result->why);
    }
}

void singles_drop(struct listing *list)
{
    struct listing *single;
    TAILQ_FOREACH(single, &list->singles, link)
        listing_drop(single);
}

void singles_expire(struct listing *list)
{
    struct listing *single;
    TAILQ_FOREACH(single, &list->singles, link)
        listing_expire(single);
}

void singles_sweep(struct listing *list)
{
    struct listing *single, *next;
    for (single = TAILQ_FIRST(&list->singles); single; single = next) {
        next = TAILQ_NEXT(single, link);
        if (!single_is_wanted(single))
            listing_sweep(single);
        bool forgotten = clock_ms() >= single->logged.until_ms; /* that it was logged */
        if (listing_is_idle(single) && !single_is_rented(single) && forgotten)
            listing_destroy(single);
    }
}

void singles_destroy(struct listing *list)
{
    struct listing *single;
    while ((single = TAILQ_FIRST(&list->singles)))
        listing_destroy(single);
}
