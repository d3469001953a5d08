#include "tree/dentry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/single.h"
#include "json/member.h"
#include "tree/dentry_export.h"
#include "tree/link_name.h"
#include "tree/status_file.h"
#include "tree/tree.h"

#define DENTRY_FETCH_AHEAD 16

/* -------- what is listed, from a snapshot or from the options -------- */

/* Read the one ID of a list whose record has it in a member. Return 0, -ENOMEM; -EBADMSG if the
 * service does not say. */
static int dir_found_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t *id)
{
    const struct record *record = snapshot->records[0];
    int error = member_id_of_text(record->bytes, record->size, dir->kind->list.id_member, id);
    if (error)
        return error;
    return *id ? 0 : -EBADMSG;
}

static size_t dir_given(const struct dir *dir, size_t index, uint64_t *id)
{
    return dir->kind->list.given(dir->tree->options, dir->ids, index, id);
}

static int64_t dir_listed_count(const struct dir *dir, const struct snapshot *snapshot)
{
    uint64_t id;
    if (!dir_lists(dir))
        return 0;
    if (!dir->listing)
        return (int64_t)dir_given(dir, 0, &id);
    if (!dir->kind->list.id_member)
        return (int64_t)snapshot->count;
    int error = dir_found_id(dir, snapshot, &id);
    return error ? error : 1;
}

static int dir_listed_id(const struct dir *dir, const struct snapshot *snapshot, size_t index,
                         uint64_t *id)
{
    if (dir->listing && dir->kind->list.id_member)
        return dir_found_id(dir, snapshot, id);
    if (dir->listing)
        *id = snapshot->records[index]->id;
    else
        dir_given(dir, index, id);
    return 0;
}

/* 0; -ENOENT if it does not; or why that is not known. */
static int dir_lists_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t id)
{
    if (dir->listing && !dir->kind->list.id_member)
        return snapshot_find(snapshot, id) ? 0 : -ENOENT;
    int64_t count = dir_listed_count(dir, snapshot);
    int error = count < 0 ? (int)count : 0;
    for (int64_t i = 0; i < count && !error; i++) {
        uint64_t listed = 0;
        error = dir_listed_id(dir, snapshot, (size_t)i, &listed);
        if (!error && listed == id)
            return 0;
    }
    return error ? error : -ENOENT;
}

/* -------- links -------- */

static struct names *dir_names(const struct dir *dir, const struct snapshot *snapshot)
{
    return snapshot ? names_find(snapshot, view_names(dir->kind->view)) : NULL;
}

static int64_t dir_link_count(const struct dir *dir, const struct snapshot *snapshot)
{
    const struct names *names = dir_names(dir, snapshot);
    return names ? (int64_t)names->count : 0;
}

struct record *dentry_link(const struct dir *dir, const char *name,
                           const struct snapshot *snapshot)
{
    const struct names *names = dir_names(dir, snapshot);
    return names ? names_record(names, name) : NULL;
}

int64_t *dentry_told_until_ms(const struct dir *dir, struct snapshot *snapshot)
{
    if (dir->kind->view == VIEW_NONE)
        return &snapshot->told_until_ms;
    return &dir_names(dir, snapshot)->told_until_ms;
}

/* -------- entries -------- */

static int dentry_fill_dir(struct dir *dir, enum dir_kind_name kind, uint64_t id,
                           int64_t valid_ms, struct dentry *dentry)
{
    struct dir *child = dir_child(dir, kind, id);
    if (!child)
        return -ENOMEM;
    dentry->dir = child;
    dentry->ino = child->ino;
    dentry->valid_ms = valid_ms;
    return 0;
}

/* What is read on from an older snapshot must not be believed beyond this moment: the name may
 * stand for something newer by now. */
static int64_t dentry_valid_ms(const struct dir *dir, const struct snapshot *snapshot,
                               uint64_t id)
{
    return dir->listing ? listing_valid_ms(dir->listing, snapshot, id) : DENTRY_VALID_ALWAYS;
}

static int dentry_fill_record(struct dir *dir, const struct snapshot *snapshot,
                              struct record *record, struct dentry *dentry)
{
    name_of_file(record->id, dentry->name);
    dentry->record = record;
    dentry->ino = record->ino;
    dentry->valid_ms = dentry_valid_ms(dir, snapshot, record->id);
    return 0;
}

