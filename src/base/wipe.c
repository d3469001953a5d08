/* Lets go of memory that held people's data. */
#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
    size_t left = size > max ? (size - max) / page * page : 0;
    munmap((char *)pages + left, size - left);
    return left;
}
