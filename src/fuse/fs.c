/* Holds what the requests of one mount share. */
#include "fuse/fs.h"

void fs_init(struct fs *fs, struct loop *loop, struct tree *tree,
             const struct fs_options *options)
{
    *fs = (struct fs){
        .loop = loop,
        .tree = tree,
        .options = *options,
    };
    TAILQ_INIT(&fs->waitings);
    LIST_INIT(&fs->known);
    LIST_INIT(&fs->handles);
}

struct fs *fs_of(fuse_req_t req)
{
    return fuse_req_userdata(req);
}

struct walker *fs_walker(fuse_req_t req)
{
    struct fs *fs = fs_of(req);
    return walker_find(cache_walkers(fs->tree->cache), callers_process(&fs->callers, req));
}

struct walker *fs_walker_make(fuse_req_t req)
{
    struct fs *fs = fs_of(req);
    return walker_make(cache_walkers(fs->tree->cache), callers_process(&fs->callers, req));
}

void fs_reply_error(fuse_req_t req, int error)
{
    fuse_reply_err(req, -error);
}
