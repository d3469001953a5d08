#ifndef QPFS_BASE_ARENA_H
#define QPFS_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* Many small pieces that are let go together: no allocation, and no free, for each. */
struct arena_block;

/* Zeroed before first use. */
struct arena {
    struct arena_block *last; /* owned */
    size_t used;              /* of that */
};

/* No piece may be larger, in bytes. */
#define ARENA_PIECE_MAX ((size_t)4096)

/* A piece of SIZE bytes, not set, aligned for a pointer; it stays where it is. NULL when memory
 * is out. */
void *arena_take(struct arena *arena, size_t size);

/* Wipes and frees the last block, some 64 KiB of pieces; false if there is none. */
bool arena_drop_block(struct arena *arena);

#endif
