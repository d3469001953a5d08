/* Asks for one record of a list by a call of its own. */
#include "cache/single.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/objects.h"
#include "json/arrange.h"

/* After so many that did not fit their lists, no single is asked for any more. */
#define SINGLE_MISFITS_MAX 3

/* The names of a record's members, in bytes. */
#define SINGLE_SHAPE_MAX ((size_t)1 << 20)

void single_kind_init(struct single_kind *kind)
{
    *kind = (struct single_kind){.works = false};
    buffer_init(&kind->shape, SINGLE_SHAPE_MAX);
}

void single_kind_finish(struct single_kind *kind)
{
    buffer_finish(&kind->shape);
}

static struct record *single_record(const struct single *single)
{
    return holding_find(&single->holding, single->id);
}

bool single_counts(const struct single *single)
{
    return single->holding.snapshot && !single->holding.expired;
}

int64_t single_stale_ms(const struct single *single)
{
    return single ? holding_stale_ms(&single->holding) : 0;
}

static void single_forget_doubt(struct single *single)
{
    record_unref(single->doubt);
    single->doubt = NULL;
    single->contradicted = false;
}

void single_drop(struct single *single)
{
    holding_drop(&single->holding);
    single_forget_doubt(single);
}

/* What was asked for while a list is being read goes into that, however long that takes. */
static bool single_is_wanted(const struct single *single)
{
    const struct snapshot *snapshot = single->holding.snapshot;
    return snapshot &&
           (single->singles->list->fetch.pager || clock_ms() < snapshot->fresh_until_ms);
}

void single_sweep(struct single *single)
{
    if (single_is_wanted(single))
        return;
    bool held = single->holding.snapshot != NULL;
    holding_sweep(&single->holding);
    if (held && !single->holding.snapshot)
        single_forget_doubt(single);
}

/* -------- is it written as in a list? -------- */

static void single_doubt(struct single *single, struct record *record, int64_t asked_ms)
{
    record_ref(record);
    single_forget_doubt(single);
    single->doubt = record;
    single->doubt_ms = asked_ms;
}

/* Return whether the service says in RECORD what it says in LISTED, in whichever order. */
static bool single_says(struct record *record, const struct record *listed)
{
    struct record *arranged;
    if (arrange_record(record, listed->bytes, listed->size, &arranged))
        return false;
    bool same = record_equals(arranged, listed);
    record_unref(arranged);
    return same;
}

static void single_give_up(struct single *single)
{
    char path[ENDPOINT_PATH_MAX];
    target_path(&single->holding.fetch.target, 0, 0, path);
    log_info("%s: the service writes users otherwise when they are asked for one by one; lists "
             "are used from now on",
             path);
    single->singles->kind->unused = true;
}

/* Return whether RECORD, which came, may be shown, where its list shows LISTED, or NULL. If
 * not, the list is to be asked. FITS: it has the members, and their order. */
static bool single_is_believed(struct single *single, struct record *record,
                               const struct record *listed, bool fits)
{
    struct single_kind *kind = single->singles->kind;
    bool same = fits && listed && record_equals(record, listed);
    bool contradicts = single->contradicted && listed && !same;
    bool again = single->doubt && !single->contradicted;
    if (same)
        kind->agrees = true;
    if (contradicts && !kind->unused && single_says(single->doubt, record))
        single_give_up(single);
    single_forget_doubt(single);
    if (kind->unused)
        return false;
    if (fits && (!listed || kind->agrees || again))
        return true;
    single_doubt(single, record, single->holding.fetch.began_ms);
    return false;
}

/* What SINGLE said last, and no list has judged so far; *ASKED_MS: when. NULL: nothing. */
static struct record *single_said(const struct single *single, int64_t *asked_ms)
{
    *asked_ms = single->doubt_ms;
    if (single->doubt || !single_counts(single))
        return single->doubt;
    *asked_ms = single->holding.snapshot->began_ms;
    return single_record(single);
}

bool single_compare(struct single *single, const struct record *listed, int64_t list_ms)
{
    int64_t asked_ms;
    struct record *said = single_said(single, &asked_ms);
    if (said && listed && single_says(said, listed)) {
        single->singles->kind->agrees = true;
    } else if (said && listed && asked_ms <= list_ms && !single->holding.fetch.pager &&
               !single->singles->kind->unused) {
        single_doubt(single, said, asked_ms);
        single->contradicted = true;
        return fetch_start(&single->holding.fetch, 0) == 0;
    }
    single_forget_doubt(single);
    return false;
}

