/* Makes and ends the directories of a tree. */
#ifndef QPFS_TREE_DIR_H
#define QPFS_TREE_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cache/cache.h"
#include "tree/kind.h"

TAILQ_HEAD(dirs, dir);

/* All directories of a mount. tree.h begins and ends it. */
struct tree {
    struct cache *cache;
    const struct tree_options *options;
    struct dirs dirs; /* parents before their children */
    struct dir *root;
    struct record *generated; /* what was generated last, or NULL */
    struct loop_timer sweep;
};

/* What the kernel keeps of the names of a directory. Only fuse/handle.c may touch it. */
struct kept_names {
    uint32_t
        snapshot; /* whose names they are, by its number; 0: that is not known for certain */
    bool taken;   /* a handle takes part */
    bool whole;   /* they may be all */
};

/*
 * A directory. There is one object for each, however often the account is read anew; it is the
 * kernel's node for it.
 */
struct dir {
    uint64_t ino;          /* the first: siblings differ in it, and are found by it */
    TAILQ_ENTRY(dir) link; /* in the tree */
    const struct dir_kind *kind;
    struct tree *tree;
    struct dir *parent;             /* NULL: the root */
    uint64_t ids[ENDPOINT_IDS_MAX]; /* on its path, its own included; 0: no more */
    uint64_t lookups; /* the kernel's lookup count; only fuse/node.c may touch it */
    struct kept_names kept;
    unsigned uses;           /* handles, waiting requests, checks and children that need it */
    struct listing *listing; /* what it lists; NULL: fixed names and IDs of options only */
    struct dir *lister;      /* whose listing that is, in use; NULL: its own */
    struct dir *whole;       /* whose listing may stand for that, in use; NULL: none */
    struct listing *owner;   /* holds the record of what it is of; NULL: of nothing */
    uint64_t owner_id;       /* of that record */
    bool owner_listed;       /* `owner` is a list that names what it is of */
    bool counted;            /* of an organization: see tree/headcount.h */
    uint64_t uncounted;      /* the department whose users it did not find last; 0: none */
    void *children;          /* a search tree of dirs, see tsearch(3) */
};

/* Return the child of DIR of this kind and ID (0: the only one), made if it does not exist.
 * Borrowed: the tree owns it. NULL when memory is out. */
struct dir *dir_child(struct dir *dir, enum dir_kind_name kind, uint64_t id);

/* The same, and NULL if it does not exist. */
struct dir *dir_find(struct dir *dir, enum dir_kind_name kind, uint64_t id);

/* Return whether DIR shows IDs: those of a listing, or of the options. */
bool dir_lists(const struct dir *dir);

/* Return how many IDs DIR shows with SNAPSHOT, of dir->listing: 0 or more, -ENOMEM, or -EBADMSG
 * if the service does not say. */
int64_t dir_listed_count(const struct dir *dir, const struct snapshot *snapshot);

/* Set *ID to number INDEX of them. Return 0 or an error as above. */
int dir_listed_id(const struct dir *dir, const struct snapshot *snapshot, size_t index,
                  uint64_t *id);

/* Return 0 if DIR lists ID, -ENOENT if it does not, or an error as above. */
int dir_lists_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t id);

/* Return the row of the fixed name NAME of DIR; NULL: DIR has no such name. */
const struct dir_fixed *dir_fixed_named(const struct dir *dir, const char *name);

/* Return the row of number *INDEX of the fixed names of DIR: of those that it shows, if SHOWN,
 * else of all. NULL: there are fewer; their number is taken from *INDEX then. */
const struct dir_fixed *dir_fixed_at(const struct dir *dir, bool shown, size_t *index);

/* Return how many fixed names DIR shows. */
size_t dir_fixed_count(const struct dir *dir);

/* Return whether nothing needs DIR, neither the kernel nor the cache. */
bool dir_is_idle(const struct dir *dir);

/* For tree.c: make the root; end a directory that has no children any more. */
struct dir *dir_create_root(struct tree *tree);
void dir_destroy(struct dir *dir);

#endif
