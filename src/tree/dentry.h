#ifndef QPFS_TREE_DENTRY_H
#define QPFS_TREE_DENTRY_H

#include "cache/snapshot.h"
#include "tree/dir.h"
#include "tree/name.h"

/* A name in a directory, and what it stands for: a directory, the file of a record, or a link
 * to that. */
struct dentry {
    char name[NAME_SIZE];
    uint64_t ino;
    struct dir *dir; /* borrowed */
    struct record *
        record; /* borrowed; NULL for a directory, and for a file that nothing is held of now */
    enum view_name link; /* it is the link to the record in this view; VIEW_NONE: its file */
    int64_t valid_ms;    /* for how long the name may be taken to stand for this */
};

/* A name that never changes is valid as long as this, in milliseconds. */
#define DENTRY_VALID_ALWAYS ((int64_t)24 * 3600 * 1000)

/* What must be there before something can be answered. */
struct dentry_needs {
    struct listing *listing; /* a snapshot of it; NULL: nothing */
    uint64_t id;             /* the record that it is needed for, see cache/single.h; 0: all */
    const struct making_kind *making; /* and what was made of the snapshot, or NULL */
    struct dir
        *owner; /* of the listing, if it is not the directory itself: to be kept in use */
};

/*
 * What looking NAME up in DIR needs: 0, or -ENOENT if there can't be such a name, whatever the
 * account holds.
 */
int dentry_lookup_needs(struct dir *dir, const char *name, struct dentry_needs *needs);

/* The same for reading all of DIR. */
struct dentry_needs dentry_needs_of_all(const struct dir *dir);

/* Fills DENTRY. SNAPSHOT: of the listing needed, with what it is needed for. 0, -ENOENT,
 * -EBADMSG, -ENOMEM. */
int dentry_lookup(struct dir *dir, const char *name, const struct snapshot *snapshot,
                  struct dentry *dentry);

/* How many names DIR shows with SNAPSHOT, of dir->listing. 0 or more, or -EBADMSG. */
int64_t dentry_count(struct dir *dir, const struct snapshot *snapshot);

/* Name INDEX, from 0: fixed names first, exports if they are shown, then IDs in ascending
 * order, or names of links in the order of their bytes. 0 or -ENOMEM. */
int dentry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
              struct dentry *dentry);

/* The record whose link in DIR has this NAME, by what was made of SNAPSHOT; borrowed. NULL if
 * none has, or nothing was made. */
struct record *dentry_link(const struct dir *dir, const char *name,
                           const struct snapshot *snapshot);

/* clock_ms() until which the kernel was told that all names that DIR shows with SNAPSHOT are
 * valid, 0 if it was not told of all; only fuse/ may set it. */
int64_t *dentry_told_until_ms(const struct dir *dir, struct snapshot *snapshot);

#endif
