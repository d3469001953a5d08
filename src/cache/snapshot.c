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
    TAILQ_INIT(&snapshot->makings);
    objects_add(OBJECTS_SNAPSHOT);
    return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    snapshot->refs++;
    return snapshot;
}

static void making_free(struct making *making)
{
    making->kind->finish(making);
    free(making);
    objects_remove(OBJECTS_MAKING);
}

void making_drop(struct making *making)
{
    TAILQ_REMOVE(&making->snapshot->makings, making, link);
    making_free(making);
}

static void makings_destroy(struct snapshot *snapshot)
{
    struct making *making;
    while ((making = TAILQ_FIRST(&snapshot->makings)))
        making_drop(making); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || --snapshot->refs > 0)
        return;
    makings_destroy(snapshot);
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

static struct making *making_any(const struct snapshot *snapshot,
                                 const struct making_kind *kind)
{
    struct making *making;
    TAILQ_FOREACH(making, &snapshot->makings, link) {
        if (making->kind == kind)
            return making;
    }
    return NULL;
}

struct making *making_find(const struct snapshot *snapshot, const struct making_kind *kind)
{
    struct making *making = making_any(snapshot, kind);
    return making && making->done ? making : NULL;
}

/* One that failed has left the snapshot before anyone hears of it, and may try again. */
static void making_end(struct making *making, int error)
{
    struct snapshot *snapshot = making->snapshot;
    struct making_waiter *waiter;
    making->done = true;
    if (error)
        TAILQ_REMOVE(&snapshot->makings, making, link);
    while ((waiter = TAILQ_FIRST(&making->waiters))) {
        TAILQ_REMOVE(&making->waiters, waiter, link);
        waiter->making = NULL;
        waiter->made(waiter, error);
    }
    if (error)
        making_free(making);
    snapshot_unref(snapshot);
}

static void making_on_work(void *data)
{
    struct making *making = data;
    int more = making->kind->step(making);
    if (more > 0)
        loop_work_start(making->loop, &making->work, making_on_work, making);
    else
        making_end(making, more);
}

static struct making *making_create(struct snapshot *snapshot, const struct making_kind *kind)
{
    struct making *making = calloc(1, kind->size);
    if (!making)
        return NULL;
    making->kind = kind;
    making->snapshot = snapshot;
    TAILQ_INIT(&making->waiters);
    TAILQ_INSERT_TAIL(&snapshot->makings, making, link);
    objects_add(OBJECTS_MAKING);
    return making;
}

static struct making *making_begin(struct loop *loop, struct snapshot *snapshot,
                                   const struct making_kind *kind)
{
    struct making *making = making_create(snapshot, kind);
    if (!making)
        return NULL;
    making->loop = loop;
    snapshot_ref(snapshot);
    loop_work_start(loop, &making->work, making_on_work, making);
    return making;
}

int making_wait(struct loop *loop, struct snapshot *snapshot, const struct making_kind *kind,
                struct making_waiter *waiter)
{
    struct making *making = making_any(snapshot, kind);
    if (!making)
        making = making_begin(loop, snapshot, kind);
    if (!making)
        return -ENOMEM;
    waiter->making = making;
    TAILQ_INSERT_TAIL(&making->waiters, waiter, link);
    return 0;
}

static void making_abandon(struct making *making)
{
    struct snapshot *snapshot = making->snapshot;
    loop_work_stop(&making->work);
    making_drop(making);
    snapshot_unref(snapshot);
}

void making_waiter_cancel(struct making_waiter *waiter, bool abandon)
{
    struct making *making = waiter->making;
    if (!making)
        return;
    TAILQ_REMOVE(&making->waiters, waiter, link);
    waiter->making = NULL;
    if (abandon && !making->done && TAILQ_EMPTY(&making->waiters))
        making_abandon(making);
}

/* -------- when the listing goes on to another snapshot -------- */

static bool makings_have_same_records(const struct snapshot *a, const struct snapshot *b)
{
    return a->count == b->count &&
           (a->count == 0 ||
            memcmp(a->records, b->records, a->count * sizeof(struct record *)) == 0);
}

void makings_carry(struct snapshot *fresh, const struct snapshot *old)
{
    const struct making *making;
    if (!old || TAILQ_EMPTY(&old->makings) || !makings_have_same_records(fresh, old))
        return;
    TAILQ_FOREACH(making, &old->makings, link) {
        struct making *carried =
            making->done && making->kind->carry ? making_create(fresh, making->kind) : NULL;
        if (!carried)
            continue;
        carried->done = true;
        making->kind->carry(carried, making);
    }
}

void makings_end(struct snapshot *snapshot)
{
    struct making *making = snapshot ? TAILQ_FIRST(&snapshot->makings) : NULL, *next;
    for (; making; making = next) {
        next = TAILQ_NEXT(making, link);
        if (!making->done && TAILQ_EMPTY(&making->waiters))
            making_abandon(making);
    }
}

void makings_sweep(struct snapshot *snapshot)
{
    struct making *making, *next;
    for (making = TAILQ_FIRST(&snapshot->makings); making; making = next) {
        next = TAILQ_NEXT(making, link);
        bool idle = making->done && making->kind->is_idle && making->kind->is_idle(making);
        if (idle && making->was_idle)
            making_drop(making);
        else
            making->was_idle = idle;
    }
}
