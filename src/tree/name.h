#ifndef QPFS_TREE_NAME_H
#define QPFS_TREE_NAME_H

#include <stdbool.h>
#include <stdint.h>

/* Room for any name, with the final NUL: as much as a kernel takes. */
#define NAME_SIZE 256

/* A record's file is its ID and ".json", its directory its ID; one spelling each, so that a
 * name that no record could have is told without a call. */
void name_of_file(uint64_t id, char name[static NAME_SIZE]);
void name_of_dir(uint64_t id, char name[static NAME_SIZE]);

/* The ID that NAME stands for; false if it is no such name ("007.json", "12x.json", ".git"). */
bool name_parse_file(const char *name, uint64_t *id);
bool name_parse_dir(const char *name, uint64_t *id);

#endif
