#include "json/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/live.h"
#include "base/wipe.h"

struct record *record_create(uint64_t id, uint32_t day, const char *bytes, size_t size)
{
    struct record *record = malloc(sizeof *record + size);
    if (!record)
        return NULL;
    *record = (struct record){
        .id = id,
        .mtime = mtime_fingerprint(day, bytes, size),
        .refs = 1,
        .size = (uint32_t)size,
    };
    memcpy(record->bytes, bytes, size);
    live_born(LIVE_RECORD);
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
    wipe_free(record);
    live_gone(LIVE_RECORD);
}

bool record_equals(const struct record *a, const struct record *b)
{
    return a->id == b->id && a->mtime.seconds == b->mtime.seconds &&
           a->mtime.nanoseconds == b->mtime.nanoseconds && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}
