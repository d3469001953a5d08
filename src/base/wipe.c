/* Takes memory for people's data, and wipes it when it goes. */
#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* With what the heap adds it stays below the size from which each is mapped by itself. */
#define ARENA_BLOCK_MIN ((size_t)1 << 10)
#define ARENA_BLOCK_MAX ((size_t)64 << 10)

static size_t freed, given_back;

void wipe_free(void *memory)
{
    if (!memory)
        return;
    size_t size = malloc_usable_size(memory);
    /* With LTO the compiler sees how much was asked for, which may be less. _FORTIFY_SOURCE=3
     * would then end the program here, so the pointer is hidden from it. */
    void *volatile hidden = memory;
    explicit_bzero(hidden, size);
    freed += size;
    free(memory);
}

size_t wipe_freed(void)
{
    return freed;
}

void wipe_give_back(size_t min)
{
    if (freed - given_back < min)
        return;
    given_back = freed;
#ifdef HAVE_MALLOC_TRIM
    malloc_trim(0);
#endif
}

void *wipe_take_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

size_t wipe_give_back_pages(void *pages, size_t size, size_t max)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t left = size > max ? (size - max + page - 1) / page * page : 0;
    if (left >= size)
        return size;
    munmap((char *)pages + left, size - left);
    return left;
}

/* -------- many small pieces -------- */

struct arena_block {
    struct arena_block *before;
    char bytes[];
};

/* Each block is twice as large as the one before. There may be thousands of arenas with a few
 * pieces, and a few with a million. */
static bool arena_add_block(struct arena *arena, size_t size)
{
    size_t room = arena->last ? 2 * arena->room : ARENA_BLOCK_MIN;
    room = room > ARENA_BLOCK_MAX ? ARENA_BLOCK_MAX : room < size ? size : room;
    struct arena_block *block = malloc(sizeof *block + room);
    if (!block)
        return false;
    block->before = arena->last;
    *arena = (struct arena){.last = block, .room = room};
    return true;
}

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    bool fits = arena->last && arena->room - arena->used >= size;
    if (!fits && !arena_add_block(arena, size))
        return NULL;
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
    arena->used = arena->room; /* the one before was full */
    wipe_free(last);
    return true;
}
