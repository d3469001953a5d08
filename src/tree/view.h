#ifndef QPFS_TREE_VIEW_H
#define QPFS_TREE_VIEW_H

#include "cache/ino.h"
#include "tree/names.h"

/*
 * Other names for the records of a listing: a directory of links. A target is made of the
 * record's ID, and nothing that an account holds gets into it, so that no link leads out of the
 * mount.
 */
enum view_name { VIEW_NONE, VIEW_COMMUNITIES, VIEW_DEPARTMENTS, VIEW_USERS, VIEW_END };

/* Room for any target, with the final NUL. */
#define VIEW_TARGET_SIZE 48

const struct names_kind *view_names(enum view_name view);

/* Where the link to RECORD leads; its size. */
size_t view_target(enum view_name view, const struct record *record,
                   char target[static VIEW_TARGET_SIZE]);

/* st_ino of that link. */
uint64_t view_ino(enum view_name view, const struct record *record);

#endif
