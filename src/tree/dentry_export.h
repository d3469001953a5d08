#ifndef QPFS_TREE_DENTRY_EXPORT_H
#define QPFS_TREE_DENTRY_EXPORT_H

#include "tree/dentry.h"

/* Names of files of all records (cache/export.h) in a directory: what they need, and what they
 * stand for. Which there are is in kind.c. */

/* How many DIR has. There are none without a list: of communities without a user ID, of
 * departments that are given. And how many of them are listed: all, or none. */
size_t dentry_export_count(const struct dir *dir);
size_t dentry_exports_shown(const struct dir *dir);

/* That of this name; NULL if there is none. */
const struct dir_export *dentry_export_named(const struct dir *dir, const char *name);

/* As dentry_lookup_needs(). 0 or -ENOMEM. */
int dentry_export_needs(struct dir *dir, const struct dir_export *export,
                        struct dentry_needs *needs);

/* Fills DENTRY. 0; -ENOMEM; -ENOENT if it was not made of SNAPSHOT, or SNAPSHOT is NULL, and
 * then with the name alone. */
int dentry_export_fill(struct dir *dir, const struct dir_export *export,
                       const struct snapshot *snapshot, struct dentry *dentry);

/* Number INDEX, from 0, as it is listed: one that was not made is made when someone wants to
 * know more. 0; -ENOENT: no more; -ENOMEM. */
int dentry_export_at(struct dir *dir, size_t index, struct dentry *dentry);

#endif
