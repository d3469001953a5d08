#include <errno.h>
#include <stdlib.h>

#include "fuse/attr.h"
#include "fuse/fs.h"
#include "fuse/handle.h"
#include "fuse/node.h"
#include "fuse/waiting.h"

/* Offset 0 and 1 are "." and "..", what the directory shows begins at 2. The offset that comes
 * with an entry is that of the next one, and stands for the same place as long as the handle
 * keeps its snapshot. */
#define READDIR_DOTS 2

static struct handle *readdir_handle(const struct fuse_file_info *info)
{
    return (struct handle *)(uintptr_t)info->fh;
}

/* -------- opendir, releasedir -------- */

static void opendir_reply(fuse_req_t req, struct dir *dir, struct snapshot *snapshot)
{
    int64_t count = dentry_count(dir, snapshot);
    struct handle *handle = count < 0 ? NULL : handle_create(fs_of(req), dir, snapshot);
    if (!handle) {
        fs_reply_error(req, count < 0 ? (int)count : -ENOMEM);
        return;
    }
    struct fuse_file_info info = {.fh = (uint64_t)(uintptr_t)handle};
    if (fuse_reply_open(req, &info))
        handle_destroy(handle);
}

static void opendir_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    opendir_reply(waiting->req, waiting->dir, snapshot);
}

void fs_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct fs *fs = fs_of(req);
    struct dir *dir = node_dir(fs, ino);
    (void)info;
    fs->counts.opendir++;
    if (!dir) {
        fs_reply_error(req, -ENOTDIR);
        return;
    }
    struct snapshot *snapshot = dir->listing ? listing_fresh(dir->listing) : NULL;
    if (!dir->listing || snapshot) {
        opendir_reply(req, dir, snapshot);
        return;
    }
    struct waiting *waiting = waiting_create(req, dir, opendir_resume);
    if (waiting)
        waiting_start(waiting, dir->listing, false);
    else
        fs_reply_error(req, -ENOMEM);
}

void fs_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    (void)ino;
    handle_destroy(readdir_handle(info));
    fuse_reply_err(req, 0);
}

/* -------- readdir, readdirplus -------- */

/* A reply that is being filled. */
struct filling {
    fuse_req_t req;
    struct fs *fs;
    const struct handle *handle;
    bool plus;
    char *bytes;
    size_t size, room;
    fuse_ino_t *given; /* the nodes that the reply hands out */
    size_t given_count;
};

/* No entry of readdirplus is smaller, in bytes; so many fit into a reply at most. */
#define FILLING_ENTRY_MIN 128

/* Whether the entry had room. NEXT: the offset behind it. */
static bool filling_add(struct filling *filling, const char *name,
                        const struct fuse_entry_param *param, off_t next)
{
    char *at = filling->bytes + filling->size;
    size_t left = filling->room - filling->size;
    size_t size = filling->plus
                      ? fuse_add_direntry_plus(filling->req, at, left, name, param, next)
                      : fuse_add_direntry(filling->req, at, left, name, &param->attr, next);
    if (size > left)
        return false;
    filling->size += size;
    return true;
}

static bool filling_add_dot(struct filling *filling, off_t offset)
{
    const struct dir *dir = filling->handle->dir;
    const struct dir *target = offset == 1 && dir->parent ? dir->parent : dir;
    struct fuse_entry_param param = {.ino = 0}; /* a node here would have to be counted */
    attr_of_dir(filling->fs, target, &param.attr);
    return filling_add(filling, offset == 0 ? "." : "..", &param, offset + 1);
}

/* Adds entries from OFFSET on, as many as have room. 0 or -errno. */
static int filling_run(struct filling *filling, off_t offset)
{
    const struct handle *handle = filling->handle;
    int64_t count = dentry_count(handle->dir, handle->snapshot);
    if (count < 0)
        return (int)count;
    for (; offset < count + READDIR_DOTS; offset++) {
        if (offset < READDIR_DOTS) {
            if (!filling_add_dot(filling, offset))
                break;
            continue;
        }
        struct dentry dentry;
        struct fuse_entry_param param;
        size_t index = (size_t)offset - READDIR_DOTS;
        int error = dentry_at(handle->dir, handle->snapshot, index, &dentry);
        if (error)
            return error;
        attr_of_dentry(filling->fs, &dentry, &param);
        if (!filling_add(filling, dentry.name, &param, offset + 1))
            break;
        if (filling->plus && param.ino) {
            node_remember(filling->fs, &dentry);
            filling->given[filling->given_count++] = param.ino;
        }
    }
    return 0;
}

/* Nodes are counted as they are put into the reply, for the same record may not be at hand when
 * it is through; taken back if nobody got it. */
static void filling_take_back(const struct filling *filling)
{
    for (size_t i = 0; i < filling->given_count; i++)
        node_forget(filling->fs, filling->given[i], 1);
}

static int filling_init(struct filling *filling)
{
    filling->bytes = malloc(filling->room + 1);
    filling->given = calloc(filling->room / FILLING_ENTRY_MIN + 1, sizeof *filling->given);
    return filling->bytes && filling->given ? 0 : -ENOMEM;
}

static void filling_finish(struct filling *filling)
{
    free(filling->bytes);
    free(filling->given);
}

static void readdir_reply(fuse_req_t req, struct handle *handle, size_t size, off_t offset,
                          bool plus)
{
    struct filling filling = {
        .req = req,
        .fs = fs_of(req),
        .handle = handle,
        .plus = plus,
        .room = size,
    };
    handle->started = true;
    int error = offset < 0 ? -EINVAL : filling_init(&filling);
    if (!error)
        error = filling_run(&filling, offset);
    if (error) {
        filling_take_back(&filling);
        fs_reply_error(req, error);
    } else if (fuse_reply_buf(req, filling.bytes, filling.size)) {
        filling_take_back(&filling);
    }
    filling_finish(&filling);
}

static void readdir_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    handle_rewind(waiting->handle, snapshot);
    readdir_reply(waiting->req, waiting->handle, waiting->size, waiting->offset, waiting->plus);
}

/* rewinddir() shows the directory as opendir() would show it now. */
static void readdir_rewound(fuse_req_t req, struct handle *handle, size_t size, bool plus)
{
    struct snapshot *snapshot = listing_fresh(handle->dir->listing);
    if (snapshot) {
        handle_rewind(handle, snapshot);
        readdir_reply(req, handle, size, 0, plus);
        return;
    }
    struct waiting *waiting = waiting_create(req, handle->dir, readdir_resume);
    if (!waiting) {
        fs_reply_error(req, -ENOMEM);
        return;
    }
    waiting->handle = handle;
    waiting->size = size;
    waiting->plus = plus;
    waiting_start(waiting, handle->dir->listing, false);
}

static void readdir_any(fuse_req_t req, size_t size, off_t offset,
                        const struct fuse_file_info *info, bool plus)
{
    struct handle *handle = readdir_handle(info);
    fs_of(req)->counts.readdir++;
    if (offset == 0 && handle->started && handle->dir->listing)
        readdir_rewound(req, handle, size, plus);
    else
        readdir_reply(req, handle, size, offset, plus);
}

void fs_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *info)
{
    (void)ino;
    readdir_any(req, size, offset, info, false);
}

void fs_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    (void)ino;
    readdir_any(req, size, offset, info, true);
}
