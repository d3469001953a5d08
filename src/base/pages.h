#ifndef QPFS_BASE_PAGES_H
#define QPFS_BASE_PAGES_H

#include <stddef.h>

/*
 * Memory for one large thing, straight from the system: the heap would keep it, and would have
 * it wiped and given back at once, which takes a tenth of a second for 300 MB. This goes back
 * piece by piece, and the system wipes it before anyone else gets it.
 */

/* SIZE bytes, zeroed; NULL when memory is out. */
void *pages_take(size_t size);

/* Gives back the end of PAGES, of which SIZE bytes are left, about MAX bytes. Returns how many
 * are left; 0: PAGES is gone. */
size_t pages_give_back(void *pages, size_t size, size_t max);

#endif
