/* Finds out what a name in a directory stands for. */
#include "tree/entry.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "cache/cache.h"
#include "view/export.h"
#include "view/name.h"

#define ENTRY_FETCH_AHEAD 16

/* -------- links -------- */

static struct names *dir_names(const struct dir *dir, const struct snapshot *snapshot)
{
    return snapshot ? names_find(snapshot, &dir->kind->links) : NULL;
}

static int64_t dir_link_count(const struct dir *dir, const struct snapshot *snapshot)
{
    const struct names *names = dir_names(dir, snapshot);
    return names ? (int64_t)names->count : 0;
}

struct record *entry_link(const struct dir_entry *entry, const struct snapshot *snapshot)
{
    const struct names *names = dir_names(entry->dir, snapshot);
    return names ? names_record(names, entry->name) : NULL;
}

struct sent_names *entry_sent(const struct dir *dir, struct snapshot *snapshot)
{
    if (!dir_kind_has_links(dir->kind))
        return &snapshot->sent;
    return &dir_names(dir, snapshot)->sent;
}

/* -------- a name -------- */

static void entry_begin(struct dir_entry *entry, struct dir *dir, enum entry_type type)
{
    *entry = (struct dir_entry){.type = type, .dir = dir};
}

static void entry_begin_fixed(struct dir_entry *entry, struct dir *dir,
                              const struct dir_fixed *fixed)
{
    entry_begin(entry, dir, fixed->type);
    entry->fixed = fixed;
    snprintf(entry->name, sizeof entry->name, "%s", fixed->name);
}

static enum entry_type dir_listed_type(const struct dir *dir)
{
    return dir->kind->listed == DIR_NONE ? ENTRY_RECORD : ENTRY_LISTED_DIR;
}

static bool dir_parse_listed(const struct dir *dir, const char *name, uint64_t *id)
{
    if (!dir_lists(dir))
        return false;
    return dir->kind->listed == DIR_NONE ? name_parse_file(name, id) : name_parse_dir(name, id);
}

int entry_named(struct dir *dir, const char *name, struct dir_entry *entry)
{
    const struct dir_fixed *fixed = dir_fixed_named(dir, name);
    uint64_t id = 0;
    if (fixed) {
        entry_begin_fixed(entry, dir, fixed);
        return 0;
    }
    bool link = dir_kind_has_links(dir->kind);
    bool may_be = link ? name_may_be_link(name) : dir_parse_listed(dir, name, &id);
    if (!may_be)
        return -ENOENT;
    entry_begin(entry, dir, link ? ENTRY_LINK : dir_listed_type(dir));
    entry->id = id;
    snprintf(entry->name, sizeof entry->name, "%s", name);
    return 0;
}

/* -------- what it needs -------- */

struct entry_needs entry_needs_of_all(const struct dir *dir)
{
    return (struct entry_needs){
        .listing = dir->listing,
        .derived = dir_kind_has_links(dir->kind) ? &dir->kind->links.derived : NULL,
    };
}

static int entry_find_export_needs(const struct dir_entry *entry, struct entry_needs *needs)
{
    needs->lister = dir_child(entry->dir, entry->fixed->kind, 0);
    if (!needs->lister)
        return -ENOMEM;
    needs->listing = needs->lister->listing;
    needs->derived = entry->fixed->made;
    return 0;
}

int entry_find_needs(const struct dir_entry *entry, struct entry_needs *needs)
{
    const struct dir *dir = entry->dir;
    *needs = (struct entry_needs){.listing = NULL};
    switch (entry->type) {
    case ENTRY_DIR:
    case ENTRY_GENERATED:
        return 0;
    case ENTRY_OWNER:
        needs->listing = dir->owner;
        needs->id = dir->owner_id;
        return 0;
    case ENTRY_EXPORT:
        return entry_find_export_needs(entry, needs);
    case ENTRY_LISTED_DIR:
    case ENTRY_RECORD:
    case ENTRY_LINK:
        *needs = entry_needs_of_all(dir);
        /* Where an ID is that of a member, the record that is held is the user's. */
        needs->id = dir->kind->list.id_member ? dir->tree->options->user_id : entry->id;
        return 0;
    }
    return 0;
}

