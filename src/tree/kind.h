/* Knows the kinds of directory: each is a row of one table. */
#ifndef QPFS_TREE_KIND_H
#define QPFS_TREE_KIND_H

#include <stdbool.h>

#include "api/endpoint.h"
#include "cache/ino.h"
#include "cache/snapshot.h"
#include "cache/status.h"
#include "tree/tree_options.h"
#include "view/names.h"

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
    DIR_EVERYBODY,
    DIR_EVERYBODY_BY_EMAIL,
    DIR_QPFS,
    DIR_END
};

#define DIR_FIXED_MAX 12

/* What a name stands for. */
enum entry_type {
    ENTRY_DIR,        /* a directory that is always there */
    ENTRY_OWNER,      /* the record of what its directory is of, as a file */
    ENTRY_EXPORT,     /* all records of a list, as one file */
    ENTRY_GENERATED,  /* what the mount is doing, as a file */
    ENTRY_LISTED_DIR, /* a directory with the ID of a record */
    ENTRY_RECORD,     /* a record, as a file */
    ENTRY_LINK        /* a link to a record's file, or to its directory */
};

/* Write a text of what BOARD tells into OUT. Return 0, -ENOMEM or -EFBIG. */
typedef int generate_fn(const struct status_board *board, struct buffer *out);

/* A name that is always there. */
struct dir_fixed {
    const char *name;        /* NULL: no more */
    enum entry_type type;    /* of the first four */
    enum dir_kind_name kind; /* of the directory; or of the one that shows the list which
                                is exported */
    const struct derived_kind *made; /* what is made of that list, for an export */
    enum ino_kind ino;               /* of an export, or of what is generated */
    generate_fn *generate;           /* writes its text */
};

/* What is asked of the service for a directory: a list, or one record. */
struct dir_source {
    enum endpoint_name endpoint;
    enum ino_kind ino; /* of its records; 0: nothing is asked */
    bool of_user;      /* asked for with the ID of the option user_id, else with those of the
                          directory's path */
    /* The member in which a record says its department, for its inode number: see ino.h; or
     * NULL. */
    const char *department_member;
    enum dir_kind_name whole; /* the list of a directory of this kind, in the same organization,
                                 may stand for it: see cache/part.h; DIR_NONE: none does */
    const char *id_member; /* the IDs are not those of the records: the one record has its ID in
                              this member; or NULL */
    /* The IDs that options give in its place, see tree_options.h; NULL: they never do. */
    size_t (*given)(const struct tree_options *options, const uint64_t *ids, size_t index,
                    uint64_t *id);
};

struct dir_kind {
    enum ino_kind ino;
    bool (*is_there)(const struct tree_options *options); /* NULL: always */
    /* Return whether it and its exports are listed. NULL: they are. */
    bool (*is_listed)(const struct tree_options *options);
    struct dir_fixed fixed[DIR_FIXED_MAX]; /* as they are listed */
    /* The record of what the directory is of, if no list above has it. A kind without takes
     * that of the directory above. */
    struct dir_source owner;
    struct dir_source list;    /* what the directory lists */
    enum dir_kind_name lister; /* or it shows what a directory of this kind lists, which is the
                                  one above or lies beside */
    enum dir_kind_name listed; /* what is listed is shown as directories of this kind;
                                  DIR_NONE: as files */
    struct names_kind links;   /* or as links; without a member: it is not */
};

const struct dir_kind *dir_kind_of(enum dir_kind_name name);
enum dir_kind_name dir_kind_name(const struct dir_kind *kind);

/* Return whether a directory of this kind shows links. */
bool dir_kind_has_links(const struct dir_kind *kind);

#endif
