#include "tree/dir.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "base/live.h"
#include "tree/tree.h"

static struct listing *dir_listing_create(struct dir *dir, enum endpoint_name endpoint,
                                          uint64_t first_id, uint64_t second_id,
                                          enum ino_kind ino)
{
    struct listing_options options = {
        .target = target_make(endpoint, first_id, second_id),
        .ino = ino,
    };
    if (ino == INO_USER_FILE) {
        options.ino_organization = dir->organization;
        options.ino_department = dir->department;
        options.parent = dir->parent->parent->listing;
        options.parent_id = dir->department;
        options.owner = dir->parent->file;
        options.owner_id = dir->department;
    } else if (endpoint == ENDPOINT_DEPARTMENTS) {
        options.owner = dir->parent->file;
        options.owner_id = dir->organization;
    } else if (endpoint == ENDPOINT_COMMUNITIES) {
        options.owner = dir->owner;
        options.owner_id = first_id;
    }
    if (ino == INO_DEPARTMENT_FILE)
        options.ino_organization = dir->organization;
    return listing_create(dir->tree->cache, &options);
}

/* Communities are of the user, whose record is no file. 0 or -ENOMEM. */
static int dir_open_communities(struct dir *dir, uint64_t user)
{
    if (dir->tree->cache->missing_is_empty) {
        dir->owner = dir_listing_create(dir, ENDPOINT_USER, user, 0, INO_ORGANIZATIONS);
        if (!dir->owner)
            return -ENOMEM;
    }
    dir->listing = dir_listing_create(dir, ENDPOINT_COMMUNITIES, user, 0, INO_COMMUNITY_FILE);
    return dir->listing ? 0 : -ENOMEM;
}

static bool dir_departments_are_given(const struct dir *dir)
{
    const struct tree_department *first;
    return tree_departments_of(dir->tree, dir->organization, &first) > 0;
}

/* Which listings a directory of each kind shows, and from where. 0 or -ENOMEM. */
static int dir_open_listings(struct dir *dir, enum dir_kind_name kind)
{
    uint64_t user = dir->tree->options->user_id;
    bool given;
    switch (kind) {
    case DIR_COMMUNITIES:
        return dir_open_communities(dir, user);
    case DIR_ORGANIZATIONS:
        if (dir->tree->options->organization_count > 0)
            return 0;
        dir->listing = dir_listing_create(dir, ENDPOINT_USER, user, 0, INO_ORGANIZATIONS);
        return dir->listing ? 0 : -ENOMEM;
    case DIR_ORGANIZATION:
        dir->file = dir_listing_create(dir, ENDPOINT_ORGANIZATION, dir->organization, 0,
                                       INO_ORGANIZATION_FILE);
        dir->file_owned = true;
        return dir->file ? 0 : -ENOMEM;
    case DIR_DEPARTMENTS:
        if (dir_departments_are_given(dir))
            return 0;
        dir->listing = dir_listing_create(dir, ENDPOINT_DEPARTMENTS, dir->organization, 0,
                                          INO_DEPARTMENT_FILE);
        return dir->listing ? 0 : -ENOMEM;
    case DIR_DEPARTMENT:
        given = dir->parent->listing == NULL;
        dir->file = given ? dir_listing_create(dir, ENDPOINT_DEPARTMENT, dir->organization,
                                               dir->department, INO_DEPARTMENT_FILE)
                          : dir->parent->listing;
        dir->file_owned = given;
        return dir->file ? 0 : -ENOMEM;
    case DIR_USERS:
        dir->listing = dir_listing_create(dir, ENDPOINT_USERS, dir->organization,
                                          dir->department, INO_USER_FILE);
        return dir->listing ? 0 : -ENOMEM;
    default:
        return 0;
    }
}

static void dir_share_listing(struct dir *dir, struct dir *lister)
{
    if (!lister)
        return;
    dir->lister = lister;
    dir->listing = lister->listing;
    lister->uses++;
}

/* Whose listing a directory of this kind below PARENT shows; NULL: its own. 0 or -ENOMEM. */
static int dir_find_lister(struct dir *parent, enum dir_kind_name kind, struct dir **lister)
{
    enum dir_kind_name wanted = dir_kind_of(kind)->lister;
    *lister = parent;
    if (wanted == DIR_NONE)
        *lister = NULL;
    else if (parent->kind != dir_kind_of(wanted))
        *lister = dir_child(parent, wanted, 0);
    return wanted != DIR_NONE && !*lister ? -ENOMEM : 0;
}

struct dir *dir_create(struct tree *tree, struct dir *parent, enum dir_kind_name kind,
                       uint64_t id)
{
    /* Before DIR, for it stands behind all that it needs in the tree's list. */
    struct dir *lister;
    struct dir *dir = dir_find_lister(parent, kind, &lister) ? NULL : calloc(1, sizeof *dir);
    if (!dir)
        return NULL;
    dir->kind = dir_kind_of(kind);
    dir->tree = tree;
    dir->parent = parent;
    dir->organization = kind == DIR_ORGANIZATION ? id : parent ? parent->organization : 0;
    dir->department = kind == DIR_DEPARTMENT ? id : parent ? parent->department : 0;
    dir->ino = ino_make(dir->kind->ino, dir->organization, dir->department, 0);
    TAILQ_INSERT_TAIL(&tree->dirs, dir, link);
    live_born(LIVE_DIRECTORY);
    if (parent)
        parent->uses++;
    dir_share_listing(dir, lister);
    if (dir_open_listings(dir, kind)) {
        dir_destroy(dir);
        return NULL;
    }
    return dir;
}

/* Siblings differ in their kind or in the one ID that is their own. */
static int dir_compare(const void *a, const void *b)
{
    const struct dir *first = a, *second = b;
    if (first->ino != second->ino)
        return first->ino < second->ino ? -1 : 1;
    return 0;
}

void dir_destroy(struct dir *dir)
{
    if (dir->parent) {
        tdelete(dir, &dir->parent->children, dir_compare);
        dir->parent->uses--;
    }
    TAILQ_REMOVE(&dir->tree->dirs, dir, link);
    if (dir->lister)
        dir->lister->uses--;
    else
        listing_destroy(dir->listing);
    if (dir->file_owned)
        listing_destroy(dir->file);
    listing_destroy(dir->owner);
    free(dir);
    live_gone(LIVE_DIRECTORY);
}

struct dir *dir_child(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    struct dir key = {
        .ino =
            ino_make(dir_kind_of(kind)->ino, kind == DIR_ORGANIZATION ? id : dir->organization,
                     kind == DIR_DEPARTMENT ? id : dir->department, 0),
    };
    void *found = tfind(&key, &dir->children, dir_compare);
    if (found)
        return *(struct dir **)found;
    struct dir *child = dir_create(dir->tree, dir, kind, id);
    if (child && !tsearch(child, &dir->children, dir_compare)) {
        dir_destroy(child);
        return NULL;
    }
    return child;
}
