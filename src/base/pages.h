/* Takes memory for one large thing straight from the system. */
#ifndef QPFS_BASE_PAGES_H
#define QPFS_BASE_PAGES_H

#include <stddef.h>

/* The heap would keep such memory, or it would be wiped and given back at once, which takes a
 * tenth of a second for 300 MB. Pages go back piece by piece, and the system wipes them before
 * anyone else gets them. */

/* Return SIZE bytes, zeroed; NULL when memory is out. */
void *pages_take(size_t size);

/* Give back about MAX bytes, from the end of PAGES, of which SIZE bytes are left. Return how
 * many are left then; 0: PAGES is gone. */
size_t pages_give_back(void *pages, size_t size, size_t max);

#endif
