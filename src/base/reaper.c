/* Frees many things, or large ones, in steps of the loop. */
#include "base/reaper.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/wipe.h"

/* The most things that a step frees. */
#define REAPER_STEP 512

/* As few things as this are freed at once, and as few bytes of pages. */
#define REAPER_AT_ONCE       64
#define REAPER_PAGES_AT_ONCE ((size_t)64 << 10)

/* The heap's free pages go back to the system after each so many bytes, and at the end after so
 * many: all at once would hold up everyone for a tenth of a second. */
#define REAPER_GIVE_BACK     ((size_t)16 << 20)
#define REAPER_GIVE_BACK_END ((size_t)1 << 20)

/* To free a block of an arena is as much work as to free so many things. */
#define REAPER_BLOCK 128

/* The most bytes of pages that a step gives back. */
#define REAPER_PAGES_STEP ((size_t)1 << 20)

struct reaped {
    STAILQ_ENTRY(reaped) link;
    void *things; /* owned; they may be the pages */
    size_t count; /* of those that are left */
    void (*drop)(void *things, size_t index);
    struct arena arena;
    void *pages; /* owned */
    size_t size; /* of those that are left */
};

static STAILQ_HEAD(reapeds, reaped) reapeds = STAILQ_HEAD_INITIALIZER(reapeds);
static struct loop *reaper_loop;
static struct loop_work reaper_work;

static bool reaped_is_empty(const struct reaped *reaped)
{
    return reaped->count == 0 && !reaped->arena.last && reaped->size == 0;
}

/* Free the last things first, so that the heap can give back its end. MAX is the work that may
 * be done, and becomes what is left of that. */
static void reaped_empty(struct reaped *reaped, size_t *max)
{
    for (; *max > 0 && reaped->count > 0; --*max)
        reaped->drop(reaped->things, --reaped->count);
    while (*max > 0 && arena_drop_block(&reaped->arena))
        *max -= *max < REAPER_BLOCK ? *max : REAPER_BLOCK;
    for (; *max > 0 && reaped->size > 0; *max -= *max < REAPER_STEP ? *max : REAPER_STEP)
        reaped->size = wipe_give_back_pages(reaped->pages, reaped->size, REAPER_PAGES_STEP);
}

static void reaper_step(void *data)
{
    size_t left = REAPER_STEP;
    struct reaped *first;
    (void)data;
    while (left > 0 && (first = STAILQ_FIRST(&reapeds))) {
        reaped_empty(first, &left);
        if (!reaped_is_empty(first))
            break;
        STAILQ_REMOVE_HEAD(&reapeds, link);
        if (!first->pages)
            free(first->things);
        free(first);
    }
    wipe_give_back(reaper_is_busy() ? REAPER_GIVE_BACK : REAPER_GIVE_BACK_END);
    if (reaper_is_busy() && reaper_loop)
        loop_work_start(reaper_loop, &reaper_work, reaper_step, NULL);
}

void reaper_init(struct loop *loop)
{
    reaper_loop = loop;
}

void reaper_finish(void)
{
    loop_work_stop(&reaper_work);
    reaper_loop = NULL;
    while (reaper_is_busy())
        reaper_step(NULL);
}

static void reaper_add(struct reaped all)
{
    bool few =
        all.count <= REAPER_AT_ONCE && !all.arena.last && all.size <= REAPER_PAGES_AT_ONCE;
    struct reaped *reaped = few || !reaper_loop ? NULL : malloc(sizeof *reaped);
    size_t max = SIZE_MAX;
    if (!reaped) {
        reaped_empty(&all, &max);
        if (!all.pages)
            free(all.things);
        return;
    }
    *reaped = all;
    STAILQ_INSERT_TAIL(&reapeds, reaped, link);
    loop_work_start(reaper_loop, &reaper_work, reaper_step, NULL);
}

void reaper_take(void *things, size_t count, void (*drop)(void *things, size_t index))
{
    reaper_add((struct reaped){.things = things, .count = count, .drop = drop});
}

void reaper_take_paged(void *things, size_t size, size_t count,
                       void (*drop)(void *things, size_t index))
{
    reaper_add((struct reaped){
        .things = things, .count = count, .drop = drop, .pages = things, .size = size});
}

void reaper_take_arena(struct arena *arena)
{
    reaper_add((struct reaped){.arena = *arena});
    *arena = (struct arena){.last = NULL};
}

void reaper_take_pages(void *pages, size_t size)
{
    reaper_add((struct reaped){.pages = pages, .size = size});
}

bool reaper_is_busy(void)
{
    return !STAILQ_EMPTY(&reapeds);
}
