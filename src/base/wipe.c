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
    explicit_bzero(memory, size);
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
