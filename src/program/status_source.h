#ifndef QPFS_PROGRAM_STATUS_SOURCE_H
#define QPFS_PROGRAM_STATUS_SOURCE_H

#include "base/worker.h"

/* Reads the status of a mount on a thread, for a mount that hangs lets nobody go who reads from
 * it, not even by ^C. */
struct status_source {
    struct worker_job job;   /* first: its address is the source's */
    const char *mount_point; /* borrowed */
    char *text;              /* what was read; owned; NULL after an error */
    size_t size;
    int error; /* 0 or -errno of what was tried */
    bool fuse; /* some FUSE file system is mounted there */
    void (*done)(struct status_source *source);
};

/* DONE is called once, from the loop, after each start. Frees the text of before. */
void status_source_start(struct status_source *source, struct worker *worker);
void status_source_finish(struct status_source *source);

#define STATUS_SOURCE_WHY_SIZE 1024

/* What is wrong with it, and the remedy, after an error. */
void status_source_explain(const struct status_source *source,
                           char why[static STATUS_SOURCE_WHY_SIZE]);

#endif
