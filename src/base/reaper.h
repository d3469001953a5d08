/* Frees many things, or large ones, in steps of the loop. */
#ifndef QPFS_BASE_REAPER_H
#define QPFS_BASE_REAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "base/wipe.h"

/*
 * To wipe and free a million things at once, or one of 300 MB, would hold up everyone for half
 * a second. There is one reaper for the process, as there is one heap.
 */

/* From here to reaper_finish() free in steps; before and after, at once. LOOP is borrowed until
 * then. */
void reaper_init(struct loop *loop);

/* Free at once what is left. */
void reaper_finish(void);

/* Take over THINGS, an array of COUNT, or NULL with a count of 0. DROP frees the one at INDEX.
 */
void reaper_take(void *things, size_t count, void (*drop)(void *things, size_t index));

/* The same where THINGS are pages of base/wipe.h, SIZE bytes. */
void reaper_take_paged(void *things, size_t size, size_t count,
                       void (*drop)(void *things, size_t index));

/* Take over what ARENA holds, and leave it empty. */
void reaper_take_arena(struct arena *arena);

/* Take over PAGES of base/wipe.h, SIZE bytes. */
void reaper_take_pages(void *pages, size_t size);

/* Return whether something is left to free. */
bool reaper_is_busy(void);

#endif
