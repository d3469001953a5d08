/* Answers the requests of the kernel. */
#include "fuse/requests.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/wipe.h"
#include "fuse/fs.h"
#include "fuse/node.h"
#include "fuse/readahead.h"

/* Bytes of forgotten records after which the heap's free pages go back, a little at a time. */
#define FORGET_GIVE_BACK ((size_t)16 << 20)

/* FUSE's minor version in Linux 6.16. Kernels before 6.1 could read a name from a page that was
 * not filled yet. Those before 6.16 have no quick way to end all names at once. */
#define FS_KEEPS_NAMES_MINOR 44

static void fs_on_init(void *data, struct fuse_conn_info *conn)
{
    struct fs *fs = data;
    fs->keeps_names = fs->keeps_names && conn->proto_minor >= FS_KEEPS_NAMES_MINOR;
    conn->max_read = fs->max_read;
    /* Always with attributes: what a listing brought in one call must not be asked for name by
     * name. */
    conn->want |= FUSE_CAP_READDIRPLUS & conn->capable;
    conn->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
    /* A node's bytes never change: there is nothing to look out for. */
    conn->want &= ~(unsigned)FUSE_CAP_AUTO_INVAL_DATA;
    /* Else, where root made the mount writable, the kernel takes O_TRUNC as done by open, which
     * we are never asked for. */
    conn->want &= ~(unsigned)FUSE_CAP_ATOMIC_O_TRUNC;
    /* A link's target never changes either. */
    conn->want |= FUSE_CAP_CACHE_SYMLINKS & conn->capable;
    init_reply_want(conn);
    if (!(conn->capable & FUSE_CAP_NO_OPEN_SUPPORT))
        log_warning("this kernel asks before each open; reading many files will be slow");
    log_info("ready");
}

static void fs_on_destroy(void *data)
{
    const struct fs *fs = data;
    log_debug("requests: %llu lookup, %llu getattr, %llu open, %llu read, %llu opendir, "
              "%llu readdir, %llu forget, %llu stored",
              (unsigned long long)fs->counts.lookup, (unsigned long long)fs->counts.getattr,
              (unsigned long long)fs->counts.open, (unsigned long long)fs->counts.read,
              (unsigned long long)fs->counts.opendir, (unsigned long long)fs->counts.readdir,
              (unsigned long long)fs->counts.forget, (unsigned long long)fs->counts.stored);
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
    wipe_give_back(FORGET_GIVE_BACK);
    fuse_reply_none(req);
}

static void fs_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct fs *fs = fs_of(req);
    struct stat attr;
    (void)info;
    fs->counts.getattr++;
    attr_of_node(fs, ino, &attr);
    fuse_reply_attr(req, &attr, ATTR_TIMEOUT);
}

static void fs_readlink(fuse_req_t req, fuse_ino_t ino)
{
    char target[NAMES_TARGET_SIZE];
    const struct names_kind *links = node_links(ino);
    if (!links) {
        fs_reply_error(req, -EINVAL);
        return;
    }
    names_target(links, node_record(ino), target);
    fuse_reply_readlink(req, target);
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
    walker_step(fs_walker(req));
    if (node_dir(fs, ino) || node_links(ino)) {
        fs_reply_error(req, node_dir(fs, ino) ? -EISDIR : -EINVAL);
        return;
    }
    struct record *record = node_record(ino);
    if (offset < 0 || offset >= (off_t)record->size) {
        fuse_reply_buf(req, NULL, 0);
        return;
    }
    size_t left = record->size - (size_t)offset;
    fuse_reply_buf(req, record->bytes + offset, size < left ? size : left);
    if (offset == 0)
        readahead_read(fs->readahead, record);
}

/* There are none. ENOSYS would be as true, and tar --xattrs would warn of each file. */
static void fs_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
    (void)ino;
    if (size == 0)
        fuse_reply_xattr(req, 0);
    else
        fuse_reply_buf(req, NULL, 0);
}

/* What an account holds is not known without calls. These figures are made up: half is free, so
 * that df and monitors do not complain. */
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

/* -------- writing -------- */

/* The mount is read-only, so the kernel refuses every change itself. These answer EROFS should
 * root remount it read-write. Where there is no create(), the kernel makes a file with mknod().
 * What is asked for does not matter, hence the attribute in place of a (void) for each
 * parameter. */
#define UNUSED __attribute__((unused))

static void readonly_setattr(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED struct stat *attr,
                             UNUSED int to_set, UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_mknod(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                           UNUSED mode_t mode, UNUSED dev_t dev)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_mkdir(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                           UNUSED mode_t mode)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_unlink(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_symlink(fuse_req_t req, UNUSED const char *target,
                             UNUSED fuse_ino_t parent, UNUSED const char *name)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_rename(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                            UNUSED fuse_ino_t new_parent, UNUSED const char *new_name,
                            UNUSED unsigned flags)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_link(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED fuse_ino_t new_parent,
                          UNUSED const char *new_name)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_write(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED const char *bytes,
                           UNUSED size_t size, UNUSED off_t offset,
                           UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_setxattr(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED const char *name,
                              UNUSED const char *value, UNUSED size_t size, UNUSED int flags)
{
    fs_reply_error(req, -EROFS);
}

static void readonly_fallocate(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED int mode,
                               UNUSED off_t offset, UNUSED off_t length,
                               UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

/* -------- all requests -------- */

const struct fuse_lowlevel_ops fs_ops = {
    .init = fs_on_init,
    .destroy = fs_on_destroy,
    .lookup = fs_lookup,
    .forget = fs_forget,
    .forget_multi = fs_forget_multi,
    .getattr = fs_getattr,
    .readlink = fs_readlink,
    .open = fs_open,
    .read = fs_read,
    .opendir = fs_opendir,
    .readdir = fs_readdir,
    .readdirplus = fs_readdirplus,
    .releasedir = fs_releasedir,
    .listxattr = fs_listxattr,
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
    .fallocate = readonly_fallocate,
};
