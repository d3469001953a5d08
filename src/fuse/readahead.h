/* Stores files in the kernel's page cache before they are read. */
#ifndef QPFS_FUSE_READAHEAD_H
#define QPFS_FUSE_READAHEAD_H

#include "fuse/fs.h"

/*
 * When a process reads the files of a directory one after the other, the files ahead of it are
 * stored: after the third read, 16 to 512 files. The process then reads them without us. Single
 * reads store nothing. Nothing is stored either while memory is short, or when the kernel does
 * not keep what was stored.
 *
 * To store a page, the kernel waits for its lock, which may be held for a read that only the
 * loop can answer. So a worker does it. A batch holds its records, and so the node ids, which
 * are their addresses, can't come to mean anything else meanwhile; a node's bytes never change,
 * so what is stored is what a read would bring. A node that the kernel has forgotten is not
 * found there, and no harm is done.
 */
struct readahead;

/* Return NULL when memory is out. All others take NULL, and do nothing then. */
struct readahead *readahead_create(struct fs *fs);

/* DIR was opened: its files may be read next. */
void readahead_opened(struct readahead *readahead, struct dir *dir);

/* The beginning of RECORD was read; the kernel has been answered. When the mount ends, nothing
 * more is started. */
void readahead_read(struct readahead *readahead, struct record *record);

/* The worker may not be busy. */
void readahead_destroy(struct readahead *readahead);

#endif
