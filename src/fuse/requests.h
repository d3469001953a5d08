/* Answers the requests of the kernel. */
#ifndef QPFS_FUSE_REQUESTS_H
#define QPFS_FUSE_REQUESTS_H

#include "fuse/fs.h"
#include "fuse/use_fuse.h"

/* All that qpfs does for the kernel; its user data is the fs. */
extern const struct fuse_lowlevel_ops fs_ops;

/* For fs_ops: the requests that have files of their own. Each replies once, or hands the
 * request to a struct waiting. */
void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void fs_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info);
void fs_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *info);
void fs_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *info);
void fs_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info);

/* What is shown now may differ from what the kernel keeps: have it drop the names of all open
 * directories. */
void fs_recall_names(struct fs *fs);

/* Let go of all open directories: the mount is gone, and nobody will release them. */
void fs_release_handles(struct fs *fs);

#endif
