#ifndef QPFS_TREE_TREE_H
#define QPFS_TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/cache.h"
#include "tree/dir.h"

/* One department that is shown without asking the service which there are. */
struct tree_department {
    uint64_t organization;
    uint64_t department;
};

struct tree_options {
    uint64_t user_id; /* 0: none */
    bool no_communities;
    uint64_t *organizations;   /* ascending, each once; those of the departments included */
    size_t organization_count; /* 0: found from user_id */
    struct tree_department *departments; /* ascending, each once */
    size_t department_count;
    bool show_exports; /* files of all records are listed, too */
};

TAILQ_HEAD(dirs, dir);

/* Which directories there are and what they show. */
struct tree {
    struct cache *cache;
    const struct tree_options *options;
    struct dirs dirs;
    struct dir *root;
    struct record *status; /* status.json as it was last shown, or NULL */
    struct loop_timer sweep;
};

/* CACHE and OPTIONS must outlive the tree. 0 or -ENOMEM. */
int tree_init(struct tree *tree, struct cache *cache, const struct tree_options *options);

/* Ends all directories and their listings. Nobody may wait for one. Takes a zeroed tree. */
void tree_finish(struct tree *tree);

/* The listing with which the key is best tried: what it fetches serves afterwards. NULL when
 * memory is out. */
struct listing *tree_trial(struct tree *tree);

/* Return whether there is communities/, and with it the files of all communities. */
bool tree_shows_communities(const struct tree *tree);

/* The departments shown for ORGANIZATION by the options alone: their number, and the first in
 * FIRST. */
size_t tree_departments_of(const struct tree *tree, uint64_t organization,
                           const struct tree_department **first);

#endif
