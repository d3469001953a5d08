/* Makes and ends the directories of a tree. */
#include "tree/dir.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/objects.h"
#include "json/members.h"

bool dir_lists(const struct dir *dir)
{
    return !dir_kind_has_links(dir->kind) &&
           (dir->kind->list.ino || dir->kind->lister != DIR_NONE);
}

/* -------- its listings -------- */

static uint64_t dir_last_id(const struct dir *dir)
{
    return dir->ids[1] ? dir->ids[1] : dir->ids[0];
}

static bool dir_source_is_given(const struct dir *dir, const struct dir_source *source)
{
    uint64_t id;
    return source->given && source->given(dir->tree->options, dir->ids, 0, &id) > 0;
}

/* Return the listing of SOURCE; NULL when memory is out. ABOVE are the IDs of the path below
 * which its records lie. */
static struct listing *dir_source_open(const struct dir *dir, const struct dir_source *source,
                                       const uint64_t *above)
{
    uint64_t user = dir->tree->options->user_id;
    struct listing_options options = {
        .target = target_make(source->endpoint, source->of_user ? user : dir->ids[0],
                              source->of_user ? 0 : dir->ids[1]),
        .family = {source->ino, above[0], above[1], source->department_member},
    };
    if (source == &dir->kind->list) {
        options.whole = dir->whole ? dir->whole->listing : NULL;
        options.owner = dir->owner;
        options.owner_id = dir->owner_id;
        options.owner_listed = dir->owner_listed;
    }
    return cache_add(dir->tree->cache, &options);
}

/* Return whether the list that the directory above DIR shows has the record that DIR is of. */
static bool dir_stands_in_list(const struct dir *dir)
{
    const struct dir *above = dir->parent, *lister = above->lister ? above->lister : above;
    return memcmp(dir->ids, above->ids, sizeof dir->ids) != 0 && above->listing &&
           !lister->kind->list.id_member;
}

/* Return false when memory is out. */
static bool dir_open_owner(struct dir *dir)
{
    const struct dir_source *source = &dir->kind->owner;
    const struct dir *above = dir->parent;
    if (!above) /* the root is of nothing */
        return true;
    if (dir_stands_in_list(dir)) {
        dir->owner = above->listing;
        dir->owner_id = dir_last_id(dir);
        dir->owner_listed = true;
    } else if (source->ino) {
        dir->owner = dir_source_open(dir, source, above->ids);
        dir->owner_id = source->of_user ? dir->tree->options->user_id : dir_last_id(dir);
        return dir->owner != NULL;
    } else {
        dir->owner = above->owner;
        dir->owner_id = above->owner_id;
        dir->owner_listed = above->owner_listed;
    }
    return true;
}

/* Return false when memory is out. */
static bool dir_open_listing(struct dir *dir)
{
    const struct dir_source *source = &dir->kind->list;
    if (dir->lister) {
        dir->listing = dir->lister->listing;
        return true;
    }
    if (!source->ino || dir_source_is_given(dir, source))
        return true;
    dir->listing = dir_source_open(dir, source, dir->ids);
    return dir->listing != NULL;
}

static struct listing *dir_own_listing(const struct dir *dir)
{
    return dir->lister ? NULL : dir->listing;
}

static struct listing *dir_own_owner(const struct dir *dir)
{
    return dir->kind->owner.ino && !dir->owner_listed ? dir->owner : NULL;
}

/* -------- what is listed, from a snapshot or from the options -------- */

/* Read the one ID of a list whose record has it in a member. Return 0, or -EBADMSG if the
 * service does not say. */
static int dir_found_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t *id)
{
    *id = members_id(members_of_record(snapshot->records[0]), dir->kind->list.id_member);
    return *id ? 0 : -EBADMSG;
}

static size_t dir_given(const struct dir *dir, size_t index, uint64_t *id)
{
    return dir->kind->list.given(dir->tree->options, dir->ids, index, id);
}

