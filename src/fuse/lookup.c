#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cache/single.h"
#include "fuse/attr.h"
#include "fuse/fs.h"
#include "fuse/node.h"
#include "fuse/waiting.h"

/* A single record has no directory in which a walk would have read it. */
static void lookup_begin_walk(fuse_req_t req, const struct dir *dir, const char *name,
                              struct snapshot *snapshot)
{
    if (dir->kind->file && dir->owner && !dir->owner_listed &&
        strcmp(dir->kind->file, name) == 0 && listing_fresh(dir->owner))
        walk_begin(fs_walker_make(req), dir->owner, snapshot, WALK_BY_ID);
}

static void lookup_reply(fuse_req_t req, struct dir *dir, const char *name,
                         struct snapshot *snapshot)
{
    struct fs *fs = fs_of(req);
    struct dentry dentry;
    struct fuse_entry_param param;
    int error = dentry_lookup(dir, name, snapshot, &dentry);
    if (error) {
        fs_reply_error(req, error);
        return;
    }
    lookup_begin_walk(req, dir, name, snapshot);
    attr_of_dentry(fs, &dentry, &param);
    /* Counted before, for the reply may be read and forgotten at once; taken back if nobody got
     * it. */
    node_remember(fs, &dentry);
    if (fuse_reply_entry(req, &param))
        node_forget(fs, param.ino, 1);
}

static void lookup_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    lookup_reply(waiting->req, waiting->dir, waiting->name, snapshot);
}

static struct snapshot *lookup_link_late(struct walker *walker, const struct dir *dir,
                                         const char *name)
{
    struct snapshot *snapshot = walk_read_by_name(walker, dir->listing);
    const struct record *record = snapshot ? dentry_link(dir, name, snapshot) : NULL;
    return record ? walk_find(walker, dir->listing, record->id, WALK_LINK) : NULL;
}

/* A snapshot of what is needed that serves REQ without a call, or NULL. */
static struct snapshot *lookup_snapshot(fuse_req_t req, const struct dir *dir, const char *name,
                                        const struct dentry_needs *needs)
{
    if (!needs->listing)
        return NULL;
    struct snapshot *snapshot = listing_fresh_for(needs->listing, needs->id);
    if (snapshot)
        return snapshot;
    if (dir->kind->view != VIEW_NONE)
        return lookup_link_late(fs_walker(req), dir, name);
    if (needs->making)
        return walk_find_whole(fs_walker(req), needs->listing, needs->making);
    return walk_find(fs_walker(req), needs->listing, needs->id,
                     dir->kind->listed == DIR_NONE ? WALK_FILE : WALK_DIRECTORY);
}

void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fs *fs = fs_of(req);
    struct dir *dir = node_dir(fs, parent);
    struct dentry_needs needs;
    fs->counts.lookup++;
    int error = dir ? dentry_lookup_needs(dir, name, &needs) : -ENOTDIR;
    if (strlen(name) > NAME_MAX) /* the kernel lets FUSE have longer ones than statfs says */
        error = -ENAMETOOLONG;
    if (error) {
        fs_reply_error(req, error);
        return;
    }
    struct snapshot *snapshot = lookup_snapshot(req, dir, name, &needs);
    if (waiting_is_needless(&needs, snapshot)) {
        lookup_reply(req, dir, name, snapshot);
        return;
    }
    struct waiting *waiting = waiting_create(req, dir, lookup_resume);
    if (!waiting) {
        fs_reply_error(req, -ENOMEM);
        return;
    }
    /* It fits: NAME_SIZE is NAME_MAX and the final NUL. */
    strncpy(waiting->name, name, sizeof waiting->name - 1);
    waiting_start_limited(waiting, &needs, snapshot);
}
