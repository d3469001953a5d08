/* Holds many small pieces of memory that are let go together. */
#include "base/arena.h"

#include <stdlib.h>

#include "base/wipe.h"

/* With what the heap adds it stays below the size from which each is mapped by itself. */
#define ARENA_BLOCK ((size_t)64 << 10)

struct arena_block {
    struct arena_block *before;
    char bytes[ARENA_BLOCK - sizeof(struct arena_block *)];
};

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    if (!arena->last || sizeof arena->last->bytes - arena->used < size) {
        struct arena_block *block = malloc(sizeof *block);
        if (!block)
            return NULL;
        block->before = arena->last;
        arena->last = block;
        arena->used = 0;
    }
    void *piece = arena->last->bytes + arena->used;
    arena->used += size;
    return piece;
}

bool arena_drop_block(struct arena *arena)
{
    struct arena_block *last = arena->last;
    if (!last)
        return false;
    arena->last = last->before;
    arena->used = sizeof last->bytes;
    wipe_free(last);
    return true;
}