static int dentry_fill_link(const struct dir *dir, const struct snapshot *snapshot,
                            struct record *record, const char *name, struct dentry *dentry)
{
    if (!record)
        return -ENOENT;
    snprintf(dentry->name, sizeof dentry->name, "%s", name);
    dentry->record = record;
    dentry->link = dir->kind->view;
    dentry->ino = view_ino(dentry->link, record);
    dentry->valid_ms = dentry_valid_ms(dir, snapshot, record->id);
    return 0;
}

static int dentry_fill_listed(struct dir *dir, const struct snapshot *snapshot, uint64_t id,
                              struct dentry *dentry)
{
    if (dir->kind->listed != DIR_NONE) {
        name_of_dir(id, dentry->name);
        return dentry_fill_dir(dir, dir->kind->listed, id, dentry_valid_ms(dir, snapshot, id),
                               dentry);
    }
    struct record *record = snapshot_find(snapshot, id);
    return record ? dentry_fill_record(dir, snapshot, record, dentry) : -ENOENT;
}

/* The fixed file of DIR: a single record, or its own entry in the list above. */
static int dentry_fill_file(struct dir *dir, const struct snapshot *snapshot,
                            struct dentry *dentry)
{
    snprintf(dentry->name, sizeof dentry->name, "%s", dir->kind->file);
    if (!dir->owner) {
        dentry->ino = status_file_ino();
        return 0;
    }
    dentry->ino =
        ino_make(dir->kind->file_ino, dir->parent->ids[0], dir->parent->ids[1], dir->owner_id);
    dentry->record = snapshot ? snapshot_find(snapshot, dir->owner_id) : NULL;
    dentry->valid_ms = listing_valid_ms(dir->owner, snapshot, dir->owner_id);
    return dentry->record ? 0 : -ENOENT;
}

/* Whether the first fixed directory in DIR's row is not there: communities, and names of
 * departments that come from the options. */
static bool dir_lacks_first_fixed(const struct dir *dir)
{
    const struct dir_kind *first = dir_kind_of(dir->kind->fixed[0].kind);
    if (first->view != VIEW_NONE && dir->kind == dir_kind_of(first->lister))
        return !dir->listing;
    return first->is_there && !first->is_there(dir->tree->options);
}

/* -------- names -------- */

/* Fixed directories that DIR shows, from `first` on in its row. */
static size_t dir_fixed(const struct dir *dir, size_t *first)
{
    size_t count = 0;
    while (count < DIR_FIXED_MAX && dir->kind->fixed[count].name)
        count++;
    *first = dir_lacks_first_fixed(dir) ? 1 : 0;
    return count - *first;
}

static enum dir_kind_name dir_fixed_kind(const struct dir *dir, const char *name)
{
    size_t first, count = dir_fixed(dir, &first);
    if (dir->kind->hidden && strcmp(dir->kind->hidden, name) == 0)
        return dir->kind->hidden_kind;
    for (size_t i = first; i < first + count; i++) {
        if (strcmp(dir->kind->fixed[i].name, name) == 0)
            return dir->kind->fixed[i].kind;
    }
    return DIR_NONE;
}

static bool dir_parse_listed(const struct dir *dir, const char *name, uint64_t *id)
{
    if (!dir_lists(dir))
        return false;
    return dir->kind->listed == DIR_NONE ? name_parse_file(name, id) : name_parse_dir(name, id);
}

struct dentry_needs dentry_needs_of_all(const struct dir *dir)
{
    enum view_name view = dir->kind->view;
    return (struct dentry_needs){
        .listing = dir->listing,
        .making = view == VIEW_NONE ? NULL : &view_names(view)->making,
    };
}