/* -------- where it leads -------- */

static int entry_fill_dir(struct dir_entry *entry, enum dir_kind_name kind)
{
    entry->child = dir_child(entry->dir, kind, entry->id);
    if (!entry->child)
        return -ENOMEM;
    entry->ino = entry->child->ino;
    return 0;
}

/* What is read on from an older snapshot must not be believed beyond this moment: the name may
 * stand for something newer by now. */
static void entry_set_validity(struct dir_entry *entry, const struct snapshot *snapshot)
{
    const struct listing *listing = entry->dir->listing;
    entry->valid_ms = listing ? cache_valid_ms(listing, snapshot) : ENTRY_VALID_ALWAYS;
}

static int entry_fill_record(struct dir_entry *entry, const struct snapshot *snapshot,
                             struct record *record)
{
    if (!record)
        return -ENOENT;
    entry->record = record;
    entry->ino =
        entry->type == ENTRY_LINK ? names_ino(&entry->dir->kind->links, record) : record->ino;
    entry_set_validity(entry, snapshot);
    return 0;
}

static int entry_fill_listed_dir(struct dir_entry *entry, const struct snapshot *snapshot)
{
    entry_set_validity(entry, snapshot);
    return entry_fill_dir(entry, entry->dir->kind->listed);
}

/* It is a single record, or the directory's own one in the list above. */
static int entry_fill_owner(struct dir_entry *entry, const struct snapshot *snapshot)
{
    const struct dir *dir = entry->dir;
    const uint64_t *above = dir->parent->ids;
    entry->ino = ino_make(dir->kind->owner.ino, above[0], above[1], dir->owner_id);
    entry->record = snapshot ? snapshot_find(snapshot, dir->owner_id) : NULL;
    entry->valid_ms = cache_valid_ms(dir->owner, snapshot);
    return entry->record ? 0 : -ENOENT;
}

static int entry_fill_export(struct dir_entry *entry, const struct snapshot *snapshot)
{
    const struct dir *dir = entry->dir, *lister = dir_child(entry->dir, entry->fixed->kind, 0);
    const struct derived *derived =
        snapshot ? derived_find(snapshot, entry->fixed->made) : NULL;
    entry->ino = ino_make(entry->fixed->ino, dir->ids[0], dir->ids[1], 0);
    if (!lister)
        return -ENOMEM;
    if (!derived)
        return -ENOENT;
    entry->record = export_record(derived);
    entry->record->ino = entry->ino;
    entry->valid_ms = cache_valid_ms(lister->listing, snapshot);
    return 0;
}

/* Make the file anew: each time it is another record, so that a process that has one open reads
 * that to its end. Its name is never valid, so that the next look-up makes the next one. Return
 * 0, -ENOMEM or -EFBIG. */
static int entry_generate(struct dir_entry *entry)
{
    struct tree *tree = entry->dir->tree;
    struct timespec now = {.tv_sec = 0};
    struct buffer text;
    buffer_init(&text, RECORD_SIZE_MAX);
    int error = entry->fixed->generate(cache_status(tree->cache), &text);
    struct record *made = error ? NULL : record_create(0, 0, text.data, text.size);
    buffer_finish(&text);
    if (!made)
        return error ? error : -ENOMEM;
    clock_gettime(CLOCK_REALTIME, &now);
    made->mtime = (struct mtime){(uint32_t)now.tv_sec, (uint32_t)now.tv_nsec};
    made->ino = entry->ino;
    record_unref(tree->generated);
    tree->generated = entry->record = made;
    return 0;
}

