/* Arrays of numbers, kept in order of arrival or sorted, and a sorted map from numbers. */
#ifndef SANDBOX_IDS_H
#define SANDBOX_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded by value; a zeroed one is empty. */
struct ids {
    uint64_t *at;
    size_t count;
    size_t size;
};

void ids_finish(struct ids *ids);

/* These two return 0 or -ENOMEM, and then nothing has changed. */
int ids_copy(struct ids *to, const struct ids *from);
int ids_insert(struct ids *ids, size_t position, uint64_t id);

void ids_delete(struct ids *ids, size_t position);

/* Where `id` is; `count` if it is nowhere. Takes any order. */
size_t ids_find(const struct ids *ids, uint64_t id);

/* The first position of a sorted array that is not below `id`. */
size_t ids_bound(const struct ids *ids, uint64_t id);

/* Embedded by value; a zeroed one is empty. The values belong to the user of the map. */
struct id_map {
    struct ids keys; /* sorted */
    void **values;
    size_t size;
};

/* Frees the map with `release` called for each value. */
void id_map_finish(struct id_map *map, void (*release)(void *));

/* NULL if there is none. */
void *id_map_get(const struct id_map *map, uint64_t key);

/* The key must be new. Returns 0, or -ENOMEM with nothing changed. */
int id_map_add(struct id_map *map, uint64_t key, void *value);

/* Takes the value out of the map and returns it, or NULL. */
void *id_map_take(struct id_map *map, uint64_t key);

#endif
