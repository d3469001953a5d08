#ifndef QPFS_TREE_KIND_H
#define QPFS_TREE_KIND_H

#include <stdbool.h>

#include "cache/ino.h"

/* The kinds of directory. What each shows is its row of the table in kind.c. */
enum dir_kind_name {
    DIR_NONE,
    DIR_ROOT,
    DIR_COMMUNITIES,
    DIR_ORGANIZATIONS,
    DIR_ORGANIZATION,
    DIR_DEPARTMENTS,
    DIR_DEPARTMENT,
    DIR_USERS
};

#define DIR_FIXED_MAX 2

struct dir_kind {
    enum ino_kind ino;
    struct {
        const char *name; /* NULL: no more */
        enum dir_kind_name kind;
    } fixed[DIR_FIXED_MAX];    /* directories that are always there */
    const char *file;          /* the file that is always there, or NULL */
    enum ino_kind file_ino;    /* of that */
    bool lists;                /* shows the IDs of a listing, or of the options */
    enum dir_kind_name listed; /* as directories of this kind; DIR_NONE: as files */
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name);

#endif
