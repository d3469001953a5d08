/* Stores files in the page cache before they are read. */
#include "fuse/readahead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/objects.h"
#include "base/pressure.h"
#include "fuse/active_dir.h"
#include "fuse/node.h"

/* Directories that were opened last and have files which may be read next. */
#define READAHEAD_OPENED 64
/* Directories of those in which files are read. */
#define READAHEAD_ACTIVE 8

#define READAHEAD_IDLE_MS     2000
#define READAHEAD_REST_MS     5000 /* that nothing is stored for, while memory is short */
#define READAHEAD_PRESSURE_MS 250  /* between two looks at it */

/* A larger file is left to the kernel's own readahead; and the bytes of one window. */
#define READAHEAD_FILE_MAX  ((size_t)1 << 20)
#define READAHEAD_BYTES_MAX ((size_t)8 << 20)

TAILQ_HEAD(active_dirs, active_dir);

struct readahead {
    struct fs *fs;
    struct dir *opened[READAHEAD_OPENED]; /* the last one first, each in use */
    struct active_dirs active;            /* likewise */
    size_t active_count;
    struct loop_timer idle;
    int64_t rest_until_ms;
    int64_t pressure_ms; /* the worker's own: when it looked */
};

/* Files to be stored for one trail. */
struct batch {
    struct worker_job job;
    struct readahead *readahead;
    struct active_dir *active;
    struct trail *trail;
    enum file_order order;
    bool pressed; /* memory was short */
    size_t stored;
    size_t count;
    struct record *records[]; /* with a reference each */
};

/* -------- on the worker's thread -------- */

static bool batch_is_pressed(struct batch *batch)
{
    struct readahead *readahead = batch->readahead;
    int64_t now = clock_ms();
    if (now - readahead->pressure_ms < READAHEAD_PRESSURE_MS)
        return false;
    readahead->pressure_ms = now;
    return pressure_is_high();
}

static void batch_run(struct worker_job *job, const atomic_bool *cancelled)
{
    struct batch *batch = container_of(job, struct batch, job);
    batch->pressed = batch_is_pressed(batch);
    for (size_t i = 0; i < batch->count && !batch->pressed && !atomic_load(cancelled); i++) {
        struct record *record = batch->records[i];
        struct fuse_bufvec bytes = FUSE_BUFVEC_INIT(record->size);
        bytes.buf[0].mem = record->bytes;
        int error = fuse_lowlevel_notify_store(
            batch->readahead->fs->fuse, node_of_record(record), 0, &bytes, FUSE_BUF_NO_SPLICE);
        if (error == 0)
            batch->stored++;
        else if (error != -ENOENT) /* which is that of a node that was forgotten */
            batch->pressed = true;
    }
}

/* -------- active directories -------- */

static void readahead_forget(struct readahead *readahead, struct active_dir *active)
{
    TAILQ_REMOVE(&readahead->active, active, link);
    readahead->active_count--;
    active->forgotten = true;
    if (active->jobs == 0)
        active_dir_destroy(active);
}

static void active_dir_end_job(struct active_dir *active)
{
    active->jobs--;
    if (active->forgotten && active->jobs == 0)
        active_dir_destroy(active);
}

/* Each holds a snapshot, and so much memory. So it goes when no more files are read there. */
static void readahead_on_idle(void *data)
{
    struct readahead *readahead = data;
    struct active_dir *active = TAILQ_FIRST(&readahead->active), *next;
    for (; active; active = next) {
        next = TAILQ_NEXT(active, link);
        if (!active->used && active->jobs == 0)
            readahead_forget(readahead, active);
        else
            active->used = false;
    }
    if (readahead->active_count)
        loop_timer_start(readahead->fs->loop, &readahead->idle, READAHEAD_IDLE_MS,
                         readahead_on_idle, readahead);
}

static struct active_dir *readahead_activate(struct readahead *readahead, struct dir *dir)
{
    if (readahead->active_count == READAHEAD_ACTIVE)
        readahead_forget(readahead, TAILQ_LAST(&readahead->active, active_dirs));
    struct active_dir *active = active_dir_create(dir);
    if (!active)
        return NULL;
    if (readahead->active_count++ == 0)
        loop_timer_start(readahead->fs->loop, &readahead->idle, READAHEAD_IDLE_MS,
                         readahead_on_idle, readahead);
    TAILQ_INSERT_HEAD(&readahead->active, active, link);
    return active;
}

/* Return the directory in which RECORD is listed, or NULL if none is known. */
static struct active_dir *readahead_find_active(struct readahead *readahead,
                                                const struct record *record)
{
    struct active_dir *active;
    TAILQ_FOREACH(active, &readahead->active, link) {
        if (!cache_holds(active->dir->listing, record))
            continue;
        TAILQ_REMOVE(&readahead->active, active, link);
        TAILQ_INSERT_HEAD(&readahead->active, active, link);
        if (active->snapshot == cache_held(active->dir->listing))
            return active;
        struct dir *dir = active->dir; /* what is listed was fetched anew */
        readahead_forget(readahead, active);
        return readahead_activate(readahead, dir);
    }
    for (size_t i = 0; i < READAHEAD_OPENED && readahead->opened[i]; i++) {
        if (cache_holds(readahead->opened[i]->listing, record))
            return readahead_activate(readahead, readahead->opened[i]);
    }
    return NULL;
}

