/* Takes memory for people's data, and wipes it when it goes. */
#ifndef QPFS_BASE_WIPE_H
#define QPFS_BASE_WIPE_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrite and free MEMORY. Take NULL. free() alone would leave the bytes in the heap for as
 * long as the process lives. */
void wipe_free(void *memory);

/* Return how many bytes wipe_free() has freed so far. */
size_t wipe_freed(void);

/* Give the heap's free pages back to the system if wipe_free() has freed MIN bytes or more
 * since the last time. This takes about 1 ms for each 10 MiB. */
void wipe_give_back(size_t min);

/*
 * Memory for one large thing, or for what goes soon, straight from the system. The heap would
 * keep it, or it would be wiped and given back at once, which takes a tenth of a second for 300
 * MB. Pages go back piece by piece, and the system wipes them before anyone else gets them.
 */

/* Return SIZE bytes, zeroed; NULL when memory is out. */
void *wipe_take_pages(size_t size);

/* Give back what whole pages there are in the last MAX bytes of PAGES, of which SIZE bytes are
 * left. Return how many are left then; 0: PAGES is gone. */
size_t wipe_give_back_pages(void *pages, size_t size, size_t max);

/* -------- an arena: many small pieces that are let go together -------- */

struct arena_block;

/* Zeroed before first use. */
struct arena {
    struct arena_block *last; /* owned */
    size_t room, used;        /* of that, in bytes */
};

/* No piece may be larger, in bytes. */
#define ARENA_PIECE_MAX ((size_t)4096)

/* Return a piece of SIZE bytes, not set and aligned for a pointer; it stays where it is. Return
 * NULL when memory is out. */
void *arena_take(struct arena *arena, size_t size);

/* Wipe and free the last block, 64 KiB of pieces at most. Return false if there is none. */
bool arena_drop_block(struct arena *arena);

#endif
