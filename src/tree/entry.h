/* Finds out what a name in a directory stands for. */
#ifndef QPFS_TREE_ENTRY_H
#define QPFS_TREE_ENTRY_H

#include "cache/snapshot.h"
#include "tree/dir.h"
#include "view/name.h"

/*
 * A name in a directory. It is looked at once: entry_named() or entry_at() finds out what kind
 * of name it is, entry_needs() tells what must be there before anything can be said of it, and
 * entry_fill() says where it leads.
 */
struct dir_entry {
    enum entry_type type;
    struct dir *dir;               /* in which the name stands; borrowed */
    const struct dir_fixed *fixed; /* its row, if the name is always there; else NULL */
    uint64_t id;                   /* of what is listed under that name; 0: nothing is */
    char name[NAME_SIZE];
    /* What entry_fill() sets. */
    struct dir *child;     /* the directory that it is, borrowed; else NULL */
    struct record *record; /* of the file, or to which the link leads, borrowed; NULL: a
                              directory, or a file of which nothing is held */
    uint64_t ino;
    int64_t valid_ms; /* for how long the name may be taken to stand for this */
};

/* A name that never changes is valid as long as this, in milliseconds. */
#define ENTRY_VALID_ALWAYS ((int64_t)24 * 3600 * 1000)

/* What must be there before something can be answered. */
struct entry_needs {
    struct listing *listing; /* a snapshot of it; NULL: nothing */
    uint64_t id;             /* the record that it is needed for, see cache/singles.h; 0: all */
    const struct derived_kind *derived; /* and what was made of the snapshot, or NULL */
    struct dir *lister; /* whose listing it is, to be kept in use, if it is not the directory
                           itself; or NULL */
};

/* Begin ENTRY: NAME in DIR. Return 0, or -ENOENT if there can't be such a name, whatever the
 * account holds. */
int entry_named(struct dir *dir, const char *name, struct dir_entry *entry);

/* Find what entry_fill() needs of ENTRY. Return 0 or -ENOMEM. */
int entry_find_needs(const struct dir_entry *entry, struct entry_needs *needs);

/* Return what reading all of DIR needs. */
struct entry_needs entry_needs_of_all(const struct dir *dir);

/* Find where ENTRY leads. SNAPSHOT is of the listing needed, with what it is needed for; NULL
 * if none is needed. Return 0, -ENOENT, -EBADMSG or -ENOMEM. */
int entry_fill(struct dir_entry *entry, const struct snapshot *snapshot);

/* Return how many names DIR shows with SNAPSHOT, of dir->listing: 0 or more, or -EBADMSG. */
int64_t entry_count(const struct dir *dir, const struct snapshot *snapshot);

/* Begin and fill ENTRY: the name at INDEX, from 0, of those that DIR shows. Fixed names come
 * first, then IDs in ascending order, or names of links in the order of their bytes. A file of
 * which nothing is held is filled without a record. Return 0 or -errno. */
int entry_at(struct dir *dir, const struct snapshot *snapshot, size_t index,
             struct dir_entry *entry);

/* The same as entry_at() for all fixed names that DIR has, listed or not, in no order. Return
 * -ENOENT if there are no more. */
int entry_fixed_at(struct dir *dir, size_t index, struct dir_entry *entry);

/* Return the record to which the link ENTRY leads by what was made of SNAPSHOT, borrowed. NULL
 * if it leads nowhere, or nothing was made. */
struct record *entry_link(const struct dir_entry *entry, const struct snapshot *snapshot);

/* Return what the kernel was told of the names that DIR shows with SNAPSHOT, borrowed. */
struct sent_names *entry_sent(const struct dir *dir, struct snapshot *snapshot);

#endif
