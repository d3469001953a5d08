/* Decides when records of a list are asked for one by one, and holds them beside the list. */
#include "cache/singles.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "json/arrange.h"

/* A list that turns out to take more calls than this many times what was thought is not
 * fetched for one name. */
#define SINGLES_LIMIT_FACTOR 2

/* Of a list whose price is not known, so many are asked for at a time. */
#define SINGLES_AT_ONCE 8

void singles_init(struct singles *singles, struct holding *list, struct single_kind *kind)
{
    *singles = (struct singles){.list = list, .kind = kind};
    TAILQ_INIT(&singles->all);
}

static void singles_forget(struct singles *singles, struct single *single)
{
    TAILQ_REMOVE(&singles->all, single, link);
    single_destroy(single);
}

void singles_finish(struct singles *singles)
{
    struct single *single;
    while ((single = TAILQ_FIRST(&singles->all)))
        singles_forget(singles, single); /* NOLINT(clang-analyzer-unix.Malloc): it leaves all */
}

static struct single *singles_find(const struct singles *singles, uint64_t id)
{
    struct single *single;
    TAILQ_FOREACH(single, &singles->all, link) {
        if (single->id == id)
            return single;
    }
    return NULL;
}

static struct single *singles_get(struct singles *singles, uint64_t id)
{
    struct single *single = singles_find(singles, id);
    if (single)
        return single;
    single = single_create(singles, id);
    if (single)
        TAILQ_INSERT_TAIL(&singles->all, single, link);
    return single;
}

/* What is held of record ID alone, if no list has come since; NULL: nothing. */
static const struct single *singles_counting(const struct singles *singles, uint64_t id)
{
    const struct single *single = id ? singles_find(singles, id) : NULL;
    return single && single_counts(single) ? single : NULL;
}

/* A list that serves on because the service fails does not hide what was asked for later, not
 * even if the time of that is over as well: then it is asked for again. */
struct snapshot *singles_fresh(const struct singles *singles, uint64_t id)
{
    const struct single *single = singles_counting(singles, id);
    bool alone = single && holding_remaining_ms(singles->list) == 0;
    return holding_fresh(alone ? &single->holding : singles->list);
}

struct snapshot *singles_newer(const struct singles *singles, uint64_t id,
                               struct snapshot *snapshot)
{
    const struct single *single = singles_counting(singles, id);
    return single ? single->holding.snapshot : snapshot;
}

/* -------- one, or the list? -------- */

static bool singles_may_be(const struct singles *singles)
{
    return singles->kind && !singles->kind->unused;
}

/* Return whether its call counts against the price of the list. */
static bool singles_is_rented(const struct single *single)
{
    const struct fetch *fetch = &single->holding.fetch;
    return !fetch->outdated && clock_ms() - fetch->began_ms < fetch->source->ttl_ms;
}

/* Return whether a call for it within this TTL was a 404: to ask again would be one more in
 * vain. */
static bool singles_is_unknown(const struct single *single)
{
    return single->unknown && singles_is_rented(single);
}

/* Single calls within the TTL that ends now: not within one that began with the first of them,
 * or those at the end of one would not count against those at the start of the next. */
static uint64_t singles_rented(const struct singles *singles)
{
    const struct single *single;
    uint64_t count = 0;
    TAILQ_FOREACH(single, &singles->all, link)
        count += singles_is_rented(single);
    return count;
}

static uint64_t singles_asked_for(const struct singles *singles)
{
    const struct single *single;
    uint64_t count = 0;
    TAILQ_FOREACH(single, &singles->all, link)
        count += single->holding.fetch.pager != NULL;
    return count;
}

/* Return whether another single call is cheaper than the list, as far as anyone can know. */
static bool singles_pay(const struct singles *singles)
{
    uint64_t rented = singles_rented(singles);
    if (singles->price > 0)
        return rented + 1 < singles->price;
    if (singles->kind->small_lists)
        return rented == 0;
    /* Those that come at the same moment would have to wait for page 1, and then for their own
     * calls. */
    return rented < SINGLES_AT_ONCE && rented == singles_asked_for(singles);
}

static int singles_join(struct singles *singles, uint64_t id, struct waiter *waiter)
{
    struct single *single = singles_get(singles, id);
    return single ? holding_join(&single->holding, waiter, 0) : -ENOMEM;
}

uint64_t singles_limit(const struct singles *singles)
{
    return (singles->price ? singles->price : 1) * SINGLES_LIMIT_FACTOR;
}

