#ifndef QPFS_FUSE_PLACE_H
#define QPFS_FUSE_PLACE_H

#include "base/worker.h"
#include "fuse/stream.h"
#include "tree/dir.h"

/*
 * A directory in which files are being read, and the walks along it. There are three rows to
 * walk along: as readdir lists, which is by ID; the same from the end, as ripgrep goes; and by
 * st_ino, as fts(3) (grep -r of more than 10,000 files) and cp -r go. The last has to be sorted
 * first, for which the worker is used.
 */
enum place_row { PLACE_BY_ID, PLACE_BY_ID_BACK, PLACE_BY_INO, PLACE_ROWS };

struct place_inode {
    uint64_t ino;
    uint32_t rank; /* by ID */
};

struct place {
    TAILQ_ENTRY(place) link; /* the owner's */
    struct dir *dir;         /* borrowed, from an owner that keeps it */
    struct snapshot *snapshot;
    struct streams streams[PLACE_ROWS];
    uint64_t last_ino;
    unsigned ascending;         /* reads in a row with an st_ino above the one before */
    struct place_inode *inodes; /* by st_ino, owned; NULL: not needed so far, or no memory */
    bool sorted;
    bool used;      /* since this was last set to false */
    unsigned jobs;  /* of the worker that use it */
    bool forgotten; /* to be destroyed when they are done */
    struct worker_job sorting;
};

/* DIR's records as they are listed now; it must have a snapshot. NULL when memory is out. */
struct place *place_create(struct dir *dir);

/* There may be no jobs. */
void place_destroy(struct place *place);

/* Whether RECORD is one of DIR's, as it is listed now; costs next to nothing where it is not.
 */
bool place_is_of(const struct dir *dir, const struct record *record);

/* RECORD, which is one of its own, was asked for. If more should be stored for a walk, that and
 * in ROW along which row; else NULL. */
struct stream *place_read(struct place *place, const struct record *record,
                          enum place_row *row);

/* Whether reads go by st_ino and there is no such row yet. place->sorting is then the job that
 * makes it, with run() set; its owner sets done(). */
bool place_wants_sorting(struct place *place);

/* The record of a rank, borrowed; NULL beyond the last one. */
struct record *place_at(const struct place *place, size_t rank, enum place_row row);

#endif
