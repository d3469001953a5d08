#ifndef QPFS_TREE_STATUS_FILE_H
#define QPFS_TREE_STATUS_FILE_H

#include "tree/tree.h"

/*
 * .qpfs/status.json: what the mount is doing. It is made anew each time that it is looked up,
 * and each time it is another record, so whoever has one open reads that to its end. The kernel
 * may not take the name for the same thing a second time.
 */

/* *RECORD: as it is now; borrowed, until the next time. 0 or -ENOMEM; -EFBIG. */
int status_file_make(struct tree *tree, struct record **record);

uint64_t status_file_ino(void);

#endif
