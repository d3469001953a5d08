/* Makes the names of links to the records of a snapshot, and knows where each leads. */
#include "view/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/objects.h"
#include "base/reaper.h"
#include "view/name.h"

/* A step of each kind of work: bytes of records that are read, records, and entries that are
 * looked at, where looking one up is as much as some others. */
#define NAMES_BYTES   ((size_t)64 << 10)
#define NAMES_RECORDS 128
#define NAMES_ENTRIES 1024
#define NAMES_LOOKUP  16

struct names_entry {
    struct record *record; /* borrowed from the snapshot */
    bool with_id;          /* gets its ID behind the name */
    char name[];
};

static const char *names_member(const struct names *names)
{
    return container_of(names->derived.kind, struct names_kind, derived)->member;
}

static struct names_entry *names_entry_create(struct names *names, struct record *record,
                                              const char *name, size_t size)
{
    struct names_entry *entry = arena_take(&names->arena, sizeof *entry + size + 1);
    if (!entry)
        return NULL;
    entry->record = record;
    entry->with_id = false;
    memcpy(entry->name, name, size + 1);
    return entry;
}

static int names_compare_to(const void *name, const void *place)
{
    const struct names_entry *const *entry = place;
    return strcmp(name, (*entry)->name);
}

/* Of some with the same name, return any. */
static struct names_entry *names_entry_find(const struct names *names, const char *name)
{
    struct names_entry **found =
        bsearch(name, names->entries, names->count, sizeof *found, names_compare_to);
    return found ? *found : NULL;
}

/* -------- the phases: each is called until it returns 0, or -errno -------- */

static int names_collect(struct names *names)
{
    const struct snapshot *snapshot = names->derived.snapshot;
    char name[NAME_SIZE];
    size_t bytes = 0;
    if (!names->entries)
        names->entries = calloc(snapshot->count + 1, sizeof(struct names_entry *));
    if (!names->entries)
        return -ENOMEM;
    for (int i = 0; i < NAMES_RECORDS && bytes < NAMES_BYTES; i++) {
        if (names->next == snapshot->count)
            return 0;
        struct record *record = snapshot->records[names->next++];
        size_t size = name_of_link(record, names_member(names), NAME_SIZE - 1, name);
        bytes += record->size;
        if (size == 0)
            continue;
        struct names_entry *entry = names_entry_create(names, record, name, size);
        if (!entry)
            return -ENOMEM;
        names->entries[names->count++] = entry;
    }
    return 1;
}

static int names_compare(const void *a, const void *b)
{
    const struct names_entry *first = a, *second = b;
    return strcmp(first->name, second->name);
}

static int names_sort(struct names *names)
{
    if (!names->sorter.items) {
        int error = sorter_init(&names->sorter, names->entries, names->count, names_compare);
        if (error)
            return error;
        names->entries = NULL;
    }
    if (!sorter_step(&names->sorter))
        return 1;
    names->entries = sorter_finish(&names->sorter);
    names->sorter.items = NULL;
    return 0;
}

static bool names_is_like_next(const struct names *names, size_t index)
{
    return index + 1 < names->count &&
           strcmp(names->entries[index]->name, names->entries[index + 1]->name) == 0;
}

/* The chain is one entry that gets its ID, the one whose name it takes by that, and so on: a
 * hostile account may make it as long as the list. */
static void names_follow_chain(struct names *names)
{
    char name[NAME_SIZE];
    struct names_entry *entry = names->chain;
    entry->with_id = true;
    names->with_id = true;
    name_of_link_with_id(entry->record, names_member(names), name);
    entry = names_entry_find(names, name);
    names->chain = entry && !entry->with_id ? entry : NULL;
}

/* Find the entries that need their ID. The names stay as they are meanwhile, so that they can
 * be looked up. */
static int names_mark(struct names *names)
{
    for (int left = NAMES_ENTRIES; left > 0; left--) {
        if (names->chain) {
            names_follow_chain(names);
            left -= NAMES_LOOKUP;
            continue;
        }
        if (names->next == names->count)
            return 0;
        size_t index = names->next++;
        struct names_entry *entry = names->entries[index];
        if (!entry->with_id && (names_is_like_next(names, index) ||
                                (index > 0 && names_is_like_next(names, index - 1))))
            names->chain = entry;
    }
    return 1;
}

static int names_add_ids(struct names *names)
{
    char name[NAME_SIZE];
    if (!names->with_id)
        return 0;
    for (int i = 0; i < NAMES_RECORDS; i++) {
        if (names->next == names->count)
            return 0;
        struct names_entry **entry = &names->entries[names->next++];
        struct record *record = (*entry)->record;
        if (!(*entry)->with_id)
            continue;
        name_of_link_with_id(record, names_member(names), name);
        *entry = names_entry_create(names, record, name, strlen(name));
        if (!*entry)
            return -ENOMEM;
    }
    return 1;
}

static int names_sort_again(struct names *names)
{
    return names->with_id ? names_sort(names) : 0;
}

int names_step(struct derived *derived)
{
    static int (*const phases[])(struct names *) = {
        names_collect, names_sort, names_mark, names_add_ids, names_sort_again,
    };
    struct names *names = container_of(derived, struct names, derived);
    int more = phases[names->phase](names);
    if (more)
        return more;
    names->next = 0;
    return ++names->phase < sizeof phases / sizeof *phases;
}

void names_finish(struct derived *derived)
{
    struct names *names = container_of(derived, struct names, derived);
    if (names->sorter.items)
        names->entries = sorter_finish(&names->sorter);
    free(names->entries);
    reaper_take_arena(&names->arena);
}

/* -------- what was made -------- */

struct names *names_find(const struct snapshot *snapshot, const struct names_kind *kind)
{
    struct derived *derived = derived_find(snapshot, &kind->derived);
    return derived ? container_of(derived, struct names, derived) : NULL;
}

struct record *names_at(const struct names *names, size_t index, const char **name)
{
    *name = names->entries[index]->name;
    return names->entries[index]->record;
}

struct record *names_record(const struct names *names, const char *name)
{
    const struct names_entry *entry = names_entry_find(names, name);
    return entry ? entry->record : NULL;
}

/* -------- where a link leads -------- */

size_t names_target(const struct names_kind *kind, const struct record *record,
                    char target[static NAMES_TARGET_SIZE])
{
    size_t before = strlen(kind->before), behind = strlen(kind->behind);
    memcpy(target, kind->before, before);
    size_t size = before + number_write(record->id, target + before);
    memcpy(target + size, kind->behind, behind + 1);
    return size + behind;
}

/* A record's own number tells what it lies below, which the record does not. */
uint64_t names_ino(const struct names_kind *kind, const struct record *record)
{
    return ino_make(kind->ino, record->ino, 0, record->id);
}
