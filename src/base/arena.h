/* Holds many small pieces of memory that are let go together. */
#ifndef QPFS_BASE_ARENA_H
#define QPFS_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

/* Zeroed before first use. */
struct arena {
    struct arena_block *last; /* owned */
    size_t used;              /* of that */
};

/* No piece may be larger, in bytes. */
#define ARENA_PIECE_MAX ((size_t)4096)

/* Return a piece of SIZE bytes, not set and aligned for a pointer; it stays where it is. Return
 * NULL when memory is out. */
void *arena_take(struct arena *arena, size_t size);

/* Wipe and free the last block, some 64 KiB of pieces. Return false if there is none. */
bool arena_drop_block(struct arena *arena);

#endif
