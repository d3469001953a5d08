#ifndef QPFS_BASE_WORKER_H
#define QPFS_BASE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/loop.h"

/*
 * A thread for what may wait for the loop, and so must not be done on it. Jobs are handed over
 * and given back on the loop; a job's run() is all that happens on the thread, one job after
 * the other.
 */
struct worker;

/* Embedded in its owner, which must not touch what run() uses until done() is called. */
struct worker_job {
    TAILQ_ENTRY(worker_job) link;
    /* On the thread. Should end soon when CANCELLED becomes true. */
    void (*run)(struct worker_job *job, const atomic_bool *cancelled);
    /* On the loop, always, also when the job was cancelled before run(). May add a job. */
    void (*done)(struct worker_job *job);
};

/* Starts the thread. NULL with errno set. */
struct worker *worker_create(struct loop *loop);

/* There may be no job under way. Takes NULL. */
void worker_destroy(struct worker *worker);

/* After worker_cancel() it is given back without having run. */
void worker_add(struct worker *worker, struct worker_job *job);

/* Ends all jobs soon, those that are added later too. The loop must go on until they are done.
 */
void worker_cancel(struct worker *worker);

/* How many jobs were added and are not done. */
size_t worker_busy(const struct worker *worker);

#endif
