/* Collects the names of members of many records: the columns of a table. */
#ifndef QPFS_VIEW_COLUMNS_H
#define QPFS_VIEW_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "json/members.h"

/* Names stand in the order in which they are first met. Names and values are borrowed from the
 * records. */
struct column {
    const char *name; /* with its quotes, as it is escaped */
    size_t name_size;
    size_t row; /* the last one that has a value here; 0: none */
    const char *value;
    size_t value_size;
};

struct columns {
    struct column *items; /* owned, with room for all that there may be */
    size_t count;
    void *names; /* a search tree of columns, see tsearch(3) */
};

/* No table has more of them. */
#define COLUMNS_MAX ((size_t)1 << 16)

/* Free what it holds. Take a zeroed one, which is an empty one. */
void columns_finish(struct columns *columns);

/*
 * Return the number of the column that is called like MEMBER, a new one if there is none. HINT
 * is the number that it most likely has. Return -EFBIG beyond COLUMNS_MAX, or -ENOMEM.
 */
int64_t columns_of(struct columns *columns, const struct member *member, size_t hint);

#endif