bool single_meet_list(const struct single *single, struct snapshot *snapshot)
{
    struct record *known = single_record(single);
    const struct record *listed = known ? snapshot_find(snapshot, known->id) : NULL;
    bool is_later = known && single_counts(single) &&
                    single->holding.snapshot->began_ms > snapshot->began_ms;
    bool is_same = listed && record_equals(listed, known);
    if (is_later && listed && single_says(known, listed))
        is_later = false;
    return (!is_later && !is_same) || snapshot_put(snapshot, known);
}

/* -------- what came -------- */

/* Those who wait get what the list says, which may have come meanwhile. */
static void single_ask_list(struct single *single)
{
    struct holding *list = single->singles->list;
    struct waiter *waiter;
    if (holding_remaining_ms(list) > 0) {
        fetch_deliver(&single->holding.fetch, list->snapshot, 0, "");
        return;
    }
    fetch_begin_round(&single->holding.fetch);
    while ((waiter = fetch_next_waiter(&single->holding.fetch))) {
        int error = holding_join(list, waiter, FETCH_LIMIT_NONE);
        if (error)
            waiter->done(waiter, NULL, error, "");
    }
}

static void single_misfit(struct single *single, const char *why)
{
    char path[ENDPOINT_PATH_MAX];
    struct single_kind *kind = single->singles->kind;
    target_path(&single->holding.fetch.target, 0, 0, path);
    if (++kind->misfits >= SINGLE_MISFITS_MAX)
        kind->unused = true;
    log_info("%s: %s; %s", path, why,
             kind->unused ? "lists are used from now on" : "asking for the whole list");
}

/* Return whether RECORD says that it is of this list: 1; 0 if it says another; -EBADMSG if it
 * does not say. */
static int single_belongs(const struct single *single, const struct record *record)
{
    const struct target *list = &single->singles->list->fetch.target;
    uint64_t owners[ENDPOINT_IDS_MAX];
    target_read_owners(list, record, owners);
    for (size_t i = 0; i < ENDPOINT_IDS_MAX && list->endpoint->owners[i]; i++) {
        if (owners[i] != list->ids[i])
            return owners[i] ? 0 : -EBADMSG;
    }
    return 1;
}

/* Put *RECORD in the order of what its list showed of it before, LISTED, or of what lists show
 * at all; as it is if there was no list yet. Return 0; -EBADMSG if it has other members than
 * those; -ENOMEM. */
static int single_arrange(const struct single *single, const struct record *listed,
                          struct record **record)
{
    const struct buffer *shape = &single->singles->kind->shape;
    const char *template = listed ? listed->bytes : shape->data;
    size_t size = listed ? listed->size : shape->size;
    struct record *arranged;
    if (size == 0)
        return 0;
    int error = arrange_record(*record, template, size, &arranged);
    if (error)
        return error == -ENOMEM ? error : -EBADMSG;
    record_unref(*record);
    *record = arranged;
    return 0;
}

/* The same bytes are the same node, by the list or alone. */
static void single_share(const struct single *single, struct record **record)
{
    const struct holding *list = single->singles->list;
    struct record *const olds[] = {holding_find(list, single->id), single_record(single)};
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        if (olds[i] && record_equals(olds[i], *record)) {
            record_unref(*record);
            *record = record_ref(olds[i]);
            return;
        }
    }
    (*record)->ino = ino_of(&list->family, *record);
}

static void single_take(struct single *single, struct pager_result *result)
{
    struct snapshot *snapshot = fetch_make_snapshot(&single->holding.fetch, result, NULL);
    if (!snapshot) {
        fetch_fail_memory(&single->holding.fetch);
        return;
    }
    single_forget_doubt(single);
    single->unknown = false;
    holding_take(&single->holding, snapshot, result);
    holding_deliver(&single->holding, "");
}

/* Return whether a list came while SINGLE was asked for: somebody may have seen that, and
 * nobody this. It may have gone again. */
static bool single_is_late(const struct single *single)
{
    return holding_remaining_ms(single->singles->list) > 0 ||
           single->holding.fetch.began_ms <= single->singles->came_ms;
}

