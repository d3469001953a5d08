/* Knows where a link leads, and under which number. */
#ifndef QPFS_VIEW_LINKS_H
#define QPFS_VIEW_LINKS_H

#include "cache/ino.h"
#include "view/names.h"

/*
 * Other names for the records of a listing: a directory of links. A target is made of the
 * record's ID, and nothing that an account holds gets into it, so that no link leads out of the
 * mount.
 */
struct links {
    struct names_kind names;     /* without a member: no links */
    const char *before, *behind; /* the ID in a target */
    enum ino_kind ino;           /* of a link */
};

/* Room for any target, with the final NUL. */
#define LINKS_TARGET_SIZE 48

/* Write where the link to RECORD leads; return its size. */
size_t links_target(const struct links *links, const struct record *record,
                    char target[static LINKS_TARGET_SIZE]);

/* Return st_ino of that link. */
uint64_t links_ino(const struct links *links, const struct record *record);

#endif
