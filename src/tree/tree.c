#include "tree/tree.h"

#include <errno.h>
#include <string.h>

#define TREE_SWEEP_MS 60000

static bool dir_is_idle(const struct dir *dir)
{
    const struct listing *listing = dir->lister ? NULL : dir->listing;
    const struct listing *file = dir->file_owned ? dir->file : NULL;
    return dir->parent && dir->lookups == 0 && dir->uses == 0 &&
           (!listing || listing_is_idle(listing)) && (!file || listing_is_idle(file)) &&
           (!dir->owner || listing_is_idle(dir->owner));
}

/* Departments come and go; a directory that neither the kernel nor the cache needs is let go.
 */
static void tree_sweep(void *data)
{
    struct tree *tree = data;
    struct dir *before;
    for (struct dir *dir = TAILQ_LAST(&tree->dirs, dirs); dir; dir = before) {
        before = TAILQ_PREV(dir, dirs, link);
        if (dir_is_idle(dir))
            dir_destroy(dir);
    }
    loop_timer_start(tree->cache->loop, &tree->sweep, TREE_SWEEP_MS, tree_sweep, tree);
}

int tree_init(struct tree *tree, struct cache *cache, const struct tree_options *options)
{
    *tree = (struct tree){.cache = cache, .options = options};
    TAILQ_INIT(&tree->dirs);
    tree->root = dir_create(tree, NULL, DIR_ROOT, 0);
    if (!tree->root)
        return -ENOMEM;
    loop_timer_start(cache->loop, &tree->sweep, TREE_SWEEP_MS, tree_sweep, tree);
    return 0;
}

void tree_finish(struct tree *tree)
{
    struct dir *dir;
    if (!tree->cache)
        return;
    loop_timer_stop(&tree->sweep);
    record_unref(tree->status);
    tree->status = NULL;
    while ((dir = TAILQ_LAST(&tree->dirs, dirs)))
        dir_destroy(dir);
    tree->root = NULL;
}

static struct dir *tree_organization(struct tree *tree, uint64_t id)
{
    struct dir *organizations = dir_child(tree->root, DIR_ORGANIZATIONS, 0);
    return organizations ? dir_child(organizations, DIR_ORGANIZATION, id) : NULL;
}

struct listing *tree_trial(struct tree *tree)
{
    const struct tree_options *options = tree->options;
    struct dir *dir;
    if (options->department_count > 0) {
        dir = tree_organization(tree, options->departments[0].organization);
        dir = dir ? dir_child(dir, DIR_DEPARTMENTS, 0) : NULL;
        dir = dir ? dir_child(dir, DIR_DEPARTMENT, options->departments[0].department) : NULL;
        return dir ? dir->file : NULL;
    }
    if (options->organization_count > 0) {
        dir = tree_organization(tree, options->organizations[0]);
        return dir ? dir->file : NULL;
    }
    dir = dir_child(tree->root, DIR_ORGANIZATIONS, 0);
    return dir ? dir->listing : NULL;
}

bool tree_shows_communities(const struct tree *tree)
{
    return tree->options->user_id && !tree->options->no_communities;
}

size_t tree_departments_of(const struct tree *tree, uint64_t organization,
                           const struct tree_department **first)
{
    const struct tree_options *options = tree->options;
    size_t count = 0;
    *first = NULL;
    for (size_t i = 0; i < options->department_count; i++) {
        if (options->departments[i].organization != organization)
            continue;
        if (count++ == 0)
            *first = &options->departments[i];
    }
    return count;
}
