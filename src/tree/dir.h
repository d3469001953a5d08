#ifndef QPFS_TREE_DIR_H
#define QPFS_TREE_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cache/listing.h"
#include "tree/kind.h"

struct tree;

/*
 * A directory. There is one object for each, however often the account is read anew; it is the
 * kernel's node for it. It shows fixed names, and the records of a listing or IDs from the
 * options.
 */
struct dir {
    TAILQ_ENTRY(dir) link; /* in the tree; parents before their children */
    const struct dir_kind *kind;
    struct tree *tree;
    struct dir *parent;    /* NULL: the root */
    uint64_t organization; /* IDs of what it lies below, or is; 0: none */
    uint64_t department;
    uint64_t ino;
    uint64_t lookups;        /* the kernel's lookup count; only fuse/node.c may touch it */
    unsigned uses;           /* handles, waiting requests and children that need it */
    struct listing *listing; /* of what is listed in it; NULL: fixed names and options only */
    struct dir *lister;      /* whose listing that is, in use; NULL: its own */
    struct listing *file;    /* the listing from which its fixed file comes, or NULL, for a file
                                that is made up; owned if file_owned, else its parent's */
    bool file_owned;
    struct listing *owner; /* owned: the record of whose list DIR shows, where neither a list
                              nor a file of it has that, and the options need it; or NULL */
    void *children;        /* a search tree of dirs, see tsearch(3) */
};

/* The child of DIR of this kind and ID (0: the only one), made if it does not exist. NULL when
 * memory is out. Borrowed: the tree owns it. */
struct dir *dir_child(struct dir *dir, enum dir_kind_name kind, uint64_t id);

/* For tree.c: makes the root, and ends a directory that has no children any more. */
struct dir *dir_create(struct tree *tree, struct dir *parent, enum dir_kind_name kind,
                       uint64_t id);
void dir_destroy(struct dir *dir);

#endif