/* DIR is no longer among those that were opened last, so nothing keeps it from being destroyed.
 * So it may not be active either. */
static void readahead_close(struct readahead *readahead, struct dir *dir)
{
    struct active_dir *active = TAILQ_FIRST(&readahead->active), *next;
    for (; active; active = next) {
        next = TAILQ_NEXT(active, link);
        if (active->dir == dir)
            readahead_forget(readahead, active);
    }
    dir->uses--;
}

void readahead_opened(struct readahead *readahead, struct dir *dir)
{
    if (!readahead || !dir->listing || dir->lister) /* links are not read */
        return;
    struct dir **opened = readahead->opened;
    size_t i = 0;
    while (i < READAHEAD_OPENED - 1 && opened[i] && opened[i] != dir)
        i++;
    if (opened[i] != dir) {
        if (opened[i])
            readahead_close(readahead, opened[i]);
        dir->uses++;
    }
    memmove(opened + 1, opened, i * sizeof *opened);
    opened[0] = dir;
}

/* -------- storing -------- */

/* Return the rank behind the window of TRAIL. The window ends at the first file that the kernel
 * has no node for, for nothing can be stored there. */
static size_t batch_end(const struct active_dir *active, const struct trail *trail,
                        enum file_order order)
{
    size_t bytes = 0, end = trail_from(trail);
    for (size_t left = trail_count(trail); left > 0; left--, end++) {
        const struct record *record = active_dir_at(active, end, order);
        if (!record || record->lookups == 0 || bytes > READAHEAD_BYTES_MAX)
            break;
        bytes += record->size;
    }
    return end;
}

static void batch_done(struct worker_job *job);

static void readahead_store(struct readahead *readahead, struct active_dir *active,
                            struct trail *trail, enum file_order order)
{
    size_t from = trail_from(trail), end = batch_end(active, trail, order);
    if (readahead->fs->ending || end == from || clock_ms() < readahead->rest_until_ms)
        return;
    struct worker *worker = fs_worker(readahead->fs);
    struct batch *batch = malloc(sizeof *batch + (end - from) * sizeof *batch->records);
    if (!batch || !worker) {
        free(batch);
        return;
    }
    *batch = (struct batch){
        .job = {.run = batch_run, .done = batch_done},
        .readahead = readahead,
        .active = active,
        .trail = trail,
        .order = order,
    };
    trail_begin(trail, end);
    for (size_t rank = from; rank < end; rank++) {
        struct record *record = active_dir_at(active, rank, order);
        if (rank != trail->marker && record->size <= READAHEAD_FILE_MAX)
            batch->records[batch->count++] = record_ref(record);
    }
    active->jobs++;
    worker_add(worker, &batch->job);
}

static void batch_done(struct worker_job *job)
{
    struct batch *batch = container_of(job, struct batch, job);
    struct readahead *readahead = batch->readahead;
    struct active_dir *active = batch->active;
    for (size_t i = 0; i < batch->count; i++)
        record_unref(batch->records[i]);
    readahead->fs->counts.stored += batch->stored;
    if (batch->pressed)
        readahead->rest_until_ms = clock_ms() + READAHEAD_REST_MS;
    if (trail_finish(batch->trail) && !active->forgotten)
        readahead_store(readahead, active, batch->trail, batch->order);
    free(batch);
    active_dir_end_job(active);
}

static void readahead_on_sorted(struct worker_job *job)
{
    struct active_dir *active = container_of(job, struct active_dir, sorting);
    active->sorted = true;
    active_dir_end_job(active);
}

static void readahead_sort(struct readahead *readahead, struct active_dir *active)
{
    struct worker *worker = fs_worker(readahead->fs);
    struct worker_job *sorting = worker ? active_dir_sorting(active) : NULL;
    if (!sorting)
        return;
    sorting->done = readahead_on_sorted;
    active->jobs++;
    worker_add(worker, sorting);
}

void readahead_read(struct readahead *readahead, struct record *record)
{
    enum file_order order;
    /* What was made here is in no list. */
    if (!readahead || readahead->fs->ending || record->id == 0)
        return;
    struct active_dir *active = readahead_find_active(readahead, record);
    if (!active)
        return;
    struct trail *trail = active_dir_read(active, record, &order);
    if (trail)
        readahead_store(readahead, active, trail, order);
    else if (active_dir_wants_sorting(active))
        readahead_sort(readahead, active);
}

/* -------- the beginning and the end -------- */

struct readahead *readahead_create(struct fs *fs)
{
    struct readahead *readahead = calloc(1, sizeof *readahead);
    if (!readahead)
        return NULL;
    readahead->fs = fs;
    TAILQ_INIT(&readahead->active);
    return readahead;
}

void readahead_destroy(struct readahead *readahead)
{
    struct active_dir *active;
    if (!readahead)
        return;
    loop_timer_stop(&readahead->idle);
    while ((active = TAILQ_FIRST(&readahead->active)))
        readahead_forget(readahead, active);
    for (size_t i = 0; i < READAHEAD_OPENED && readahead->opened[i]; i++)
        readahead->opened[i]->uses--;
    free(readahead);
}
