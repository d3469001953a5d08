/* Begins and ends the tree of directories, and lets go of those that nothing needs. */
#ifndef QPFS_TREE_TREE_H
#define QPFS_TREE_TREE_H

#include "cache/cache.h"
#include "tree/dir.h"

/* Make the root. CACHE and OPTIONS must outlive the tree. Return 0 or -ENOMEM. */
int tree_init(struct tree *tree, struct cache *cache, const struct tree_options *options);

/* End all directories and their listings. Nobody may wait for one. Takes a zeroed tree. */
void tree_finish(struct tree *tree);

/* Return the listing with which the key is best tried: what it fetches serves afterwards. NULL
 * when memory is out. */
struct listing *tree_trial(struct tree *tree);

#endif
