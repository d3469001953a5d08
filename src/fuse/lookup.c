/* Answers look-ups. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cache/cache.h"
#include "fuse/node.h"
#include "fuse/requests.h"
#include "fuse/waiting.h"
#include "tree/headcount.h"

/* A single record has no directory in which a walk would have read it, so the walk begins here.
 */
static void lookup_begin_walk(fuse_req_t req, const struct dir_entry *entry,
                              struct snapshot *snapshot)
{
    const struct dir *dir = entry->dir;
    if (entry->type == ENTRY_OWNER && !dir->owner_listed && cache_fresh(dir->owner, 0))
        walk_begin(fs_walker_make(req), dir->owner, snapshot, WALK_BY_ID);
}

static void lookup_reply(fuse_req_t req, struct dir_entry *entry, struct snapshot *snapshot)
{
    struct fs *fs = fs_of(req);
    struct fuse_entry_param param;
    int error = entry_fill(entry, snapshot);
    if (error) {
        fs_reply_error(req, error);
        return;
    }
    lookup_begin_walk(req, entry, snapshot);
    if (entry->type == ENTRY_OWNER)
        headcount_look(entry->dir);
    attr_of_entry(fs, entry, &param);
    /* Counted before, for the reply may be read and forgotten at once; taken back if nobody got
     * it. */
    node_remember(fs, entry);
    if (fuse_reply_entry(req, &param))
        node_forget(fs, param.ino, 1);
}

static void lookup_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    lookup_reply(waiting->req, &waiting->entry, snapshot);
}

static struct snapshot *lookup_link_late(struct walker *walker, const struct dir_entry *entry)
{
    const struct listing *listing = entry->dir->listing;
    struct snapshot *snapshot = walk_read_by_name(walker, listing);
    const struct record *record = snapshot ? entry_link(entry, snapshot) : NULL;
    return record ? walk_find(walker, listing, record->id, WALK_LINK) : NULL;
}

/* Return a snapshot of what is needed that serves REQ without a call, or NULL. */
static struct snapshot *lookup_snapshot(fuse_req_t req, const struct dir_entry *entry,
                                        const struct entry_needs *needs)
{
    if (!needs->listing)
        return NULL;
    struct snapshot *snapshot = cache_fresh(needs->listing, needs->id);
    if (snapshot)
        return snapshot;
    struct walker *walker = fs_walker(req);
    if (entry->type == ENTRY_LINK)
        return lookup_link_late(walker, entry);
    if (entry->type == ENTRY_EXPORT)
        return walk_find_export(walker, needs->listing, needs->derived);
    return walk_find(walker, needs->listing, needs->id,
                     entry->type == ENTRY_LISTED_DIR ? WALK_DIRECTORY : WALK_FILE);
}

static void lookup_begin(fuse_req_t req, struct dir_entry *entry,
                         const struct entry_needs *needs)
{
    struct snapshot *snapshot = lookup_snapshot(req, entry, needs);
    if (waiting_is_needless(needs, snapshot)) {
        lookup_reply(req, entry, snapshot);
        return;
    }
    struct waiting *waiting = waiting_create(req, entry->dir, lookup_resume);
    if (!waiting)
        return;
    waiting->entry = *entry;
    waiting_start_limited(waiting, needs, snapshot);
}

void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fs *fs = fs_of(req);
    struct dir *dir = node_dir(fs, parent);
    struct dir_entry entry;
    struct entry_needs needs;
    fs->counts.lookup++;
    int error = dir ? entry_named(dir, name, &entry) : -ENOTDIR;
    if (strlen(name) > NAME_MAX) /* the kernel lets FUSE have longer ones than statfs says */
        error = -ENAMETOOLONG;
    if (!error)
        error = entry_find_needs(&entry, &needs);
    if (error)
        fs_reply_error(req, error);
    else
        lookup_begin(req, &entry, &needs);
}
