#include "fuse/readonly.h"

#include <errno.h>

#include "fuse/fs.h"

/* What is asked for does not matter, hence the attribute in place of a (void) for each
 * parameter. */
#define UNUSED __attribute__((unused))

void readonly_setattr(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED struct stat *attr,
                      UNUSED int to_set, UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

void readonly_mknod(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                    UNUSED mode_t mode, UNUSED dev_t dev)
{
    fs_reply_error(req, -EROFS);
}

void readonly_mkdir(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                    UNUSED mode_t mode)
{
    fs_reply_error(req, -EROFS);
}

void readonly_unlink(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name)
{
    fs_reply_error(req, -EROFS);
}

void readonly_symlink(fuse_req_t req, UNUSED const char *target, UNUSED fuse_ino_t parent,
                      UNUSED const char *name)
{
    fs_reply_error(req, -EROFS);
}

void readonly_rename(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                     UNUSED fuse_ino_t new_parent, UNUSED const char *new_name,
                     UNUSED unsigned flags)
{
    fs_reply_error(req, -EROFS);
}

void readonly_link(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED fuse_ino_t new_parent,
                   UNUSED const char *new_name)
{
    fs_reply_error(req, -EROFS);
}

void readonly_write(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED const char *bytes,
                    UNUSED size_t size, UNUSED off_t offset, UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

void readonly_setxattr(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED const char *name,
                       UNUSED const char *value, UNUSED size_t size, UNUSED int flags)
{
    fs_reply_error(req, -EROFS);
}

void readonly_create(fuse_req_t req, UNUSED fuse_ino_t parent, UNUSED const char *name,
                     UNUSED mode_t mode, UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}

void readonly_fallocate(fuse_req_t req, UNUSED fuse_ino_t ino, UNUSED int mode,
                        UNUSED off_t offset, UNUSED off_t length,
                        UNUSED struct fuse_file_info *info)
{
    fs_reply_error(req, -EROFS);
}