int64_t dir_listed_count(const struct dir *dir, const struct snapshot *snapshot)
{
    uint64_t id;
    if (!dir_lists(dir))
        return 0;
    if (!dir->listing)
        return (int64_t)dir_given(dir, 0, &id);
    if (!dir->kind->list.id_member)
        return (int64_t)snapshot->count;
    int error = dir_found_id(dir, snapshot, &id);
    return error ? error : 1;
}

int dir_listed_id(const struct dir *dir, const struct snapshot *snapshot, size_t index,
                  uint64_t *id)
{
    if (dir->listing && dir->kind->list.id_member)
        return dir_found_id(dir, snapshot, id);
    if (dir->listing)
        *id = snapshot->records[index]->id;
    else
        dir_given(dir, index, id);
    return 0;
}

int dir_lists_id(const struct dir *dir, const struct snapshot *snapshot, uint64_t id)
{
    if (dir->listing && !dir->kind->list.id_member)
        return snapshot_find(snapshot, id) ? 0 : -ENOENT;
    int64_t count = dir_listed_count(dir, snapshot);
    int error = count < 0 ? (int)count : 0;
    for (int64_t i = 0; i < count && !error; i++) {
        uint64_t listed = 0;
        error = dir_listed_id(dir, snapshot, (size_t)i, &listed);
        if (!error && listed == id)
            return 0;
    }
    return error ? error : -ENOENT;
}

/* -------- its fixed names -------- */

/* Return whether DIR has the name FIXED of its row: not where options leave the directory out,
 * nor links to, or a file of, a list in whose place they give IDs. */
static bool dir_has_fixed(const struct dir *dir, const struct dir_fixed *fixed)
{
    const struct dir_kind *kind = dir_kind_of(fixed->kind);
    const struct tree_options *options = dir->tree->options;
    if (kind->is_there && !kind->is_there(options))
        return false;
    if (fixed->type != ENTRY_EXPORT && !dir_kind_has_links(kind))
        return true;
    const struct dir_kind *lister = dir_kind_has_links(kind) ? dir_kind_of(kind->lister) : kind;
    return !dir_source_is_given(dir, &lister->list);
}

static bool dir_shows_fixed(const struct dir *dir, const struct dir_fixed *fixed)
{
    const struct tree_options *options = dir->tree->options;
    const struct dir_kind *kind = dir_kind_of(fixed->kind);
    if (fixed->type == ENTRY_EXPORT && !options->show_exports)
        return false;
    if (kind->is_listed && !kind->is_listed(options))
        return false;
    return dir_has_fixed(dir, fixed);
}

/* Return the first fixed name of DIR, from FIXED on; NULL: there is none. */
static const struct dir_fixed *dir_next_fixed(const struct dir *dir,
                                              const struct dir_fixed *fixed, bool shown)
{
    for (; fixed < dir->kind->fixed + DIR_FIXED_MAX && fixed->name; fixed++) {
        if (shown ? dir_shows_fixed(dir, fixed) : dir_has_fixed(dir, fixed))
            return fixed;
    }
    return NULL;
}

const struct dir_fixed *dir_fixed_named(const struct dir *dir, const char *name)
{
    const struct dir_fixed *fixed = dir->kind->fixed;
    while ((fixed = dir_next_fixed(dir, fixed, false)) && strcmp(fixed->name, name) != 0)
        fixed++;
    return fixed;
}

const struct dir_fixed *dir_fixed_at(const struct dir *dir, bool shown, size_t *index)
{
    const struct dir_fixed *fixed = dir->kind->fixed;
    for (; (fixed = dir_next_fixed(dir, fixed, shown)); fixed++) {
        if (*index == 0)
            return fixed;
        --*index;
    }
    return NULL;
}

size_t dir_fixed_count(const struct dir *dir)
{
    size_t rest = DIR_FIXED_MAX;
    dir_fixed_at(dir, true, &rest);
    return DIR_FIXED_MAX - rest;
}

/* -------- its beginning and its end -------- */

