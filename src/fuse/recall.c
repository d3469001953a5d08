/* Has the kernel drop the names that it keeps of a directory. */
#include "fuse/recall.h"

#include <stdlib.h>

#include "base/objects.h"
#include "fuse/node.h"

/* The directory is in use, so its node id can't come to mean something else. */
struct recall {
    struct worker_job job;
    struct fuse_session *fuse;
    struct dir *dir;
    fuse_ino_t node;
};

/* On the worker's thread. What a node is can't change: this is about pages, not attributes. */
static void recall_run(struct worker_job *job, const atomic_bool *cancelled)
{
    const struct recall *recall = container_of(job, struct recall, job);
    (void)cancelled;
    fuse_lowlevel_notify_inval_inode(recall->fuse, recall->node, 0, 0);
}

static void recall_done(struct worker_job *job)
{
    struct recall *recall = container_of(job, struct recall, job);
    recall->dir->uses--;
    free(recall);
}

bool recall_names(struct fs *fs, struct dir *dir)
{
    struct worker *worker = fs_worker(fs);
    struct recall *recall = worker ? malloc(sizeof *recall) : NULL;
    if (!recall)
        return false;
    *recall = (struct recall){
        .job = {.run = recall_run, .done = recall_done},
        .fuse = fs->fuse,
        .dir = dir,
        .node = node_of_dir(fs, dir),
    };
    dir->uses++;
    worker_add(worker, &recall->job);
    return true;
}