int dentry_lookup_needs(struct dir *dir, const char *name, struct dentry_needs *needs)
{
    *needs = (struct dentry_needs){.listing = NULL};
    if (dir_fixed_kind(dir, name) != DIR_NONE)
        return 0;
    if (dir->kind->file && strcmp(dir->kind->file, name) == 0) {
        needs->listing = dir->owner;
        needs->id = dir->owner_id;
        return 0;
    }
    const struct dir_export *export = dentry_export_named(dir, name);
    if (export)
        return dentry_export_needs(dir, export, needs);
    bool may_be = dir->kind->view == VIEW_NONE ? dir_parse_listed(dir, name, &needs->id)
                                               : link_name_may_be(name);
    if (!may_be)
        return -ENOENT;
    if (dir->kind->list.id_member) /* the record that is held is that of the user */
        needs->id = dir->tree->options->user_id;
    needs->listing = dir->listing;
    needs->making = dentry_needs_of_all(dir).making;
    return 0;
}

int dentry_lookup(struct dir *dir, const char *name, const struct snapshot *snapshot,
                  struct dentry *dentry)
{
    uint64_t id;
    *dentry = (struct dentry){.ino = 0};
    enum dir_kind_name fixed = dir_fixed_kind(dir, name);
    if (fixed != DIR_NONE) {
        snprintf(dentry->name, sizeof dentry->name, "%s", name);
        return dentry_fill_dir(dir, fixed, 0, DENTRY_VALID_ALWAYS, dentry);
    }
    if (dir->kind->file && strcmp(dir->kind->file, name) == 0) {
        int error = dentry_fill_file(dir, snapshot, dentry);
        return error || dir->owner ? error : status_file_make(dir->tree, &dentry->record);
    }
    if (dir->kind->view != VIEW_NONE)
        return dentry_fill_link(dir, snapshot, dentry_link(dir, name, snapshot), name, dentry);
    const struct dir_export *export = dentry_export_named(dir, name);
    if (export)
        return dentry_export_fill(dir, export, snapshot, dentry);
    if (!dir_parse_listed(dir, name, &id))
        return -ENOENT;
    int error = dir_lists_id(dir, snapshot, id);
    return error ? error : dentry_fill_listed(dir, snapshot, id, dentry);
}

int64_t dentry_count(struct dir *dir, const struct snapshot *snapshot)
{
    size_t first;
    if (dir->kind->view != VIEW_NONE)
        return dir_link_count(dir, snapshot);
    int64_t listed = dir_listed_count(dir, snapshot);
    if (listed < 0)
        return listed;
    return (int64_t)(dir_fixed(dir, &first) + (dir->kind->file ? 1 : 0) +
                     dentry_exports_shown(dir)) +
           listed;
}

/* Who asks for INDEX asks for those behind it next, and none of them is in the processor's
 * caches when there are many. */
static void dentry_fetch_ahead(const struct snapshot *snapshot, size_t index)
{
    if (index + DENTRY_FETCH_AHEAD >= snapshot->count)
        return;
    const struct record *record = snapshot->records[index + DENTRY_FETCH_AHEAD];
    __builtin_prefetch(&record->id);
    __builtin_prefetch(&record->size);
}

int dentry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
              struct dentry *dentry)
{
    size_t first, fixed = dir_fixed(dir, &first);
    *dentry = (struct dentry){.ino = 0};
    if (dir->kind->view != VIEW_NONE) {
        const char *name;
        struct record *record = names_at(dir_names(dir, snapshot), index, &name);
        return dentry_fill_link(dir, snapshot, record, name, dentry);
    }
    if (index < fixed) {
        snprintf(dentry->name, sizeof dentry->name, "%s", dir->kind->fixed[first + index].name);
        return dentry_fill_dir(dir, dir->kind->fixed[first + index].kind, 0,
                               DENTRY_VALID_ALWAYS, dentry);
    }
    index -= fixed;
    if (dir->kind->file && index-- == 0) {
        /* Listed in any case; without a record it is looked up when someone wants to know more.
         */
        dentry_fill_file(dir, dir->owner ? listing_fresh(dir->owner) : NULL, dentry);
        return 0;
    }
    size_t exports = dentry_exports_shown(dir);
    if (index < exports)
        return dentry_export_at(dir, index, dentry);
    index -= exports;
    if (dir->listing && dir->kind->listed == DIR_NONE) {
        dentry_fetch_ahead(snapshot, index);
        return dentry_fill_record(dir, snapshot, snapshot->records[index], dentry);
    }
    uint64_t id;
    int error = dir_listed_id(dir, snapshot, index, &id);
    return error ? error : dentry_fill_listed(dir, snapshot, id, dentry);
}
