/* Holds the records of a listing at one time, and what is made of them. */
#include "cache/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/objects.h"
#include "base/reaper.h"

struct snapshot *snapshot_create(struct record **records, size_t count, int64_t began_ms,
                                 int64_t fetched_ms)
{
    static uint32_t numbers;
    struct snapshot *snapshot = malloc(sizeof *snapshot);
    if (!snapshot)
        return NULL;
    *snapshot = (struct snapshot){
        .records = records,
        .count = count,
        .began_ms = began_ms,
        .fetched_ms = fetched_ms,
        .number = ++numbers ? numbers : ++numbers,
        .refs = 1,
    };
    TAILQ_INIT(&snapshot->derived);
    objects_add(OBJECTS_SNAPSHOT);
    return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    snapshot->refs++;
    return snapshot;
}

static void derived_free(struct derived *derived)
{
    derived->kind->finish(derived);
    free(derived);
    objects_remove(OBJECTS_DERIVED);
}

/* It may not be under way. */
static void derived_drop(struct derived *derived)
{
    TAILQ_REMOVE(&derived->snapshot->derived, derived, link);
    derived_free(derived);
}

void snapshot_unref(struct snapshot *snapshot)
{
    struct derived *derived;
    if (!snapshot || --snapshot->refs > 0)
        return;
    while ((derived = TAILQ_FIRST(&snapshot->derived)))
        derived_drop(derived); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
    record_unref_all(snapshot->records, snapshot->count);
    free(snapshot);
    objects_remove(OBJECTS_SNAPSHOT);
}