int entry_fill(struct dir_entry *entry, const struct snapshot *snapshot)
{
    int error;
    switch (entry->type) {
    case ENTRY_DIR:
        entry->valid_ms = ENTRY_VALID_ALWAYS;
        return entry_fill_dir(entry, entry->fixed->kind);
    case ENTRY_OWNER:
        return entry_fill_owner(entry, snapshot);
    case ENTRY_EXPORT:
        return entry_fill_export(entry, snapshot);
    case ENTRY_GENERATED:
        entry->ino = ino_make(entry->fixed->ino, 0, 0, 0);
        return entry_generate(entry);
    case ENTRY_LISTED_DIR:
        error = dir_lists_id(entry->dir, snapshot, entry->id);
        return error ? error : entry_fill_listed_dir(entry, snapshot);
    case ENTRY_RECORD:
        return entry_fill_record(entry, snapshot, snapshot_find(snapshot, entry->id));
    case ENTRY_LINK:
        return entry_fill_record(entry, snapshot, entry_link(entry, snapshot));
    }
    return -ENOENT;
}

/* -------- all names of a directory -------- */

int64_t entry_count(const struct dir *dir, const struct snapshot *snapshot)
{
    int64_t listed = dir_kind_has_links(dir->kind) ? dir_link_count(dir, snapshot)
                                                   : dir_listed_count(dir, snapshot);
    return listed < 0 ? listed : (int64_t)dir_fixed_count(dir) + listed;
}

/* It is listed in any case: without a record it is looked up when a process wants to know
 * more. */
static int entry_fill_fixed(struct dir_entry *entry, struct dir *dir,
                            const struct dir_fixed *fixed)
{
    struct entry_needs needs;
    entry_begin_fixed(entry, dir, fixed);
    if (fixed->type == ENTRY_GENERATED) {
        entry->ino = ino_make(fixed->ino, 0, 0, 0);
        return 0;
    }
    int error = entry_find_needs(entry, &needs);
    if (!error)
        error = entry_fill(entry, needs.listing ? cache_fresh(needs.listing, 0) : NULL);
    return error == -ENOENT ? 0 : error;
}

int entry_fixed_at(struct dir *dir, size_t index, struct dir_entry *entry)
{
    const struct dir_fixed *fixed = dir_fixed_at(dir, false, &index);
    return fixed ? entry_fill_fixed(entry, dir, fixed) : -ENOENT;
}

/* A reader who asks for INDEX asks for those behind it next, and none of them is in the
 * processor's caches when there are many. */
static void entry_fetch_ahead(const struct snapshot *snapshot, size_t index)
{
    if (index + ENTRY_FETCH_AHEAD >= snapshot->count)
        return;
    const struct record *record = snapshot->records[index + ENTRY_FETCH_AHEAD];
    __builtin_prefetch(&record->id);
    __builtin_prefetch(&record->size);
}

static int entry_link_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
                         struct dir_entry *entry)
{
    const char *name;
    struct record *record = names_at(dir_names(dir, snapshot), index, &name);
    entry_begin(entry, dir, ENTRY_LINK);
    snprintf(entry->name, sizeof entry->name, "%s", name);
    return entry_fill_record(entry, snapshot, record);
}

static int entry_listed_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
                           struct dir_entry *entry)
{
    entry_begin(entry, dir, dir_listed_type(dir));
    int error = dir_listed_id(dir, snapshot, index, &entry->id);
    if (error)
        return error;
    if (entry->type == ENTRY_LISTED_DIR) {
        name_of_dir(entry->id, entry->name);
        return entry_fill_listed_dir(entry, snapshot);
    }
    name_of_file(entry->id, entry->name);
    entry_fetch_ahead(snapshot, index);
    return entry_fill_record(entry, snapshot, snapshot->records[index]);
}

int entry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
             struct dir_entry *entry)
{
    const struct dir_fixed *fixed = dir_fixed_at(dir, true, &index);
    if (fixed)
        return entry_fill_fixed(entry, dir, fixed);
    if (dir_kind_has_links(dir->kind))
        return entry_link_at(dir, snapshot, index, entry);
    return entry_listed_at(dir, snapshot, index, entry);
}
