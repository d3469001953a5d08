#include "tree/dentry_export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/export.h"
#include "cache/single.h"
#include "tree/tree.h"

/* The directory that shows what EXPORT holds. NULL when memory is out. */
static struct dir *dir_exported(struct dir *dir, const struct dir_export *export)
{
    return dir_child(dir, export->of, 0);
}

size_t dentry_export_count(const struct dir *dir)
{
    const struct dir_kind *of = dir_kind_of(dir->kind->exports[0].of);
    const struct tree_options *options = dir->tree->options;
    size_t count = 0;
    uint64_t id;
    if (of->is_there && !of->is_there(options))
        return 0;
    if (of->list.given && of->list.given(options, dir->ids, 0, &id) > 0)
        return 0;
    while (count < DIR_EXPORT_MAX && dir->kind->exports[count].name)
        count++;
    return count;
}

size_t dentry_exports_shown(const struct dir *dir)
{
    return dir->tree->options->show_exports ? dentry_export_count(dir) : 0;
}

const struct dir_export *dentry_export_named(const struct dir *dir, const char *name)
{
    for (size_t i = 0; i < dentry_export_count(dir); i++) {
        if (strcmp(dir->kind->exports[i].name, name) == 0)
            return &dir->kind->exports[i];
    }
    return NULL;
}

int dentry_export_needs(struct dir *dir, const struct dir_export *export,
                        struct dentry_needs *needs)
{
    needs->owner = dir_exported(dir, export);
    if (!needs->owner)
        return -ENOMEM;
    needs->listing = needs->owner->listing;
    needs->making = export->kind;
    return 0;
}

int dentry_export_fill(struct dir *dir, const struct dir_export *export,
                       const struct snapshot *snapshot, struct dentry *dentry)
{
    const struct dir *exported = dir_exported(dir, export);
    const struct making *making = snapshot ? making_find(snapshot, export->kind) : NULL;
    if (!exported)
        return -ENOMEM;
    snprintf(dentry->name, sizeof dentry->name, "%s", export->name);
    dentry->ino = ino_make(export->ino, dir->ids[0], dir->ids[1], 0);
    if (!making)
        return -ENOENT;
    dentry->record = export_record(making);
    dentry->record->ino = dentry->ino;
    dentry->valid_ms = listing_valid_ms(exported->listing, snapshot, 0);
    return 0;
}

int dentry_export_at(struct dir *dir, size_t index, struct dentry *dentry)
{
    *dentry = (struct dentry){.ino = 0};
    if (index >= dentry_export_count(dir))
        return -ENOENT;
    const struct dir_export *export = &dir->kind->exports[index];
    const struct dir *exported = dir_exported(dir, export);
    if (!exported)
        return -ENOMEM;
    dentry_export_fill(dir, export, listing_fresh(exported->listing), dentry);
    return 0;
}
