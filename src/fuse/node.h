/* Says what a file is to the kernel: its node id, how often that is held, its attributes. */
#ifndef QPFS_FUSE_NODE_H
#define QPFS_FUSE_NODE_H

#include <sys/stat.h>

#include "fuse/fs.h"
#include "tree/entry.h"

/* -------- node ids -------- */

/*
 * There are three kinds of number for one thing.
 *
 * The API's ID names a record: 1234567. It is the file's name.
 *
 * st_ino names the file, in what a person or a backup tool sees. It is computed from what the
 * file is (cache/ino.h), so it is the same on every mount and does not change with the record's
 * bytes.
 *
 * The node id is between the kernel and us, and names one version of the file: it is the
 * address of its struct record. A record never changes; one that changed is another record, at
 * another address. That is why open can cost nothing: pages that the kernel holds for a node id
 * are right for ever, and a name that is looked up again leads to the same node if the bytes
 * are the same, or to a new one. Nothing has to be invalidated, and a process that has the file
 * open goes on with the version that it opened.
 *
 * The lowest five bits of a node id are its kind. The address is above them: its last two bits
 * are 0 and left out. So a pointer of 32 bits leaves as much room for the kind as one of 64.
 *
 * A directory is one node, of the address of its struct dir. The root is 1, as FUSE wants it.
 *
 * A link to a record (view/names.h) never changes either, for its target is the record's ID.
 * Its node has the record's address, and the kind of its directory for its kind.
 *
 * The kernel says how often it was given a node (the lookup count: once for each reply to a
 * look-up, and for each entry of readdirplus) and takes all of it back with forget. While the
 * count is not zero the record is held by one reference. A record's file and its link count
 * together: both need just the record.
 */
fuse_ino_t node_of_dir(const struct fs *fs, const struct dir *dir);
fuse_ino_t node_of_record(const struct record *record);
fuse_ino_t node_of_link(const struct record *record, const struct dir_kind *kind);

/* Return the directory that INO is, or NULL if it is a record's. */
struct dir *node_dir(const struct fs *fs, fuse_ino_t ino);

/* Return the record that INO is, or links to; it must not be a directory's. */
struct record *node_record(fuse_ino_t ino);

/* Return the links of which INO is one; NULL if it is no link. */
const struct names_kind *node_links(fuse_ino_t ino);

/* The kernel was given what ENTRY leads to once more. */
void node_remember(struct fs *fs, const struct dir_entry *entry);

/* The kernel gave back COUNT. */
void node_forget(struct fs *fs, fuse_ino_t ino, uint64_t count);

/* The mount is gone, and the kernel's nodes with it; it does not say so of each. */
void node_forget_all(struct fs *fs);

/* -------- attributes -------- */

/* For how long attributes are valid, in seconds. Those of a node never change, so the kernel
 * need not ask twice. */
#define ATTR_TIMEOUT 86400.0

/* Fill ATTR with what stat() shows of INO: a directory, the file of a record, or a link. */
void attr_of_node(const struct fs *fs, fuse_ino_t ino, struct stat *attr);

/* Fill PARAM with what a look-up answers for ENTRY. A file whose record is not held gets no
 * node: the reply has its name and type, and the kernel looks it up when a process asks for
 * more. */
void attr_of_entry(const struct fs *fs, const struct dir_entry *entry,
                   struct fuse_entry_param *param);

#endif
