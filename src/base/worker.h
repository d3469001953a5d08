/* Runs jobs on a thread of its own. */
#ifndef QPFS_BASE_WORKER_H
#define QPFS_BASE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/loop.h"

/*
 * A worker is a thread for what may wait for the loop, and so must not be done on the loop.
 * Jobs are added on the loop, run on the thread one after the other, and come back on the loop.
 */
struct worker;

/* Embedded in its owner, which must not touch what run() uses until done() is called. */
struct worker_job {
    TAILQ_ENTRY(worker_job) link;
    /* Called on the thread. It should return soon when CANCELLED becomes true. */
    void (*run)(struct worker_job *job, const atomic_bool *cancelled);
    /* Called on the loop, once for each job, also if the job was cancelled and did not run. It
     * may add a job. */
    void (*done)(struct worker_job *job);
};

/* Start the thread. Return NULL with errno set on an error. */
struct worker *worker_create(struct loop *loop);

/* No job may be under way. Take NULL. */
void worker_destroy(struct worker *worker);

/* Run JOB when those before it have run. After worker_cancel() it comes back without having
 * run. */
void worker_add(struct worker *worker, struct worker_job *job);

/* End all jobs soon, also those that are added later. The loop must go on until they are done.
 */
void worker_cancel(struct worker *worker);

/* Return how many jobs were added and are not done. */
size_t worker_busy(const struct worker *worker);

#endif