int singles_wait(struct singles *singles, uint64_t id, struct waiter *waiter)
{
    const struct fetch *list = &singles->list->fetch;
    const struct single *single = singles_find(singles, id);
    waiter->id = id;
    if (id == 0 || !singles_may_be(singles))
        return holding_join(singles->list, waiter, 0);
    if (single && fetch_is_busy(&single->holding.fetch))
        return singles_join(singles, id, waiter);
    if (single && singles_is_unknown(single))
        return holding_join(singles->list, waiter, FETCH_LIMIT_NONE);
    bool stands_in = fetch_is_busy(list) && single_stale_ms(single) > 0;
    if (!fetch_is_open(list) && (stands_in || singles_pay(singles)))
        return singles_join(singles, id, waiter);
    return holding_join(singles->list, waiter, singles_limit(singles));
}

void singles_hurry(struct singles *singles, struct waiter *waiter, const struct pager *pager)
{
    const struct fetch *list = &singles->list->fetch;
    uint64_t id = waiter->id;
    const struct single *single = singles_find(singles, id);
    if (waiter->fetch != list || id == 0 || !singles_may_be(singles) || !pager)
        return;
    if (single && singles_is_unknown(single))
        return;
    if (singles_rented(singles) + 1 >= pager_price(pager))
        return;
    waiter_cancel(waiter, false);
    int error = singles_join(singles, id, waiter);
    if (error)
        waiter->done(waiter, NULL, error, "");
}

void singles_take_over(struct singles *singles, uint64_t price)
{
    struct fetch *list = &singles->list->fetch;
    struct waiter *waiter;
    singles->price = price;
    fetch_begin_round(list);
    while ((waiter = fetch_next_waiter(list))) {
        int error = singles_wait(singles, waiter->id, waiter);
        if (error)
            waiter->done(waiter, NULL, error, "");
    }
}

/* -------- beside their list -------- */

/* One that is asked for again is enough to know. */
static void singles_compare(struct singles *singles, const struct snapshot *snapshot)
{
    struct single *single;
    bool asking = false;
    TAILQ_FOREACH(single, &singles->all, link) {
        const struct record *listed = asking ? NULL : snapshot_find(snapshot, single->id);
        asking |= single_compare(single, listed, snapshot->began_ms);
    }
}

bool singles_meet_list(struct singles *singles, struct snapshot *snapshot)
{
    struct single *single;
    if (!singles->kind)
        return true;
    singles_compare(singles, snapshot);
    struct buffer *shape = &singles->kind->shape;
    if (snapshot->count > 0 && arrange_shape(snapshot->records[0], shape))
        buffer_clear(shape);
    TAILQ_FOREACH(single, &singles->all, link) {
        if (!single_meet_list(single, snapshot))
            return false;
    }
    /* They give way. Only for the kernel are the records still held, which may know them. */
    TAILQ_FOREACH(single, &singles->all, link)
        single->holding.expired = true;
    return true;
}

static int singles_compare_id(const void *id, const void *member)
{
    const uint64_t *wanted = id;
    struct record *const *record = member;
    return (*wanted > (*record)->id) - (*wanted < (*record)->id);
}

uint64_t singles_missing(const struct singles *singles, const struct snapshot *snapshot,
                         struct record **records, size_t count)
{
    const struct single *single;
    TAILQ_FOREACH(single, &singles->all, link) {
        bool shown =
            single_counts(single) && single->holding.snapshot->began_ms <= snapshot->began_ms;
        if (shown &&
            !bsearch(&single->id, records, count, sizeof(struct record *), singles_compare_id))
            return single->id;
    }
    return 0;
}

void singles_note_list(struct singles *singles, const struct pager_result *result)
{
    singles->price = result->price;
    singles->came_ms = singles->list->snapshot->fetched_ms;
    if (singles->kind)
        singles->kind->small_lists = result->pages <= 1;
}

void singles_stand_in(struct singles *singles, const struct pager_result *result)
{
    struct waiter *waiter, *next;
    for (waiter = TAILQ_FIRST(&singles->list->fetch.waiters); waiter; waiter = next) {
        next = TAILQ_NEXT(waiter, link);
        struct single *single = waiter->id ? singles_find(singles, waiter->id) : NULL;
        if (!single || single_stale_ms(single) <= 0)
            continue;
        waiter_cancel(waiter, false);
        if (!holding_fresh(&single->holding))
            holding_go_stale(&single->holding, result);
        waiter->done(waiter, single->holding.snapshot, 0, result->why);
    }
}

void singles_drop(struct singles *singles)
{
    struct single *single;
    TAILQ_FOREACH(single, &singles->all, link)
        single_drop(single);
}

void singles_expire(struct singles *singles)
{
    struct single *single;
    TAILQ_FOREACH(single, &singles->all, link)
        holding_expire(&single->holding);
}

void singles_sweep(struct singles *singles)
{
    struct single *single, *next;
    for (single = TAILQ_FIRST(&singles->all); single; single = next) {
        next = TAILQ_NEXT(single, link);
        single_sweep(single);
        bool logged = clock_ms() < single->holding.fetch.logged.until_ms;
        if (holding_is_idle(&single->holding) && !logged && !singles_is_rented(single))
            singles_forget(singles, single);
    }
}
