#include "tree/dentry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tree/tree.h"
#include "json/member.h"

/* -------- what is listed, from a snapshot or from the options -------- */

static bool dir_is_organizations(const struct dir *dir)
{
    return dir->kind == dir_kind_of(DIR_ORGANIZATIONS);
}

/* The organization in which the user of the option user_id is. 0, -ENOMEM; -EBADMSG if the
 * service does not say. */
static int dir_found_organization(const struct snapshot *snapshot, uint64_t *id)
{
    const struct record *user = snapshot->records[0];
    int error = member_id_of_text(user->bytes, user->size, "organizationID", id);
    if (error)
        return error;
    return *id ? 0 : -EBADMSG;
}

static int64_t dir_listed_count(const struct dir *dir, const struct snapshot *snapshot)
{
    const struct tree_department *first;
    uint64_t id;
    if (!dir->kind->lists)
        return 0;
    if (dir_is_organizations(dir)) {
        if (!dir->listing)
            return (int64_t)dir->tree->options->organization_count;
        int error = dir_found_organization(snapshot, &id);
        return error ? error : 1;
    }
    if (!dir->listing)
        return (int64_t)tree_departments_of(dir->tree, dir->organization, &first);
    return (int64_t)snapshot->count;
}

static int dir_listed_id(const struct dir *dir, const struct snapshot *snapshot, size_t index,
                         uint64_t *id)
{
    const struct tree_department *first;
    if (dir_is_organizations(dir) && dir->listing)
        return dir_found_organization(snapshot, id);
    if (dir_is_organizations(dir)) {
        *id = dir->tree->options->organizations[index];
    } else if (dir->listing) {
        *id = snapshot->records[index]->id;
    } else {
        tree_departments_of(dir->tree, dir->organization, &first);
        *id = first[index].department;
    }
    return 0;
}

/* 0; -ENOENT if it does not; or why that is not known. */
static int dir_lists_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t id)
{
    if (dir->listing && !dir_is_organizations(dir))
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
static int64_t dentry_valid_ms(const struct dir *dir, const struct snapshot *snapshot)
{
    if (!dir->listing)
        return DENTRY_VALID_ALWAYS;
    return dir->listing->snapshot == snapshot ? listing_remaining_ms(dir->listing) : 0;
}

static int dentry_fill_listed(struct dir *dir, const struct snapshot *snapshot, uint64_t id,
                              struct dentry *dentry)
{
    int64_t valid_ms = dentry_valid_ms(dir, snapshot);
    if (dir->kind->listed != DIR_NONE) {
        name_of_dir(id, dentry->name);
        return dentry_fill_dir(dir, dir->kind->listed, id, valid_ms, dentry);
    }
    struct record *record = snapshot_find(snapshot, id);
    if (!record)
        return -ENOENT;
    name_of_file(id, dentry->name);
    dentry->record = record;
    dentry->ino = record->ino;
    dentry->valid_ms = valid_ms;
    return 0;
}

/* The fixed file of DIR: a single record, or its own entry in the list above. */
static int dentry_fill_file(struct dir *dir, const struct snapshot *snapshot,
                            struct dentry *dentry)
{
    uint64_t id = dir->department ? dir->department : dir->organization;
    snprintf(dentry->name, sizeof dentry->name, "%s", dir->kind->file);
    dentry->ino = ino_make(dir->kind->file_ino, dir->department ? dir->organization : 0, 0, id);
    dentry->record = snapshot ? snapshot_find(snapshot, id) : NULL;
    dentry->valid_ms = listing_remaining_ms(dir->file);
    return dentry->record ? 0 : -ENOENT;
}

/* Fixed directories that DIR shows, from `first` on in its row: there are no communities
 * without a user ID. */
static size_t dir_fixed(const struct dir *dir, size_t *first)
{
    size_t count = 0;
    while (count < DIR_FIXED_MAX && dir->kind->fixed[count].name)
        count++;
    *first = dir->kind == dir_kind_of(DIR_ROOT) && !dir->tree->options->user_id ? 1 : 0;
    return count - *first;
}

static enum dir_kind_name dir_fixed_kind(const struct dir *dir, const char *name)
{
    size_t first, count = dir_fixed(dir, &first);
    for (size_t i = first; i < first + count; i++) {
        if (strcmp(dir->kind->fixed[i].name, name) == 0)
            return dir->kind->fixed[i].kind;
    }
    return DIR_NONE;
}

static bool dir_parse_listed(const struct dir *dir, const char *name, uint64_t *id)
{
    if (!dir->kind->lists)
        return false;
    return dir->kind->listed == DIR_NONE ? name_parse_file(name, id) : name_parse_dir(name, id);
}

int dentry_lookup_needs(struct dir *dir, const char *name, struct listing **needs)
{
    uint64_t id;
    *needs = NULL;
    if (dir_fixed_kind(dir, name) != DIR_NONE)
        return 0;
    if (dir->kind->file && strcmp(dir->kind->file, name) == 0) {
        *needs = dir->file;
        return 0;
    }
    if (!dir_parse_listed(dir, name, &id))
        return -ENOENT;
    *needs = dir->listing;
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
    if (dir->kind->file && strcmp(dir->kind->file, name) == 0)
        return dentry_fill_file(dir, snapshot, dentry);
    if (!dir_parse_listed(dir, name, &id))
        return -ENOENT;
    int error = dir_lists_id(dir, snapshot, id);
    return error ? error : dentry_fill_listed(dir, snapshot, id, dentry);
}

int64_t dentry_count(struct dir *dir, const struct snapshot *snapshot)
{
    size_t first;
    int64_t listed = dir_listed_count(dir, snapshot);
    if (listed < 0)
        return listed;
    return (int64_t)dir_fixed(dir, &first) + (dir->kind->file ? 1 : 0) + listed;
}

int dentry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
              struct dentry *dentry)
{
    size_t first, fixed = dir_fixed(dir, &first);
    *dentry = (struct dentry){.ino = 0};
    if (index < fixed) {
        snprintf(dentry->name, sizeof dentry->name, "%s", dir->kind->fixed[first + index].name);
        return dentry_fill_dir(dir, dir->kind->fixed[first + index].kind, 0,
                               DENTRY_VALID_ALWAYS, dentry);
    }
    index -= fixed;
    if (dir->kind->file && index-- == 0) {
        /* Listed in any case; without a record it is looked up when someone wants to know more.
         */
        dentry_fill_file(dir, listing_fresh(dir->file), dentry);
        return 0;
    }
    uint64_t id;
    int error = dir_listed_id(dir, snapshot, index, &id);
    return error ? error : dentry_fill_listed(dir, snapshot, id, dentry);
}
