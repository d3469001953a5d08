/* Takes memory for one large thing straight from the system. */
#include "base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

void *pages_take(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

size_t pages_give_back(void *pages, size_t size, size_t max)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t left = size > max ? (size - max) / page * page : 0;
    munmap((char *)pages + left, size - left);
    return left;
}
