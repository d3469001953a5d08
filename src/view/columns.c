/* Collects the names of members of many records: the columns of a table. */
#include "view/columns.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define COLUMNS_FIRST_CAPACITY 32

/* So the hash table is at most half full. */
#define COLUMNS_SLOTS_EACH 2

void columns_finish(struct columns *columns)
{
    free(columns->items);
    free(columns->slots);
    *columns = (struct columns){.items = NULL};
}

static bool column_is(const struct column *column, const char *name, size_t size)
{
    return column->name_size == size && memcmp(column->name, name, size) == 0;
}

/* Return the slot of that name, or the free one where it belongs. */
static uint32_t *columns_slot(const struct columns *columns, const char *name, size_t size)
{
    size_t at = (size_t)XXH3_64bits(name, size) % columns->slot_count;
    while (columns->slots[at] &&
           !column_is(&columns->items[columns->slots[at] - 1], name, size))
        at = (at + 1) % columns->slot_count;
    return &columns->slots[at];
}

static int columns_grow(struct columns *columns)
{
    size_t capacity = columns->capacity ? 2 * columns->capacity : COLUMNS_FIRST_CAPACITY;
    if (columns->count == COLUMNS_MAX)
        return -EFBIG;
    struct column *items = realloc(columns->items, capacity * sizeof *items);
    if (!items)
        return -ENOMEM;
    columns->items = items;
    uint32_t *slots = calloc(capacity * COLUMNS_SLOTS_EACH, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(columns->slots);
    columns->slots = slots;
    columns->slot_count = capacity * COLUMNS_SLOTS_EACH;
    columns->capacity = capacity;
    for (size_t i = 0; i < columns->count; i++)
        *columns_slot(columns, items[i].name, items[i].name_size) = (uint32_t)i + 1;
    return 0;
}

/* Add a column called like MEMBER. Return its number or -errno. */
static int64_t columns_add(struct columns *columns, const struct member *member)
{
    bool full = columns->slot_count == 0 || columns->count == columns->capacity;
    int error = full ? columns_grow(columns) : 0;
    if (error)
        return error;
    size_t number = columns->count;
    columns->items[number] =
        (struct column){.name = member->name, .name_size = member->name_size};
    *columns_slot(columns, member->name, member->name_size) = (uint32_t)++columns->count;
    return (int64_t)number;
}

int64_t columns_of(struct columns *columns, const struct member *member, size_t hint)
{
    if (hint < columns->count &&
        column_is(&columns->items[hint], member->name, member->name_size))
        return (int64_t)hint;
    uint32_t found =
        columns->slot_count > 0 ? *columns_slot(columns, member->name, member->name_size) : 0;
    return found ? (int64_t)found - 1 : columns_add(columns, member);
}
