/* Overwrites memory that held people's data before it is freed. */
#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

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