bool snapshot_place(const struct snapshot *snapshot, uint64_t id, size_t *index)
{
    size_t low = 0, high = snapshot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (snapshot->records[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < snapshot->count && snapshot->records[low]->id == id;
}

bool snapshot_put(struct snapshot *snapshot, struct record *record)
{
    size_t index;
    if (snapshot_place(snapshot, record->id, &index)) {
        record_unref(snapshot->records[index]);
        snapshot->records[index] = record_ref(record);
        return true;
    }
    struct record **records =
        realloc(snapshot->records, (snapshot->count + 1) * sizeof(struct record *));
    if (!records)
        return false;
    memmove(&records[index + 1], &records[index],
            (snapshot->count - index) * sizeof(struct record *));
    records[index] = record_ref(record);
    snapshot->records = records;
    snapshot->count++;
    return true;
}

struct record *snapshot_find(const struct snapshot *snapshot, uint64_t id)
{
    size_t index;
    return snapshot_place(snapshot, id, &index) ? snapshot->records[index] : NULL;
}

struct record *snapshot_find_next(const struct snapshot *snapshot, uint64_t id, size_t *hint)
{
    size_t index = *hint + 1;
    bool guessed = index < snapshot->count && snapshot->records[index]->id == id;
    if (!guessed && !snapshot_place(snapshot, id, &index))
        return NULL;
    *hint = index;
    return snapshot->records[index];
}

struct record *snapshot_beside(const struct snapshot *snapshot, uint64_t id, bool below,
                               size_t *hint)
{
    size_t index = *hint;
    bool there = (index < snapshot->count && snapshot->records[index]->id == id) ||
                 snapshot_place(snapshot, id, &index);
    if (below && index == 0)
        return NULL;
    index = below ? index - 1 : index + there;
    if (index >= snapshot->count)
        return NULL;
    *hint = index;
    return snapshot->records[index];
}

/* -------- what is made of a snapshot -------- */

static struct derived *derived_any(const struct snapshot *snapshot,
                                   const struct derived_kind *kind)
{
    struct derived *derived;
    TAILQ_FOREACH(derived, &snapshot->derived, link) {
        if (derived->kind == kind)
            return derived;
    }
    return NULL;
}

struct derived *derived_find(const struct snapshot *snapshot, const struct derived_kind *kind)
{
    struct derived *derived = derived_any(snapshot, kind);
    return derived && derived->done ? derived : NULL;
}

/* One that failed has left the snapshot before anyone hears of it, and may try again. */
static void derived_end(struct derived *derived, int error)
{
    struct snapshot *snapshot = derived->snapshot;
    struct derived_waiter *waiter;
    derived->done = true;
    if (error)
        TAILQ_REMOVE(&snapshot->derived, derived, link);
    while ((waiter = TAILQ_FIRST(&derived->waiters))) {
        TAILQ_REMOVE(&derived->waiters, waiter, link);
        waiter->derived = NULL;
        waiter->made(waiter, error);
    }
    if (error)
        derived_free(derived);
    snapshot_unref(snapshot);
}

static void derived_on_work(void *data)
{
    struct derived *derived = data;
    int more = derived->kind->step(derived);
    if (more > 0)
        loop_work_start(derived->loop, &derived->work, derived_on_work, derived);
    else
        derived_end(derived, more);
}

static struct derived *derived_create(struct snapshot *snapshot,
                                      const struct derived_kind *kind)
{
    struct derived *derived = calloc(1, kind->size);
    if (!derived)
        return NULL;
    derived->kind = kind;
    derived->snapshot = snapshot;
    TAILQ_INIT(&derived->waiters);
    TAILQ_INSERT_TAIL(&snapshot->derived, derived, link);
    objects_add(OBJECTS_DERIVED);
    return derived;
}

static struct derived *derived_begin(struct loop *loop, struct snapshot *snapshot,
                                     const struct derived_kind *kind)
{
    struct derived *derived = derived_create(snapshot, kind);
    if (!derived)
        return NULL;
    derived->loop = loop;
    snapshot_ref(snapshot);
    loop_work_start(loop, &derived->work, derived_on_work, derived);
    return derived;
}

int derived_wait(struct loop *loop, struct snapshot *snapshot, const struct derived_kind *kind,
                 struct derived_waiter *waiter)
{
    struct derived *derived = derived_any(snapshot, kind);
    if (!derived)
        derived = derived_begin(loop, snapshot, kind);
    if (!derived)
        return -ENOMEM;
    waiter->derived = derived;
    TAILQ_INSERT_TAIL(&derived->waiters, waiter, link);
    return 0;
}

static void derived_abandon(struct derived *derived)
{
    struct snapshot *snapshot = derived->snapshot;
    loop_work_stop(&derived->work);
    derived_drop(derived);
    snapshot_unref(snapshot);
}

void derived_waiter_cancel(struct derived_waiter *waiter, bool abandon)
{
    struct derived *derived = waiter->derived;
    if (!derived)
        return;
    TAILQ_REMOVE(&derived->waiters, waiter, link);
    waiter->derived = NULL;
    if (abandon && !derived->done && TAILQ_EMPTY(&derived->waiters))
        derived_abandon(derived);
}

/* -------- when the listing goes on to another snapshot -------- */

static bool snapshot_has_same_records(const struct snapshot *a, const struct snapshot *b)
{
    return a->count == b->count &&
           (a->count == 0 ||
            memcmp(a->records, b->records, a->count * sizeof(struct record *)) == 0);
}

void snapshot_carry_derived(struct snapshot *fresh, const struct snapshot *old)
{
    const struct derived *derived;
    if (!old || TAILQ_EMPTY(&old->derived) || !snapshot_has_same_records(fresh, old))
        return;
    TAILQ_FOREACH(derived, &old->derived, link) {
        struct derived *carried =
            derived->done && derived->kind->carry ? derived_create(fresh, derived->kind) : NULL;
        if (!carried)
            continue;
        carried->done = true;
        derived->kind->carry(carried, derived);
    }
}

void snapshot_end_derived(struct snapshot *snapshot)
{
    struct derived *derived = snapshot ? TAILQ_FIRST(&snapshot->derived) : NULL, *next;
    for (; derived; derived = next) {
        next = TAILQ_NEXT(derived, link);
        if (!derived->done && TAILQ_EMPTY(&derived->waiters))
            derived_abandon(derived);
    }
}

void snapshot_sweep_derived(struct snapshot *snapshot)
{
    struct derived *derived, *next;
    for (derived = TAILQ_FIRST(&snapshot->derived); derived; derived = next) {
        next = TAILQ_NEXT(derived, link);
        bool idle = derived->done && derived->kind->is_idle && derived->kind->is_idle(derived);
        if (idle && derived->was_idle)
            derived_drop(derived);
        else
            derived->was_idle = idle;
    }
}