/* What is known of a directory before it is there. */
static struct dir dir_sketch(struct tree *tree, struct dir *parent, enum dir_kind_name kind,
                             uint64_t id)
{
    struct dir dir = {.kind = dir_kind_of(kind), .tree = tree, .parent = parent};
    if (parent)
        memcpy(dir.ids, parent->ids, sizeof dir.ids);
    if (id)
        dir.ids[dir.ids[0] ? 1 : 0] = id;
    dir.ino = ino_make(dir.kind->ino, dir.ids[0], dir.ids[1], 0);
    return dir;
}

/* Find whose listing the directory SKETCH shows; NULL: its own. Return false when memory is
 * out. */
static bool dir_find_lister(const struct dir *sketch, struct dir **lister)
{
    enum dir_kind_name wanted = sketch->kind->lister;
    *lister = NULL;
    if (wanted == DIR_NONE || !sketch->parent)
        return true;
    *lister = sketch->parent->kind == dir_kind_of(wanted)
                  ? sketch->parent
                  : dir_child(sketch->parent, wanted, 0);
    return *lister != NULL;
}

/* Find the directory whose listing may stand for that of the directory SKETCH; NULL: none.
 * Return false when memory is out. */
static bool dir_find_whole(const struct dir *sketch, struct dir **whole)
{
    enum dir_kind_name wanted = sketch->kind->list.whole;
    struct dir *above = sketch->parent;
    *whole = NULL;
    if (wanted == DIR_NONE || !sketch->tree->options->one_list)
        return true;
    while (above && above->kind != dir_kind_of(DIR_ORGANIZATION))
        above = above->parent;
    *whole = above ? dir_child(above, wanted, 0) : NULL;
    return *whole != NULL;
}

static struct dir *dir_create(const struct dir *sketch)
{
    /* Before DIR, for it stands behind all that it needs in the tree's list. */
    struct dir *lister, *whole;
    bool found = dir_find_lister(sketch, &lister) && dir_find_whole(sketch, &whole);
    struct dir *dir = found ? malloc(sizeof *dir) : NULL;
    if (!dir)
        return NULL;
    *dir = *sketch;
    dir->whole = whole;
    if (whole)
        whole->uses++;
    TAILQ_INSERT_TAIL(&dir->tree->dirs, dir, link);
    objects_add(OBJECTS_DIRECTORY);
    if (dir->parent)
        dir->parent->uses++;
    dir->lister = lister;
    if (lister)
        lister->uses++;
    if (!dir_open_owner(dir) || !dir_open_listing(dir)) {
        dir_destroy(dir);
        return NULL;
    }
    return dir;
}

struct dir *dir_create_root(struct tree *tree)
{
    const struct dir sketch = dir_sketch(tree, NULL, DIR_ROOT, 0);
    return dir_create(&sketch);
}

void dir_destroy(struct dir *dir)
{
    if (dir->parent) {
        tdelete(dir, &dir->parent->children, number_compare);
        dir->parent->uses--;
    }
    TAILQ_REMOVE(&dir->tree->dirs, dir, link);
    if (dir->lister)
        dir->lister->uses--;
    if (dir->whole)
        dir->whole->uses--;
    cache_remove(dir_own_listing(dir));
    cache_remove(dir_own_owner(dir));
    free(dir);
    objects_remove(OBJECTS_DIRECTORY);
}

bool dir_is_idle(const struct dir *dir)
{
    const struct listing *listing = dir_own_listing(dir), *owner = dir_own_owner(dir);
    return dir->parent && dir->lookups == 0 && dir->uses == 0 &&
           (!listing || cache_is_idle(listing)) && (!owner || cache_is_idle(owner));
}

struct dir *dir_find(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    const struct dir sketch = dir_sketch(dir->tree, dir, kind, id);
    void *found = tfind(&sketch, &dir->children, number_compare);
    return found ? *(struct dir **)found : NULL;
}

struct dir *dir_child(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    struct dir *child = dir_find(dir, kind, id);
    if (child)
        return child;
    const struct dir sketch = dir_sketch(dir->tree, dir, kind, id);
    child = dir_create(&sketch);
    if (child && !tsearch(child, &dir->children, number_compare)) {
        dir_destroy(child);
        return NULL;
    }
    return child;
}
