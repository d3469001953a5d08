/* Holds what an open directory goes on with, and says what the kernel may keep of its names. */
#include "fuse/handle.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/objects.h"
#include "fuse/node.h"
#include "fuse/requests.h"
#include "tree/entry.h"

/* A list of names that becomes whole after the time of its snapshot is kept for so long. */
#define HANDLE_OVER_MS 1000

/* The kernel reads names from what it keeps as long as it has forgotten no more of their nodes
 * than one in so many. */
#define HANDLE_FORGOTTEN 16

struct handle *handle_create(struct fs *fs, struct dir *dir, struct snapshot *snapshot)
{
    struct handle *handle = calloc(1, sizeof *handle);
    if (!handle)
        return NULL;
    handle->fs = fs;
    handle->dir = dir;
    handle->snapshot = snapshot ? snapshot_ref(snapshot) : NULL;
    dir->uses++;
    LIST_INSERT_HEAD(&fs->handles, handle, link);
    objects_add(OBJECTS_HANDLE);
    return handle;
}

void handle_destroy(struct handle *handle)
{
    LIST_REMOVE(handle, link);
    loop_timer_stop(&handle->over);
    if (handle->takes_part)
        handle->dir->kept.taken = false;
    snapshot_unref(handle->snapshot);
    handle->dir->uses--;
    free(handle);
    objects_remove(OBJECTS_HANDLE);
}

void handle_release(struct handle *handle)
{
    if (handle->takes_part)
        handle->dir->kept.snapshot = handle->snapshot->number;
    handle_destroy(handle);
}

void fs_release_handles(struct fs *fs)
{
    struct handle *handle;
    while ((handle = LIST_FIRST(&fs->handles)))
        handle_destroy(handle); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the list */
}

struct handle *handle_of(const struct fuse_file_info *info)
{
    return (struct handle *)(uintptr_t)info->fh;
}

/* -------- the names that the kernel keeps -------- */

/* The kernel is to drop the names that it keeps of a directory, which is in use until then. */
struct recall {
    struct worker_job job;
    struct fs *fs;
    struct dir *dir;
};

/* What a node is can't change: this is about pages, not attributes. Return 0 or -errno. */
static int kept_names_drop(const struct fs *fs, const struct dir *dir)
{
    return fuse_lowlevel_notify_inval_inode(fs->fuse, node_of_dir(fs, dir), 0, 0);
}

/* On the worker's thread. */
static void recall_run(struct worker_job *job, const atomic_bool *cancelled)
{
    const struct recall *recall = container_of(job, struct recall, job);
    (void)cancelled;
    kept_names_drop(recall->fs, recall->dir);
}

static void recall_done(struct worker_job *job)
{
    struct recall *recall = container_of(job, struct recall, job);
    recall->dir->uses--;
    free(recall);
}

/* The next process that reads DIR from its beginning asks us, though it has DIR open. The
 * kernel waits for pages that a reader of the names may hold, which may wait for the loop: so
 * the worker does it, soon. Return false when memory is out, or there can be no thread. */
static bool recall_names(struct fs *fs, struct dir *dir)
{
    struct worker *worker = fs_worker(fs);
    struct recall *recall = worker ? malloc(sizeof *recall) : NULL;
    if (!recall)
        return false;
    *recall = (struct recall){{.run = recall_run, .done = recall_done}, fs, dir};
    dir->uses++;
    worker_add(worker, &recall->job);
    return true;
}

static void handle_on_over(void *data);

static void handle_watch(struct handle *handle, int64_t delay_ms)
{
    if (handle->takes_part && handle->dir->kept.whole)
        loop_timer_start(handle->fs->loop, &handle->over, delay_ms, handle_on_over, handle);
}

/* Where it can't be done now, it is tried again. */
static void handle_on_over(void *data)
{
    struct handle *handle = data;
    handle->dir->kept.whole = !recall_names(handle->fs, handle->dir);
    handle_watch(handle, HANDLE_OVER_MS);
}

void fs_recall_names(struct fs *fs)
{
    struct handle *handle;
    LIST_FOREACH(handle, &fs->handles, link) {
        handle_watch(handle, 0);
    }
}

static int64_t handle_valid_ms(const struct handle *handle)
{
    return handle->snapshot ? cache_valid_ms(handle->dir->listing, handle->snapshot) : 0;
}

/* Most of the nodes must still be there: without a node a name is looked up. Where the kernel
 * never got all of them, it has not kept all names either. */
static bool handle_is_known(const struct handle *handle, int64_t count, int64_t valid_ms)
{
    const struct sent_names *sent = entry_sent(handle->dir, handle->snapshot);
    uint64_t forgotten = handle->fs->forgotten_count - sent->forgotten;
    bool valid = clock_ms() + valid_ms - HANDLE_SLACK_MS <= sent->until_ms;
    return sent->until_ms == 0 || (valid && forgotten <= (uint64_t)count / HANDLE_FORGOTTEN);
}

void handle_keep_names(struct handle *handle, int64_t count, struct fuse_file_info *info)
{
    struct kept_names *kept = &handle->dir->kept;
    int64_t valid_ms = handle_valid_ms(handle);
    info->keep_cache = true;
    if (!handle->fs->keeps_names || valid_ms <= 0 || kept->taken)
        return;
    bool same = kept->snapshot == handle->snapshot->number;
    if (same && !handle_is_known(handle, count, valid_ms))
        return;
    info->cache_readdir = true;
    info->keep_cache = same;
    handle->takes_part = true;
    handle->started = same; /* the list of before may be read without us */
    *kept = (struct kept_names){.taken = true, .whole = same && kept->whole};
    handle_watch(handle, valid_ms);
}

void handle_ended(struct handle *handle)
{
    int64_t valid_ms = handle_valid_ms(handle);
    if (!handle->takes_part || handle->over.loop)
        return;
    handle->dir->kept.whole = true;
    handle_watch(handle, valid_ms > HANDLE_OVER_MS ? valid_ms : HANDLE_OVER_MS);
}

/* A reader that waits for an answer holds no page of the list, and no other handle takes part.
 * So this does not block. */
static int handle_drop_names(struct handle *handle)
{
    handle->dir->kept.whole = false;
    loop_timer_stop(&handle->over);
    return kept_names_drop(handle->fs, handle->dir);
}

int handle_rewind(struct handle *handle, struct snapshot *snapshot)
{
    if (handle->snapshot == snapshot)
        return 0;
    int error = handle->takes_part ? handle_drop_names(handle) : 0;
    if (error)
        return error;
    snapshot_ref(snapshot);
    snapshot_unref(handle->snapshot);
    handle->snapshot = snapshot;
    return 0;
}
