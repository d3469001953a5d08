/* Begins and ends the tree of directories, and lets go of those that nothing needs. */
#include "tree/tree.h"

#include <errno.h>

#define TREE_SWEEP_MS 60000

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
    loop_timer_start(cache_source(tree->cache)->loop, &tree->sweep, TREE_SWEEP_MS, tree_sweep,
                     tree);
}

int tree_init(struct tree *tree, struct cache *cache, const struct tree_options *options)
{
    *tree = (struct tree){.cache = cache, .options = options};
    TAILQ_INIT(&tree->dirs);
    tree->root = dir_create_root(tree);
    if (!tree->root)
        return -ENOMEM;
    loop_timer_start(cache_source(cache)->loop, &tree->sweep, TREE_SWEEP_MS, tree_sweep, tree);
    return 0;
}

void tree_finish(struct tree *tree)
{
    struct dir *dir;
    if (!tree->cache)
        return;
    loop_timer_stop(&tree->sweep);
    record_unref(tree->generated);
    tree->generated = NULL;
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
        return dir ? dir->owner : NULL;
    }
    if (options->organization_count > 0) {
        dir = tree_organization(tree, options->organizations[0]);
        return dir ? dir->owner : NULL;
    }
    dir = dir_child(tree->root, DIR_ORGANIZATIONS, 0);
    return dir ? dir->listing : NULL;
}
