/* Holds what an open directory goes on with. */
#include "fuse/handle.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/objects.h"
#include "fuse/node.h"
#include "fuse/requests.h"
#include "tree/entry.h"

/* What is read after the time of the snapshot is kept for as long. */
#define HANDLE_OVER_MS 1000

/* The kernel reads names from what it keeps as long as it has forgotten no more of their nodes
 * than one in so many. */
#define HANDLE_FORGOTTEN 16

/* More names than this are not gone through, for that would hold up everybody. */
#define HANDLE_NAMES_TOLD 100000

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
    kept_names_close(&handle->dir->kept, &handle->kept);
    snapshot_unref(handle->snapshot);
    handle->dir->uses--;
    free(handle);
    objects_remove(OBJECTS_HANDLE);
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

/* On the worker's thread. What a node is can't change: this is about pages, not attributes. */
static void recall_run(struct worker_job *job, const atomic_bool *cancelled)
{
    const struct recall *recall = container_of(job, struct recall, job);
    (void)cancelled;
    fuse_lowlevel_notify_inval_inode(recall->fs->fuse, node_of_dir(recall->fs, recall->dir), 0,
                                     0);
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

static void handle_watch(struct handle *handle, int64_t valid_ms)
{
    if (handle->kept.mark)
        loop_timer_start(handle->fs->loop, &handle->over, valid_ms, handle_on_over, handle);
}

/* Where it can't be done now, it is tried again. */
static void handle_on_over(void *data)
{
    struct handle *handle = data;
    struct kept_names *kept = &handle->dir->kept;
    if (!kept_names_take_end(kept) || recall_names(handle->fs, handle->dir))
        return;
    kept_names_end(kept, &handle->kept);
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
    return handle->snapshot ? cache_valid_ms(handle->dir->listing, handle->snapshot, 0) : 0;
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
    int64_t valid_ms = handle_valid_ms(handle);
    if (!handle->fs->keeps_names || valid_ms <= 0 || count > KEPT_NAMES_MAX)
        return;
    enum kept_names_way way =
        kept_names_open(&handle->dir->kept, &handle->kept, handle->snapshot->number,
                        handle_is_known(handle, count, valid_ms));
    info->cache_readdir = way != KEPT_NAMES_NONE;
    info->keep_cache = way != KEPT_NAMES_ANEW;
    handle->started = info->cache_readdir;
    handle_watch(handle, valid_ms);
}

static void handle_show(struct handle *handle, struct snapshot *snapshot)
{
    snapshot_ref(snapshot);
    snapshot_unref(handle->snapshot);
    handle->snapshot = snapshot;
}

/* What the kernel gave to HANDLE were the names of another one's snapshot. */
static int handle_follow(struct handle *handle, off_t offset)
{
    const struct handle *other;
    LIST_FOREACH(other, &handle->fs->handles, link) {
        if (other->dir != handle->dir || !other->kept.mark ||
            !kept_names_is_of(&other->kept, offset))
            continue;
        handle->kept = other->kept;
        handle_show(handle, other->snapshot);
        return 0;
    }
    return -ESTALE;
}

int handle_came(struct handle *handle, off_t offset)
{
    if (!handle->kept.mark)
        return 0;
    kept_names_came(&handle->dir->kept, &handle->kept);
    if (!handle->over.loop)
        handle_watch(handle, HANDLE_OVER_MS);
    return kept_names_is_of(&handle->kept, offset) ? 0 : handle_follow(handle, offset);
}

static struct kept_marks handle_marks(const struct handle *handle)
{
    struct kept_marks marks = {.count = 0};
    const struct handle *each;
    LIST_FOREACH(each, &handle->fs->handles, link) {
        if (each->dir == handle->dir)
            kept_marks_add(&marks, &each->kept);
    }
    return marks;
}

/* Return whether the names fill the last page of the kernel's list to its end, or that can't be
 * told. */
static bool handle_fills_page(struct dir *dir, const struct snapshot *snapshot)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = kept_names_grow(kept_names_grow(0, ".", page), "..", page);
    int64_t count = entry_count(dir, snapshot);
    if (count > HANDLE_NAMES_TOLD)
        return true;
    for (int64_t index = 0; index < count; index++) {
        struct dir_entry entry;
        if (entry_at(dir, snapshot, (size_t)index, &entry))
            return true;
        size = kept_names_grow(size, entry.name, page);
    }
    return size % page == 0;
}

int handle_rewind(struct handle *handle, struct snapshot *snapshot)
{
    if (handle->snapshot == snapshot)
        return 0;
    if (handle->kept.mark && entry_count(handle->dir, snapshot) > KEPT_NAMES_MAX)
        return -ESTALE;
    if (kept_names_is_shared(&handle->dir->kept, &handle->kept) &&
        (handle_fills_page(handle->dir, handle->snapshot) ||
         handle_fills_page(handle->dir, snapshot)))
        return -ESTALE;
    const struct kept_marks in_use = handle_marks(handle);
    int error = kept_names_rewind(&handle->dir->kept, &handle->kept, snapshot->number, &in_use);
    if (error)
        return error;
    handle_show(handle, snapshot);
    if (!handle->kept.mark)
        return 0;
    loop_timer_stop(&handle->over);
    handle_on_over(handle);
    if (!handle->over.loop)
        handle_watch(handle, handle_valid_ms(handle));
    return 0;
}
