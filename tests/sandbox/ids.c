/* Arrays of numbers, kept in order of arrival or sorted, and a sorted map from numbers. */
#include "ids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void ids_finish(struct ids *ids)
{
    free(ids->at);
    *ids = (struct ids){0};
}

int ids_copy(struct ids *to, const struct ids *from)
{
    struct ids copy = {.count = from->count, .size = from->count};
    if (from->count > 0) {
        copy.at = malloc(from->count * sizeof *copy.at);
        if (!copy.at)
            return -ENOMEM;
        memcpy(copy.at, from->at, from->count * sizeof *copy.at);
    }
    *to = copy;
    return 0;
}

int ids_insert(struct ids *ids, size_t position, uint64_t id)
{
    if (ids->count == ids->size) {
        size_t size = ids->size ? ids->size * 2 : 8;
        uint64_t *at = reallocarray(ids->at, size, sizeof *at);
        if (!at)
            return -ENOMEM;
        ids->at = at;
        ids->size = size;
    }
    uint64_t *gap = ids->at + position;
    memmove(gap + 1, gap, (ids->count - position) * sizeof *gap);
    *gap = id;
    ids->count++;
    return 0;
}

void ids_delete(struct ids *ids, size_t position)
{
    uint64_t *gone = ids->at + position;
    ids->count--;
    memmove(gone, gone + 1, (ids->count - position) * sizeof *gone);
}

size_t ids_find(const struct ids *ids, uint64_t id)
{
    size_t position = 0;
    while (position < ids->count && ids->at[position] != id)
        position++;
    return position;
}

size_t ids_bound(const struct ids *ids, uint64_t id)
{
    size_t low = 0, high = ids->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids->at[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void id_map_finish(struct id_map *map, void (*release)(void *))
{
    for (size_t i = 0; i < map->keys.count; i++)
        release(map->values[i]);
    free(map->values);
    ids_finish(&map->keys);
    *map = (struct id_map){0};
}

static bool id_map_find(const struct id_map *map, uint64_t key, size_t *position)
{
    *position = ids_bound(&map->keys, key);
    return *position < map->keys.count && map->keys.at[*position] == key;
}

void *id_map_get(const struct id_map *map, uint64_t key)
{
    size_t position;
    return id_map_find(map, key, &position) ? map->values[position] : NULL;
}

int id_map_add(struct id_map *map, uint64_t key, void *value)
{
    size_t position = ids_bound(&map->keys, key);
    if (map->keys.count == map->size) {
        size_t size = map->size ? map->size * 2 : 8;
        void **values = reallocarray(map->values, size, sizeof *values);
        if (!values)
            return -ENOMEM;
        map->values = values;
        map->size = size;
    }
    if (ids_insert(&map->keys, position, key) < 0)
        return -ENOMEM;
    void **gap = map->values + position;
    memmove(gap + 1, gap, (map->keys.count - 1 - position) * sizeof *gap);
    *gap = value;
    return 0;
}

void *id_map_take(struct id_map *map, uint64_t key)
{
    size_t position;
    if (!id_map_find(map, key, &position))
        return NULL;
    void **gone = map->values + position;
    void *value = *gone;
    ids_delete(&map->keys, position);
    memmove(gone, gone + 1, (map->keys.count - position) * sizeof *gone);
    return value;
}
