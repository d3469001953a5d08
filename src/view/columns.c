/* Collects the names of members of many records: the columns of a table. */
#include "view/columns.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* tdestroy() wants to be told how to free a key. */
static void columns_keep(void *column)
{
    (void)column;
}

void columns_finish(struct columns *columns)
{
    tdestroy(columns->names, columns_keep);
    free(columns->items);
    *columns = (struct columns){.items = NULL};
}

static int column_compare(const void *a, const void *b)
{
    const struct column *first = a, *second = b;
    if (first->name_size != second->name_size)
        return first->name_size < second->name_size ? -1 : 1;
    return memcmp(first->name, second->name, first->name_size);
}

/* Add WANTED, whose name no column has. Return its number or -errno. */
static int64_t columns_add(struct columns *columns, const struct column *wanted)
{
    if (columns->count == COLUMNS_MAX)
        return -EFBIG;
    if (!columns->items) /* they never move, for the tree points to them */
        columns->items = malloc(COLUMNS_MAX * sizeof *columns->items);
    if (!columns->items)
        return -ENOMEM;
    columns->items[columns->count] = *wanted;
    if (!tsearch(&columns->items[columns->count], &columns->names, column_compare))
        return -ENOMEM;
    return (int64_t)columns->count++;
}

int64_t columns_of(struct columns *columns, const struct member *member, size_t hint)
{
    const struct column wanted = {.name = member->name, .name_size = member->name_size};
    if (hint < columns->count && column_compare(&columns->items[hint], &wanted) == 0)
        return (int64_t)hint;
    struct column *const *found = tfind(&wanted, &columns->names, column_compare);
    return found ? *found - columns->items : columns_add(columns, &wanted);
}
