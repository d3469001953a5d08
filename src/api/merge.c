/* Makes one list of the windows of a flight, in steps. */
#include "api/merge.h"

#include <errno.h>
#include <stdlib.h>

/* Neighbours that are compared a step. */
#define MERGE_CHECKS 8192

/* Return how many records were removed from window INDEX and from no other one, at least. Those
 * that it shares with the window before were removed from both. */
static uint64_t merge_removed(const struct flight *flight, size_t index)
{
    uint64_t removed = flight_envelope(flight, index)->doubles;
    uint64_t before =
        flight->windows[index].skip > 0 ? flight_envelope(flight, index - 1)->doubles : 0;
    return removed > before ? removed - before : 0;
}

int merge_init(struct merge *merge, const struct flight *flight)
{
    size_t room = 1;
    uint64_t removed = 0;
    for (size_t i = 0; i < flight->count; i++) {
        room += flight_envelope(flight, i)->count;
        removed += merge_removed(flight, i);
    }
    *merge = (struct merge){
        .flight = flight,
        .records = calloc(room, sizeof(struct record *)),
        .removed = removed,
        .ascending = true,
    };
    return merge->records ? 0 : -ENOMEM;
}

static void merge_move_window(struct merge *merge)
{
    size_t at = merge->window++;
    struct envelope *envelope = flight_envelope(merge->flight, at);
    for (size_t i = merge->flight->windows[at].skip; i < envelope->count; i++) {
        struct record *record = envelope->records[i];
        if (merge->count > 0) {
            uint64_t last = merge->records[merge->count - 1]->id;
            merge->ascending = merge->ascending && last < record->id;
        }
        merge->records[merge->count++] = record;
        merge->bytes += record->size;
    }
    envelope->count = merge->flight->windows[at].skip;
    envelope_finish(envelope);
}

static int merge_sort(struct merge *merge)
{
    int error = 0;
    if (!merge->sorting)
        error = sorter_init(&merge->sorter, merge->records, merge->count, record_compare);
    if (error)
        return error;
    merge->sorting = true;
    if (sorter_step(&merge->sorter)) {
        merge->records = sorter_finish(&merge->sorter);
        merge->sorting = false;
        merge->checked = merge->kept = 1;
    }
    return 1;
}

/* Sorted as it is, a person who stands there twice stands there one after the other. */
static int merge_remove_doubles(struct merge *merge)
{
    struct record **records = merge->records;
    for (int i = 0; i < MERGE_CHECKS && merge->checked < merge->count; i++) {
        struct record *record = records[merge->checked];
        records[merge->checked++] = NULL;
        if (records[merge->kept - 1]->id == record->id) {
            merge->bytes -= records[--merge->kept]->size;
            record_unref(records[merge->kept]);
            merge->doubles = true;
        }
        records[merge->kept++] = record;
    }
    if (merge->checked < merge->count)
        return 1;
    merge->count = merge->kept;
    return 0;
}

int merge_step(struct merge *merge)
{
    if (merge->window < merge->flight->count) {
        merge_move_window(merge);
        return merge->window < merge->flight->count || !merge->ascending ? 1 : 0;
    }
    return merge->checked == 0 ? merge_sort(merge) : merge_remove_doubles(merge);
}

struct record **merge_take(struct merge *merge)
{
    struct record **records = merge->records;
    *merge = (struct merge){.records = NULL};
    return records;
}

void merge_finish(struct merge *merge)
{
    if (merge->sorting)
        merge->records = sorter_finish(&merge->sorter);
    record_unref_all(merge->records, merge->count);
    *merge = (struct merge){.records = NULL};
}

struct freshness merge_freshness(const struct flight *flight)
{
    struct freshness freshness = {.age_s = 0};
    for (size_t i = 0; i < flight->count; i++)
        freshness_narrow(&freshness, flight_freshness(flight, i));
    return freshness;
}
