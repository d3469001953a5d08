/* Knows the kinds of directory: each is a row of one table. */
#ifndef QPFS_TREE_KIND_H
#define QPFS_TREE_KIND_H

#include <stdbool.h>

#include "api/endpoint.h"
#include "cache/ino.h"
#include "cache/snapshot.h"
#include "tree/tree_options.h"
#include "tree/view.h"

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

/* What is asked of the service for a directory: a list, or one record. */
struct dir_source {
    enum endpoint_name endpoint;
    enum ino_kind ino; /* of its records; 0: nothing is asked */
    bool of_user;      /* asked for with the ID of the option user_id, else with those of the
                          directory's path */
    const char *id_member; /* the IDs are not those of the records: the one record has its ID in
                              this member; or NULL */
    /* The IDs that options give in its place, see tree_options.h; NULL: they never do. */
    size_t (*given)(const struct tree_options *options, const uint64_t *ids, size_t index,
                    uint64_t *id);
};

struct dir_kind {
    enum ino_kind ino;
    bool (*is_there)(const struct tree_options *options); /* NULL: always */
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
    /* The record of what the directory is of. The list above has it if its records have the
     * same `ino`; else this endpoint. A kind without takes that of the directory above. */
    struct dir_source owner;
    struct dir_source list;    /* what the directory lists */
    enum dir_kind_name lister; /* or it shows what a directory of this kind lists, which is the
                                  one above or lies beside */
    enum dir_kind_name listed; /* what is listed is shown as directories of this kind;
                                  DIR_NONE: as files */
    enum view_name view;       /* or as links; or VIEW_NONE */
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name);

#endif
