/* Holds one record of the account as the file that it is shown as. */
#include "json/record.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/objects.h"
#include "base/reaper.h"
#include "base/wipe.h"

#define SECONDS_A_DAY        86400u
#define NANOSECONDS_A_SECOND 1000000000u

/* -------- its time -------- */

/* Return the days since 1970-01-01. The year begins in March, so that a leap day is its last.
 * Each five months from there have 153 days. 719469 is the number of 1970-01-01. DAY may be one
 * that the month does not have. */
static uint32_t mtime_days(unsigned year, unsigned month, unsigned day)
{
    if (month < 3) {
        month += 12;
        year--;
    }
    uint32_t days = 365 * year + year / 4 - year / 100 + year / 400;
    return days + (153 * (month - 3) + 2) / 5 + day - 719469;
}

/* Read COUNT digits. Return whether there are as many. */
static bool mtime_digits(const char *at, int count, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *value = *value * 10 + (unsigned)(at[i] - '0');
    }
    return true;
}

bool mtime_day(const char *date, size_t size, uint32_t *seconds)
{
    unsigned year, month, day;
    if (size < 10 || date[4] != '-' || date[7] != '-' ||
        (size > 10 && date[10] != 'T' && date[10] != ' '))
        return false;
    if (!mtime_digits(date, 4, &year) || !mtime_digits(date + 5, 2, &month) ||
        !mtime_digits(date + 8, 2, &day))
        return false;
    if (year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1)
        return false;
    uint32_t days = mtime_days(year, month, day);
    uint32_t next_month = mtime_days(year + month / 12, month % 12 + 1, 1);
    if (days >= next_month)
        return false;
    *seconds = days * SECONDS_A_DAY;
    return true;
}

static struct mtime mtime_of_hash(uint32_t day, uint64_t hash)
{
    return (struct mtime){
        .seconds = day + (uint32_t)(hash % SECONDS_A_DAY),
        .nanoseconds = (uint32_t)(hash / SECONDS_A_DAY % NANOSECONDS_A_SECOND),
    };
}

struct mtime mtime_fingerprint(uint32_t day, const char *bytes, size_t size)
{
    return mtime_of_hash(day, XXH3_64bits(bytes, size));
}

uint32_t mtime_day_of(struct mtime mtime)
{
    return mtime.seconds / SECONDS_A_DAY * SECONDS_A_DAY;
}

/* A struct mtime_hash is a state of xxHash; nothing outside this file knows that. */
static XXH3_state_t *mtime_state(struct mtime_hash *hash)
{
    return (XXH3_state_t *)hash;
}

struct mtime_hash *mtime_hash_create(void)
{
    XXH3_state_t *state = XXH3_createState();
    if (state)
        XXH3_64bits_reset(state);
    return (struct mtime_hash *)state;
}

void mtime_hash_add(struct mtime_hash *hash, const char *bytes, size_t size)
{
    XXH3_64bits_update(mtime_state(hash), bytes, size);
}

struct mtime mtime_hash_fingerprint(const struct mtime_hash *hash, uint32_t day)
{
    return mtime_of_hash(day, XXH3_64bits_digest((const XXH3_state_t *)hash));
}

void mtime_hash_destroy(struct mtime_hash *hash)
{
    if (hash)
        XXH3_freeState(mtime_state(hash));
}

/* -------- the record -------- */

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

struct record *record_shrink(struct record *record, size_t size)
{
    struct record *smaller;
    if (record->size < RECORD_LARGE) {
        record->size = (uint32_t)size;
        return record;
    }
    if (size >= RECORD_LARGE) {
        wipe_give_back_pages(record, sizeof *record + record->size, record->size - size);
        record->size = (uint32_t)size;
        return record;
    }
    smaller = record_allocate(record->id, size);
    if (!smaller)
        return NULL;
    memcpy(smaller->bytes, record->bytes, size);
    record_unref(record);
    return smaller;
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

void record_unref_paged(struct record **records, size_t room, size_t count)
{
    reaper_take_paged(records, room * sizeof(struct record *), count, record_drop);
}

bool record_equals(const struct record *a, const struct record *b)
{
    if (a == b)
        return true;
    return a->id == b->id && a->mtime.seconds == b->mtime.seconds &&
           a->mtime.nanoseconds == b->mtime.nanoseconds && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

int record_compare(const void *a, const void *b)
{
    uint64_t first = ((const struct record *)a)->id, second = ((const struct record *)b)->id;
    return (first > second) - (first < second);
}
