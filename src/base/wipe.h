/* Overwrites memory that held people's data before it is freed. */
#ifndef QPFS_BASE_WIPE_H
#define QPFS_BASE_WIPE_H

#include <stddef.h>

/* Overwrite and free MEMORY. Takes NULL. free() alone would leave the bytes in the heap for as
 * long as the process lives. */
void wipe_free(void *memory);

/* Return how many bytes wipe_free() has freed so far. */
size_t wipe_freed(void);

/* Give the heap's free pages back to the system if wipe_free() has freed MIN bytes or more
 * since the last time. That takes about 1 ms for each 10 MiB. */
void wipe_give_back(size_t min);

#endif
