#ifndef QPFS_FUSE_READONLY_H
#define QPFS_FUSE_READONLY_H

#include "fuse/use_fuse.h"

/* The mount is read-only, so the kernel refuses every change itself; these answer EROFS should
 * someone have it remounted read-write. */
void readonly_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
                      struct fuse_file_info *info);
void readonly_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                    dev_t dev);
void readonly_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void readonly_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void readonly_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name);
void readonly_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
                     const char *new_name, unsigned flags);
void readonly_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t new_parent, const char *new_name);
void readonly_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size,
                    off_t offset, struct fuse_file_info *info);
void readonly_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value,
                       size_t size, int flags);
void readonly_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                     struct fuse_file_info *info);
void readonly_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
                        struct fuse_file_info *info);

#endif
