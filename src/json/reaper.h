#ifndef QPFS_JSON_REAPER_H
#define QPFS_JSON_REAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/loop.h"
#include "json/record.h"

/*
 * Gives records back as work of the loop, and what was made of them: to wipe and free a million
 * at once, or one of 300 MB, would hold up everyone for half a second. There is one for the
 * process, as there is one heap.
 */

/* From here to reaper_finish() records are given back in steps; before and after, at once. LOOP
 * must outlive that. */
void reaper_init(struct loop *loop);

/* Gives back at once what is left. */
void reaper_finish(void);

/* Takes over RECORDS, COUNT of them with a reference each, NULL among them, and the array.
 * Takes NULL with a count of 0. */
void reaper_take(struct record **records, size_t count);

/* Takes over what ARENA holds, which is empty then. */
void reaper_take_arena(struct arena *arena);

/* Takes over PAGES of base/pages.h, SIZE bytes, with nothing in them that is needed. */
void reaper_take_pages(void *pages, size_t size);

/* Whether there is something left to give back. */
bool reaper_is_busy(void);

#endif
