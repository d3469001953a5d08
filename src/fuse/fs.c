#include "fuse/fs.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "fuse/attr.h"
#include "fuse/node.h"
#include "fuse/readonly.h"

void fs_init(struct fs *fs, struct loop *loop, struct tree *tree,
             const struct fs_options *options)
{
    *fs = (struct fs){
        .loop = loop,
        .tree = tree,
        .uid = options->uid,
        .gid = options->gid,
        .umask = options->umask,
        .timeout_ms = options->timeout_ms,
    };
    TAILQ_INIT(&fs->waitings);
    LIST_INIT(&fs->known);
    LIST_INIT(&fs->handles);
}

struct fs *fs_of(fuse_req_t req)
{
    return fuse_req_userdata(req);
}

void fs_reply_error(fuse_req_t req, int error)
{
    fuse_reply_err(req, -error);
}

static void fs_on_init(void *data, struct fuse_conn_info *conn)
{
    (void)data;
    /* Always with attributes: what a listing brought in one call must not be asked for name by
     * name. */
    conn->want |= FUSE_CAP_READDIRPLUS & conn->capable;
    conn->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
    /* A node's bytes never change: there is nothing to look out for. */
    conn->want &= ~(unsigned)FUSE_CAP_AUTO_INVAL_DATA;
    if (!(conn->capable & FUSE_CAP_NO_OPEN_SUPPORT))
        log_warning("this kernel asks before each open; reading many files will be slow");
    log_info("ready");
}

static void fs_on_destroy(void *data)
{
    const struct fs *fs = data;
    log_debug("requests: %llu lookup, %llu getattr, %llu open, %llu read, %llu opendir, "
              "%llu readdir, %llu forget",
              (unsigned long long)fs->counts.lookup, (unsigned long long)fs->counts.getattr,
              (unsigned long long)fs->counts.open, (unsigned long long)fs->counts.read,
              (unsigned long long)fs->counts.opendir, (unsigned long long)fs->counts.readdir,
              (unsigned long long)fs->counts.forget);
    log_debug("held at the end: %llu nodes", (unsigned long long)fs->known_count);
}

static void fs_forget(fuse_req_t req, fuse_ino_t ino, uint64_t count)
{
    struct fs *fs = fs_of(req);
    fs->counts.forget++;
    node_forget(fs, ino, count);
    fuse_reply_none(req);
}

static void fs_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
    struct fs *fs = fs_of(req);
    fs->counts.forget += count;
    for (size_t i = 0; i < count; i++)
        node_forget(fs, forgets[i].ino, forgets[i].nlookup);
    fuse_reply_none(req);
}

static void fs_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct fs *fs = fs_of(req);
    struct stat attr;
    const struct dir *dir = node_dir(fs, ino);
    (void)info;
    fs->counts.getattr++;
    if (dir)
        attr_of_dir(fs, dir, &attr);
    else
        attr_of_record(fs, node_record(ino), &attr);
    fuse_reply_attr(req, &attr, ATTR_TIMEOUT);
}

/* "Not implemented" is the good news here: the kernel never asks again, opens files by itself,
 * and keeps their pages. Writing is refused before it gets here, for the mount is read-only. */
static void fs_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    (void)ino;
    (void)info;
    fs_of(req)->counts.open++;
    fs_reply_error(req, -ENOSYS);
}

static void fs_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    struct fs *fs = fs_of(req);
    (void)info;
    fs->counts.read++;
    if (node_dir(fs, ino)) {
        fs_reply_error(req, -EISDIR);
        return;
    }
    const struct record *record = node_record(ino);
    if (offset < 0 || offset >= (off_t)record->size) {
        fuse_reply_buf(req, NULL, 0);
        return;
    }
    size_t left = record->size - (size_t)offset;
    fuse_reply_buf(req, record->bytes + offset, size < left ? size : left);
}

/* What an account holds is not known without calls, and what is free of a read-only file system
 * is no question; these figures keep df and monitors content. */
static void fs_statfs(fuse_req_t req, fuse_ino_t ino)
{
    struct statvfs statvfs = {
        .f_bsize = 4096,
        .f_frsize = 4096,
        .f_blocks = 1 << 28,
        .f_bfree = 1 << 27,
        .f_bavail = 1 << 27,
        .f_files = 1 << 24,
        .f_ffree = 1 << 23,
        .f_favail = 1 << 23,
        .f_namemax = 255,
    };
    (void)ino;
    fuse_reply_statfs(req, &statvfs);
}

const struct fuse_lowlevel_ops fs_ops = {
    .init = fs_on_init,
    .destroy = fs_on_destroy,
    .lookup = fs_lookup,
    .forget = fs_forget,
    .forget_multi = fs_forget_multi,
    .getattr = fs_getattr,
    .open = fs_open,
    .read = fs_read,
    .opendir = fs_opendir,
    .readdir = fs_readdir,
    .readdirplus = fs_readdirplus,
    .releasedir = fs_releasedir,
    .statfs = fs_statfs,
    .setattr = readonly_setattr,
    .mknod = readonly_mknod,
    .mkdir = readonly_mkdir,
    .unlink = readonly_unlink,
    .rmdir = readonly_unlink,
    .symlink = readonly_symlink,
    .rename = readonly_rename,
    .link = readonly_link,
    .write = readonly_write,
    .setxattr = readonly_setxattr,
    .removexattr = readonly_unlink,
    .create = readonly_create,
    .fallocate = readonly_fallocate,
};
