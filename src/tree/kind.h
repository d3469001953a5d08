#ifndef QPFS_TREE_KIND_H
#define QPFS_TREE_KIND_H

#include <stdbool.h>

#include "cache/ino.h"
#include "cache/snapshot.h"
#include "tree/view.h"

/* The kinds of directory. What each shows is its row of the table in kind.c. */
enum dir_kind_name {
    DIR_NONE,
    DIR_ROOT,
    DIR_COMMUNITIES,
    DIR_ORGANIZATIONS,
    DIR_ORGANIZATION,
    DIR_DEPARTMENTS,
    DIR_DEPARTMENT,
    DIR_USERS,
    DIR_COMMUNITIES_BY_NAME,
    DIR_DEPARTMENTS_BY_NAME,
    DIR_USERS_BY_EMAIL,
    DIR_QPFS
};

#define DIR_FIXED_MAX  2
#define DIR_EXPORT_MAX 2

/* A file of all records of a listing. */
struct dir_export {
    const char *name;      /* NULL: no more */
    enum dir_kind_name of; /* the fixed directory that shows the listing */
    const struct making_kind *kind;
    enum ino_kind ino;
};

struct dir_kind {
    enum ino_kind ino;
    struct {
        const char *name; /* NULL: no more */
        enum dir_kind_name kind;
    } fixed[DIR_FIXED_MAX]; /* directories that are always there */
    const char *hidden;     /* one more, that is not listed, or NULL */
    enum dir_kind_name hidden_kind;
    const char *file;       /* the file that is always there, or NULL */
    enum ino_kind file_ino; /* of that */
    struct dir_export
        exports[DIR_EXPORT_MAX]; /* there by name; listed only if the options say so */
    bool lists;                  /* shows the IDs of a listing, or of the options */
    enum dir_kind_name listed;   /* as directories of this kind; DIR_NONE: as files */
    enum view_name view;         /* shows links to the records of a listing, or VIEW_NONE */
    enum dir_kind_name lister;   /* and that is the listing of a directory of this kind, which
                                    is the one above or lies beside */
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name);

#endif
