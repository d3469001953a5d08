#include "cache/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/live.h"
#include "cache/making.h"
#include "json/reaper.h"

struct snapshot *snapshot_create(struct record **records, size_t count, int64_t began_ms,
                                 int64_t fetched_ms)
{
    struct snapshot *snapshot = malloc(sizeof *snapshot);
    if (!snapshot)
        return NULL;
    *snapshot = (struct snapshot){
        .records = records,
        .count = count,
        .began_ms = began_ms,
        .fetched_ms = fetched_ms,
        .refs = 1,
    };
    TAILQ_INIT(&snapshot->makings);
    live_born(LIVE_SNAPSHOT);
    return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    snapshot->refs++;
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || --snapshot->refs > 0)
        return;
    makings_destroy(snapshot);
    reaper_take(snapshot->records, snapshot->count);
    free(snapshot);
    live_gone(LIVE_SNAPSHOT);
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
