#ifndef QPFS_TREE_LINK_NAME_H
#define QPFS_TREE_LINK_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "json/record.h"
#include "tree/name.h"

/*
 * The name of a link, from a string of its record: what a file's name can't hold, and what
 * terminals take for commands, is escaped as %XX: '/', control characters, and a '.' at the
 * beginning. A name that is too long is cut between two characters, and not inside of an
 * escape.
 */

/* That of RECORD, from its member MEMBER (with its quotes), cut to MAX bytes at most. Its size;
 * 0: none, for there is no such string, or it is empty. */
size_t link_name_of(const struct record *record, const char *member, size_t max,
                    char name[static NAME_SIZE]);

/* The same with "~ID" behind it, for records whose names are the same. RECORD must have one. */
void link_name_of_several(const struct record *record, const char *member,
                          char name[static NAME_SIZE]);

/* Whether any record could get NAME. */
bool link_name_may_be(const char *name);

#endif
