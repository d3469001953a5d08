#ifndef QPFS_TREE_DENTRY_H
#define QPFS_TREE_DENTRY_H

#include "cache/snapshot.h"
#include "tree/dir.h"
#include "tree/name.h"

/* A name in a directory, and what it stands for: a directory, or the file of a record. */
struct dentry {
    char name[NAME_SIZE];
    uint64_t ino;
    struct dir *dir; /* borrowed */
    struct record *
        record; /* borrowed; NULL for a directory, and for a file that nothing is held of now */
    int64_t valid_ms; /* for how long the name may be taken to stand for this */
};

/* A name that never changes is valid as long as this, in milliseconds. */
#define DENTRY_VALID_ALWAYS ((int64_t)24 * 3600 * 1000)

/*
 * What looking NAME up in DIR needs: 0 with the listing whose snapshot dentry_lookup() must be
 * given in NEEDS, NULL if none; -ENOENT if there can't be such a name, whatever the account
 * holds.
 */
int dentry_lookup_needs(struct dir *dir, const char *name, struct listing **needs);

/* Fills DENTRY. SNAPSHOT: of the listing needed. 0, -ENOENT, -EBADMSG, -ENOMEM. */
int dentry_lookup(struct dir *dir, const char *name, const struct snapshot *snapshot,
                  struct dentry *dentry);

/* How many names DIR shows with SNAPSHOT, of dir->listing. 0 or more, or -EBADMSG. */
int64_t dentry_count(struct dir *dir, const struct snapshot *snapshot);

/* Name INDEX, from 0: fixed names first, then IDs in ascending order. 0 or -ENOMEM. */
int dentry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
              struct dentry *dentry);

#endif
