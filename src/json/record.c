/* Holds one record of the account as the file that it is shown as. */
#include "json/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/objects.h"
#include "base/reaper.h"
#include "base/wipe.h"

struct record *record_allocate(uint64_t id, size_t size)
{
    size_t all = sizeof(struct record) + size;
    struct record *record = size < RECORD_LARGE ? malloc(all) : wipe_take_pages(all);
    if (!record)
        return NULL;
    *record = (struct record){
        .id = id,
        .refs = 1,
        .size = (uint32_t)size,
    };
    objects_add(OBJECTS_RECORD);
    return record;
}

struct record *record_create(uint64_t id, uint32_t day, const char *bytes, size_t size)
{
    struct record *record = record_allocate(id, size);
    if (!record)
        return NULL;
    record->mtime = mtime_fingerprint(day, bytes, size);
    memcpy(record->bytes, bytes, size);
    return record;
}

struct record *record_ref(struct record *record)
{
    record->refs++;
    return record;
}

void record_unref(struct record *record)
{
    if (!record || --record->refs > 0)
        return;
    if (record->size < RECORD_LARGE)
        wipe_free(record);
    else
        reaper_take_pages(record, sizeof *record + record->size);
    objects_remove(OBJECTS_RECORD);
}

static void record_drop(void *records, size_t index)
{
    record_unref(((struct record **)records)[index]);
}

void record_unref_all(struct record **records, size_t count)
{
    reaper_take(records, count, record_drop);
}

bool record_equals(const struct record *a, const struct record *b)
{
    return a->id == b->id && a->mtime.seconds == b->mtime.seconds &&
           a->mtime.nanoseconds == b->mtime.nanoseconds && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

int record_compare(const void *a, const void *b)
{
    uint64_t first = ((const struct record *)a)->id, second = ((const struct record *)b)->id;
    return (first > second) - (first < second);
}
