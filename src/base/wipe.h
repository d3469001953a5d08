#ifndef QPFS_BASE_WIPE_H
#define QPFS_BASE_WIPE_H

#include <stddef.h>

/*
 * For memory that held people's data: a heap keeps what is freed as it was, for as long as the
 * process lives.
 */

/* free(), with the bytes overwritten before. Takes NULL. */
void wipe_free(void *memory);

/* How many bytes wipe_free() has freed so far. */
size_t wipe_freed(void);

/* Gives the heap's free pages back to the system if wipe_free() has freed MIN bytes or more
 * since the last time. That takes about 1 ms for each 10 MiB. */
void wipe_give_back(size_t min);

#endif
