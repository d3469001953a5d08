/* Notices who reads the files of a directory one after the other. */
#ifndef QPFS_FUSE_ACTIVE_DIR_H
#define QPFS_FUSE_ACTIVE_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/worker.h"
#include "tree/dir.h"

/*
 * A trail: reads that go along the files of a directory in some order. A file is known by its
 * rank in that order. The trail tells how far ahead of its reader it pays to store files.
 *
 * What is stored ahead is read without us, so we do not see how far the reader has come.
 * Therefore one file in the middle of each window is left out, as a marker. When the marker is
 * read, the next window is due, and half of this one is left for the time that storing takes.
 *
 * There may be several trails at once: of several processes, or of one process that goes by
 * names (1, 10, 100, 11, 2), which leaves a trail for each number of digits.
 */
#define TRAIL_READS_MIN  3 /* one after the other, before anything is stored ahead */
#define TRAIL_WINDOW_MIN 16
#define TRAIL_WINDOW_MAX 512

struct trail {
    size_t next;   /* the rank behind the furthest read */
    size_t end;    /* everything before it was stored ahead, or read */
    size_t marker; /* the rank that was left out; END if none was */
    size_t window; /* files that were stored ahead the last time; 0: none so far */
    unsigned hits; /* reads one after the other */
    unsigned rest; /* reads that are let pass: what was stored did not last */
    bool busy;     /* a window is being stored */
    uint64_t used; /* which read it was last; 0: never */
};

/* Zeroed before first use. */
struct trails {
    struct trail trails[8];
    uint64_t reads;
};

/* Note that RANK was asked for. Return the trail for which more should be stored, from
 * trail_from() on; or NULL. */
struct trail *trails_read(struct trails *trails, size_t rank);

/* Return the first rank of the next window of TRAIL, and how many files it has. */
size_t trail_from(const struct trail *trail);
size_t trail_count(const struct trail *trail);

/* The window from trail_from() to END is going to be stored, but for trail->marker. */
void trail_begin(struct trail *trail, size_t end);

/* The window was stored. Return whether more should be stored at once. */
bool trail_finish(struct trail *trail);

/*
 * A directory in which files are being read, and the trails in it. Programs read files in three
 * orders: as readdir lists, which is by ID; the same from the end, as ripgrep does; and by
 * st_ino, as fts(3) (grep -r of more than 10,000 files) and cp -r do. For the last order a
 * worker has to sort first.
 */
enum file_order { FILES_BY_ID, FILES_BY_ID_BACK, FILES_BY_INO, FILE_ORDERS };

struct active_dir_inode {
    uint64_t ino;
    uint32_t rank; /* by ID */
};

struct active_dir {
    TAILQ_ENTRY(active_dir) link; /* the owner's */
    struct dir *dir;              /* borrowed, from an owner that keeps it */
    struct snapshot *snapshot;
    struct trails trails[FILE_ORDERS];
    uint64_t last_ino;
    unsigned ascending; /* reads one after the other with an st_ino above the one before */
    struct active_dir_inode
        *inodes; /* by st_ino, owned; NULL: not needed so far, or no memory or thread */
    bool sorted;
    bool used;      /* since this was last set to false */
    unsigned jobs;  /* of the worker that use it */
    bool forgotten; /* to be destroyed when they are done */
    struct worker_job sorting;
};

/* DIR must have a snapshot: its records are those that are listed now. Return NULL when memory
 * is out. */
struct active_dir *active_dir_create(struct dir *dir);

/* There may be no jobs. */
void active_dir_destroy(struct active_dir *active);

/* Note that RECORD, which is one of its own, was asked for. If more should be stored for a
 * trail, return that trail and set ORDER to the order in which it goes; else return NULL. */
struct trail *active_dir_read(struct active_dir *active, const struct record *record,
                              enum file_order *order);

/* Return whether reads go by st_ino and the files are not sorted like that yet. It is true once
 * for some reads. */
bool active_dir_wants_sorting(struct active_dir *active);

/* Return the job that sorts them, with run() set; the owner sets done(), and runs it once. NULL
 * when memory is out. */
struct worker_job *active_dir_sorting(struct active_dir *active);

/* Return the record of a rank, borrowed; NULL beyond the last one. */
struct record *active_dir_at(const struct active_dir *active, size_t rank,
                             enum file_order order);

#endif