static void single_came(struct single *single, struct pager_result *result)
{
    struct record **record = &result->records[0];
    const struct record *listed = holding_find(single->singles->list, single->id);
    int belongs = single_belongs(single, *record), error = 0;
    if (belongs > 0)
        error = single_arrange(single, listed, record);
    if (belongs == -EBADMSG)
        single_misfit(single, "it does not say where it belongs");
    bool believed =
        belongs > 0 && error != -ENOMEM && single_is_believed(single, *record, listed, !error);
    if (believed && !single_is_late(single)) {
        single->singles->kind->works = true;
        single_share(single, record);
        single_take(single, result);
        return;
    }
    record_unref(*record);
    free(result->records);
    if (error == -ENOMEM)
        fetch_fail_memory(&single->holding.fetch);
    else
        single_ask_list(single);
}

/* Let what is held serve on after a failure that passes, of the record or else of its list.
 * Return whether there is anything. */
static bool single_serve_stale(struct single *single, const struct pager_result *result)
{
    bool alone = single_stale_ms(single) > 0;
    struct holding *held = alone ? &single->holding : single->singles->list;
    if (holding_stale_ms(held) <= 0)
        return false;
    holding_go_stale(held, result);
    fetch_deliver(&single->holding.fetch, held->snapshot, 0, result->why);
    return true;
}

/* What may not be seen any more goes. */
static void single_fail(struct single *single, const struct pager_result *result)
{
    fetch_note_failure(&single->holding.fetch, result);
    if (result->error == -EACCES)
        single_drop(single);
    fetch_fail(&single->holding.fetch, result);
}

/* Return whether the answer is of no use: no record, no 404, and no failure that may pass. */
static bool single_is_nonsense(const struct pager_result *result)
{
    bool passes = result->transient || fetch_failure_passes(result);
    return result->status != 404 && !passes &&
           (result->error == -EINVAL || result->error == -EBADMSG || result->error == -EIO);
}

static void single_failed(struct single *single, const struct pager_result *result)
{
    struct single_kind *kind = single->singles->kind;
    struct holding *list = single->singles->list;
    /* Only caches in between have failed, and the list may be had. */
    bool is_older = single->holding.fetch.doubted && single_stale_ms(single) <= 0;
    single->unknown = result->status == 404;
    if (result->status == 401) {
        single_fail(single, result);
        return;
    }
    if (result->status == 403) {
        log_info("users can't be asked for one by one: %s", result->why);
        kind->unused = true;
        single_drop(single);
        if (!single_is_late(single)) /* it may be about this user */
            list->expired = true;
        single_ask_list(single);
    } else if (single_is_nonsense(result)) {
        /* A 410 after others came is about this user. */
        if (result->status != 410 || !kind->works)
            single_misfit(single, result->why);
        single_ask_list(single);
    } else if (single->unknown || is_older || fetch_is_open(&list->fetch) ||
               single_is_late(single)) {
        single_ask_list(single);
    } else if (fetch_failure_passes(result) && single_serve_stale(single, result)) {
        fetch_note_failure(&single->holding.fetch, result);
    } else {
        single_fail(single, result);
    }
}

static void single_on_ended(void *data, struct pager_result *result)
{
    struct single *single = data;
    if (result->error)
        single_failed(single, result);
    else
        single_came(single, result);
}

/* By the list, or alone. What came too late is not shown, however old it is. */
static int64_t single_shown_ms(void *data)
{
    const struct single *single = data;
    int64_t alone_ms = holding_shown_ms(&single->holding);
    int64_t list_ms = holding_shown_ms(single->singles->list);
    if (single_is_late(single))
        return INT64_MIN;
    return alone_ms > list_ms ? alone_ms : list_ms;
}

static void single_on_began(void *data)
{
    struct single *single = data;
    single->holding.fetch.source->single_calls++;
}

/* Nothing is compared with what is held when a record comes: that needs the list's order of
 * members first. */
static const struct fetch_owner single_fetch_owner = {
    .began = single_on_began,
    .shown_ms = single_shown_ms,
    .ended = single_on_ended,
};

struct single *single_create(struct singles *singles, uint64_t id)
{
    const struct fetch *list = &singles->list->fetch;
    const struct target target = {list->target.endpoint->one, {id, 0}};
    struct single *single = calloc(1, sizeof *single);
    if (!single)
        return NULL;
    single->singles = singles;
    single->id = id;
    fetch_init(&single->holding.fetch, list->source, &target, &single_fetch_owner, single);
    objects_add(OBJECTS_SINGLE);
    return single;
}

void single_destroy(struct single *single)
{
    single_drop(single);
    holding_finish(&single->holding);
    free(single);
    objects_remove(OBJECTS_SINGLE);
}
