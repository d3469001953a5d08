#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fuse/attr.h"
#include "fuse/fs.h"
#include "fuse/node.h"
#include "fuse/waiting.h"

static void lookup_reply(fuse_req_t req, struct dir *dir, const char *name,
                         const struct snapshot *snapshot)
{
    struct fs *fs = fs_of(req);
    struct dentry dentry;
    struct fuse_entry_param param;
    int error = dentry_lookup(dir, name, snapshot, &dentry);
    if (error) {
        fs_reply_error(req, error);
        return;
    }
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

void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fs *fs = fs_of(req);
    struct dir *dir = node_dir(fs, parent);
    struct listing *needs;
    fs->counts.lookup++;
    int error = dir ? dentry_lookup_needs(dir, name, &needs) : -ENOTDIR;
    if (strlen(name) > NAME_MAX) /* the kernel lets FUSE have longer ones than statfs says */
        error = -ENAMETOOLONG;
    if (error) {
        fs_reply_error(req, error);
        return;
    }
    struct snapshot *snapshot = needs ? listing_fresh(needs) : NULL;
    if (!needs || snapshot) {
        lookup_reply(req, dir, name, snapshot);
        return;
    }
    struct waiting *waiting = waiting_create(req, dir, lookup_resume);
    if (!waiting) {
        fs_reply_error(req, -ENOMEM);
        return;
    }
    /* It fits: no longer name could have been parsed. */
    strncpy(waiting->name, name, sizeof waiting->name - 1);
    waiting_start(waiting, needs, true);
}
