/* Notices who reads the files of a directory one after the other. */
#include "fuse/active_dir.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/objects.h"

/* -------- trails -------- */

#define TRAIL_COUNT (sizeof((struct trails *)0)->trails / sizeof(struct trail))

/* Several readers on one trail do not come in order, and some skip a file. */
#define TRAIL_BEHIND 16
#define TRAIL_AHEAD  4

/* Reads for which a trail is left alone after the kernel did not keep what was stored for it.
 */
#define TRAIL_REST 256

/* A window that is smaller has no marker. */
#define TRAIL_MARKED_MIN 8

static bool trail_covers(const struct trail *trail, size_t rank)
{
    return trail->used && rank + TRAIL_BEHIND >= trail->next &&
           rank <= trail_from(trail) + TRAIL_AHEAD;
}

static void trail_start(struct trail *trail, size_t rank)
{
    *trail = (struct trail){.next = rank + 1, .end = rank + 1, .marker = rank + 1, .hits = 1};
}

/* Return the trail that RANK continues; else the least recently used idle one, begun anew. NULL
 * if all are busy. */
static struct trail *trails_find(struct trails *trails, size_t rank)
{
    struct trail *oldest = NULL;
    for (size_t i = 0; i < TRAIL_COUNT; i++) {
        struct trail *trail = &trails->trails[i];
        if (trail_covers(trail, rank))
            return trail;
        if (!trail->busy && (!oldest || trail->used < oldest->used))
            oldest = trail;
    }
    if (oldest)
        trail_start(oldest, rank);
    return oldest;
}

/* What was stored is asked for all the same: the kernel had to drop it. */
static bool trail_lost(const struct trail *trail, size_t rank)
{
    return trail->window && !trail->busy && rank < trail->end && rank != trail->marker;
}

static void trail_shrink(struct trail *trail, size_t rank)
{
    trail->end = trail->marker = rank + 1;
    trail->window /= 4;
    if (trail->window < TRAIL_WINDOW_MIN) {
        trail->window = 0;
        trail->rest = TRAIL_REST;
    }
}

static bool trail_is_due(const struct trail *trail)
{
    return !trail->busy && !trail->rest && trail->hits >= TRAIL_READS_MIN &&
           (trail->next > trail->marker || trail->next >= trail->end);
}

struct trail *trails_read(struct trails *trails, size_t rank)
{
    struct trail *trail = trails_find(trails, rank);
    trails->reads++;
    if (!trail)
        return NULL;
    trail->used = trails->reads;
    if (rank < trail->next) /* by a reader who is behind, or of the same file again */
        return NULL;
    if (trail_lost(trail, rank))
        trail_shrink(trail, rank);
    trail->next = rank + 1;
    trail->hits++;
    if (trail->rest)
        trail->rest--;
    return trail_is_due(trail) ? trail : NULL;
}

size_t trail_from(const struct trail *trail)
{
    return trail->end > trail->next ? trail->end : trail->next;
}

size_t trail_count(const struct trail *trail)
{
    size_t count = trail->window * 2;
    if (count < TRAIL_WINDOW_MIN)
        return TRAIL_WINDOW_MIN;
    return count < TRAIL_WINDOW_MAX ? count : TRAIL_WINDOW_MAX;
}

void trail_begin(struct trail *trail, size_t end)
{
    size_t from = trail_from(trail), count = end - from;
    trail->window = trail_count(trail);
    trail->marker = count < TRAIL_MARKED_MIN ? end : from + count / 2;
    trail->end = end;
    trail->busy = true;
}

bool trail_finish(struct trail *trail)
{
    trail->busy = false;
    return trail_is_due(trail);
}

/* -------- directories in which files are read -------- */

/* So many reads with rising inode numbers are rarely chance. Only then is it worth sorting. */
#define ACTIVE_DIR_ASCENDING_MIN 4

struct active_dir *active_dir_create(struct dir *dir)
{
    struct active_dir *active = calloc(1, sizeof *active);
    if (!active)
        return NULL;
    active->dir = dir;
    active->snapshot = snapshot_ref(cache_held(dir->listing));
    return active;
}

void active_dir_destroy(struct active_dir *active)
{
    snapshot_unref(active->snapshot);
    free(active->inodes);
    free(active);
}

/* -------- the order by st_ino -------- */

/* On the thread: records and the snapshot do not change. */
static void active_dir_sort(struct worker_job *job, const atomic_bool *cancelled)
{
    struct active_dir *active = container_of(job, struct active_dir, sorting);
    (void)cancelled;
    for (size_t i = 0; i < active->snapshot->count; i++) {
        active->inodes[i] = (struct active_dir_inode){
            .ino = active->snapshot->records[i]->ino,
            .rank = (uint32_t)i,
        };
    }
    qsort(active->inodes, active->snapshot->count, sizeof *active->inodes, number_compare);
}

bool active_dir_wants_sorting(struct active_dir *active)
{
    size_t count = active->snapshot->count;
    if (active->inodes || active->ascending < ACTIVE_DIR_ASCENDING_MIN || count > UINT32_MAX)
        return false;
    active->ascending = 0;
    return true;
}

struct worker_job *active_dir_sorting(struct active_dir *active)
{
    active->inodes = calloc(active->snapshot->count, sizeof *active->inodes);
    active->sorting.run = active_dir_sort;
    return active->inodes ? &active->sorting : NULL;
}

static bool active_dir_ino_rank(const struct active_dir *active, uint64_t ino, size_t *rank)
{
    const struct active_dir_inode wanted = {.ino = ino};
    if (!active->sorted)
        return false;
    const struct active_dir_inode *found = bsearch(
        &wanted, active->inodes, active->snapshot->count, sizeof wanted, number_compare);
    if (found)
        *rank = (size_t)(found - active->inodes);
    return found != NULL;
}

/* -------- reads -------- */

struct trail *active_dir_read(struct active_dir *active, const struct record *record,
                              enum file_order *order)
{
    size_t rank;
    active->used = true;
    active->ascending = record->ino > active->last_ino ? active->ascending + 1 : 0;
    active->last_ino = record->ino;
    if (!snapshot_place(active->snapshot, record->id, &rank))
        return NULL;
    size_t back = active->snapshot->count - 1 - rank;
    *order = FILES_BY_ID;
    struct trail *trail = trails_read(&active->trails[*order], rank);
    if (trail)
        return trail;
    *order = FILES_BY_ID_BACK;
    trail = trails_read(&active->trails[*order], back);
    if (trail || !active_dir_ino_rank(active, record->ino, &rank))
        return trail;
    *order = FILES_BY_INO;
    return trails_read(&active->trails[*order], rank);
}

struct record *active_dir_at(const struct active_dir *active, size_t rank,
                             enum file_order order)
{
    size_t count = active->snapshot->count;
    if (rank >= count)
        return NULL;
    if (order == FILES_BY_ID_BACK)
        rank = count - 1 - rank;
    else if (order == FILES_BY_INO)
        rank = active->inodes[rank].rank;
    return active->snapshot->records[rank];
}
