/* Sorts the people of an organization by their departments. */
#ifndef QPFS_CACHE_ROLL_H
#define QPFS_CACHE_ROLL_H

#include "cache/snapshot.h"

/* What is made of a list of everybody: its people by departments. */
extern const struct derived_kind roll_kind;

/* The people of one department. */
struct roll_group {
    uint64_t department;     /* 0: people who are in none; groups are found by it */
    struct roll_group *next; /* in no order; NULL: no more */
    struct record **records; /* in ascending order of ID, borrowed from the snapshot */
    size_t count, room;
};

/* Return what was made of SNAPSHOT, borrowed; NULL: nothing was. */
const struct roll *roll_find(const struct snapshot *snapshot);

/* Return the people of DEPARTMENT, borrowed, or NULL: the list shows nobody there. */
struct roll_group *roll_group(const struct roll *roll, uint64_t department);

/* Return the first of all groups, or NULL. */
const struct roll_group *roll_first(const struct roll *roll);

/* Return the department in which RECORD says that the person is; 0: in none. */
uint64_t roll_department(const struct record *record);

#endif
