/* Has the kernel drop the names that it keeps of a directory. */
#ifndef QPFS_FUSE_RECALL_H
#define QPFS_FUSE_RECALL_H

#include "fuse/fs.h"

/* The next process that reads DIR from its beginning asks us, though it has DIR open. The
 * kernel waits for pages that a reader of the names may hold, which may wait for the loop: so
 * the worker does it, soon. Return false when memory is out, or there can be no thread. */
bool recall_names(struct fs *fs, struct dir *dir);

#endif
