/* Frees records, and what is made of them, in steps of the loop. */
#ifndef QPFS_JSON_REAPER_H
#define QPFS_JSON_REAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/loop.h"
#include "json/record.h"

/*
 * To wipe and free a million records at once, or one of 300 MB, would hold up everyone for half
 * a second. There is one reaper for the process, as there is one heap.
 */

/* From here to reaper_finish() free in steps; before and after, at once. LOOP is borrowed until
 * then. */
void reaper_init(struct loop *loop);

/* Free at once what is left. */
void reaper_finish(void);

/* Take over RECORDS, an array of COUNT, and a reference to each. Some may be NULL. Take NULL
 * with a count of 0. */
void reaper_take(struct record **records, size_t count);

/* Take over what ARENA holds, and leave it empty. */
void reaper_take_arena(struct arena *arena);

/* Take over PAGES of base/wipe.h, SIZE bytes, which are overwritten. */
void reaper_take_pages(void *pages, size_t size);

/* Return whether something is left to free. */
bool reaper_is_busy(void);

#endif
