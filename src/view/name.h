/* Makes and reads names of files. */
#ifndef QPFS_VIEW_NAME_H
#define QPFS_VIEW_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/record.h"

/* Room for any name, with the final NUL: as much as a kernel takes. */
#define NAME_SIZE 256

/* Write the name of a record's file, its ID and ".json", or of its directory, its ID. There is
 * one spelling of each, so a name that no record could have is known without a call. */
void name_of_file(uint64_t id, char name[static NAME_SIZE]);
void name_of_dir(uint64_t id, char name[static NAME_SIZE]);

/* Read the ID that NAME stands for. Return false if it is no such name ("007.json", "12x.json",
 * ".git"). */
bool name_parse_file(const char *name, uint64_t *id);
bool name_parse_dir(const char *name, uint64_t *id);

/*
 * The name of a link is made of a string of its record. What a file's name can't hold, and what
 * terminals take for commands, is escaped as %XX: '/', control characters, and a '.' at the
 * beginning. A name that is too long is cut between two characters, and not inside of an
 * escape.
 */

/* Write the name of a link to RECORD after its member MEMBER (with its quotes), cut to MAX
 * bytes at most. Return its size; 0 if there is none, for there is no such string, or it is
 * empty. */
size_t name_of_link(const struct record *record, const char *member, size_t max,
                    char name[static NAME_SIZE]);

/* The same with "~ID" behind it, for records whose names are the same. RECORD must have one. */
void name_of_link_with_id(const struct record *record, const char *member,
                          char name[static NAME_SIZE]);

/* Return whether NAME may be that of a link to any record. */
bool name_may_be_link(const char *name);

#endif
