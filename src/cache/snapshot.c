#include "cache/snapshot.h"

#include <stdlib.h>

#include "base/live.h"

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
    for (size_t i = 0; i < snapshot->count; i++)
        record_unref(snapshot->records[i]);
    free(snapshot->records);
    free(snapshot);
    live_gone(LIVE_SNAPSHOT);
}

struct record *snapshot_find(const struct snapshot *snapshot, uint64_t id)
{
    size_t low = 0, high = snapshot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (snapshot->records[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == snapshot->count || snapshot->records[low]->id != id)
        return NULL;
    return snapshot->records[low];
}
