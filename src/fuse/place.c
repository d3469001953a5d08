#include "fuse/place.h"

#include <stdlib.h>

/* So many random reads are seldom in ascending order, so that sorting is seldom in vain. */
#define PLACE_ASCENDING_MIN 4

struct place *place_create(struct dir *dir)
{
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    place->dir = dir;
    place->snapshot = snapshot_ref(dir->listing->snapshot);
    return place;
}

void place_destroy(struct place *place)
{
    snapshot_unref(place->snapshot);
    free(place->inodes);
    free(place);
}

bool place_is_of(const struct dir *dir, const struct record *record)
{
    const struct listing *listing = dir->listing;
    if (!listing || !listing->snapshot)
        return false;
    const struct listing_options *options = &listing->options;
    return record->ino == ino_make(options->ino, options->ino_organization,
                                   options->ino_department, record->id) &&
           snapshot_find(listing->snapshot, record->id) == record;
}

/* -------- the row by st_ino -------- */

static int place_compare(const void *a, const void *b)
{
    const struct place_inode *x = a, *y = b;
    return (x->ino > y->ino) - (x->ino < y->ino);
}

/* On the thread: records and the snapshot do not change. */
static void place_sort(struct worker_job *job, const atomic_bool *cancelled)
{
    struct place *place =
        (struct place *)(void *)((char *)job - offsetof(struct place, sorting));
    (void)cancelled;
    for (size_t i = 0; i < place->snapshot->count; i++) {
        place->inodes[i] = (struct place_inode){
            .ino = place->snapshot->records[i]->ino,
            .rank = (uint32_t)i,
        };
    }
    qsort(place->inodes, place->snapshot->count, sizeof *place->inodes, place_compare);
}

bool place_wants_sorting(struct place *place)
{
    size_t count = place->snapshot->count;
    if (place->inodes || place->ascending < PLACE_ASCENDING_MIN || count > UINT32_MAX)
        return false;
    place->ascending = 0;
    place->inodes = calloc(count, sizeof *place->inodes);
    place->sorting.run = place_sort;
    return place->inodes != NULL;
}

static bool place_ino_rank(const struct place *place, uint64_t ino, size_t *rank)
{
    const struct place_inode wanted = {.ino = ino};
    if (!place->sorted)
        return false;
    const struct place_inode *found =
        bsearch(&wanted, place->inodes, place->snapshot->count, sizeof wanted, place_compare);
    if (found)
        *rank = (size_t)(found - place->inodes);
    return found != NULL;
}

/* -------- reads -------- */

struct stream *place_read(struct place *place, const struct record *record, enum place_row *row)
{
    size_t rank;
    place->used = true;
    place->ascending = record->ino > place->last_ino ? place->ascending + 1 : 0;
    place->last_ino = record->ino;
    if (!snapshot_place(place->snapshot, record->id, &rank))
        return NULL;
    size_t back = place->snapshot->count - 1 - rank;
    struct stream *stream = streams_read(&place->streams[ *row = PLACE_BY_ID], rank);
    if (!stream)
        stream = streams_read(&place->streams[ *row = PLACE_BY_ID_BACK], back);
    if (!stream && place_ino_rank(place, record->ino, &rank))
        stream = streams_read(&place->streams[ *row = PLACE_BY_INO], rank);
    return stream;
}

struct record *place_at(const struct place *place, size_t rank, enum place_row row)
{
    size_t count = place->snapshot->count;
    if (rank >= count)
        return NULL;
    if (row == PLACE_BY_ID_BACK)
        rank = count - 1 - rank;
    else if (row == PLACE_BY_INO)
        rank = place->inodes[rank].rank;
    return place->snapshot->records[rank];
}
