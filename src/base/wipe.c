#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static size_t freed;

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
