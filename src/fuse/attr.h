/* Fills in the attributes of files, links and directories. */
#ifndef QPFS_FUSE_ATTR_H
#define QPFS_FUSE_ATTR_H

#include <sys/stat.h>

#include "fuse/fs.h"
#include "tree/entry.h"

/* For how long attributes are valid, in seconds. Those of a node never change, so the kernel
 * need not ask twice. */
#define ATTR_TIMEOUT 86400.0

void attr_of_dir(const struct fs *fs, const struct dir *dir, struct stat *attr);
void attr_of_record(const struct fs *fs, const struct record *record, struct stat *attr);
void attr_of_link(const struct fs *fs, const struct record *record, const struct links *links,
                  struct stat *attr);

/* Fill PARAM with what a look-up answers for ENTRY. A file whose record is not held gets no
 * node: the reply has its name and type, and the kernel looks it up when a process asks for
 * more. */
void attr_of_entry(const struct fs *fs, const struct dir_entry *entry,
                   struct fuse_entry_param *param);

#endif
