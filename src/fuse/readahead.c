#include "fuse/readahead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pressure.h"
#include "fuse/node.h"
#include "fuse/place.h"

/* Directories that were opened last and have files which may be read next. */
#define READAHEAD_OPENED 64
/* And those of them in which files are read. */
#define READAHEAD_PLACES 8

#define READAHEAD_IDLE_MS     2000
#define READAHEAD_REST_MS     5000 /* that nothing is stored for, while memory is short */
#define READAHEAD_PRESSURE_MS 250  /* between two looks at it */

/* A larger file is left to the kernel's own readahead; and the bytes of one window. */
#define READAHEAD_FILE_MAX  ((size_t)1 << 20)
#define READAHEAD_BYTES_MAX ((size_t)8 << 20)

TAILQ_HEAD(places, place);

struct readahead {
    struct fs *fs;
    struct fuse_session *fuse;
    struct worker *worker;                /* NULL: none needed so far, or to be had */
    struct dir *opened[READAHEAD_OPENED]; /* the last one first, each in use */
    struct places places;                 /* likewise */
    size_t place_count;
    struct loop_timer idle;
    int64_t rest_until_ms;
    bool cancelled;
    int64_t pressure_ms; /* the worker's own: when it looked */
};

/* Files to be stored for one walk. */
struct batch {
    struct worker_job job;
    struct readahead *readahead;
    struct place *place;
    struct stream *stream;
    enum place_row row;
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
    struct batch *batch = (struct batch *)job;
    batch->pressed = batch_is_pressed(batch);
    for (size_t i = 0; i < batch->count && !batch->pressed && !atomic_load(cancelled); i++) {
        struct record *record = batch->records[i];
        struct fuse_bufvec bytes = FUSE_BUFVEC_INIT(record->size);
        bytes.buf[0].mem = record->bytes;
        int error = fuse_lowlevel_notify_store(batch->readahead->fuse, node_of_record(record),
                                               0, &bytes, FUSE_BUF_NO_SPLICE);
        if (error == 0)
            batch->stored++;
        else if (error != -ENOENT) /* which is that of a node that was forgotten */
            batch->pressed = true;
    }
}

/* -------- places -------- */

static void readahead_forget(struct readahead *readahead, struct place *place)
{
    TAILQ_REMOVE(&readahead->places, place, link);
    readahead->place_count--;
    place->forgotten = true;
    if (place->jobs == 0)
        place_destroy(place);
}

static void place_end_job(struct place *place)
{
    place->jobs--;
    if (place->forgotten && place->jobs == 0)
        place_destroy(place);
}

/* A place holds a snapshot, and so much memory: not longer than someone walks there. */
static void readahead_on_idle(void *data)
{
    struct readahead *readahead = data;
    struct place *place = TAILQ_FIRST(&readahead->places), *next;
    for (; place; place = next) {
        next = TAILQ_NEXT(place, link);
        if (!place->used && place->jobs == 0)
            readahead_forget(readahead, place);
        else
            place->used = false;
    }
    if (readahead->place_count)
        loop_timer_start(readahead->fs->loop, &readahead->idle, READAHEAD_IDLE_MS,
                         readahead_on_idle, readahead);
}

static struct place *readahead_new_place(struct readahead *readahead, struct dir *dir)
{
    if (readahead->place_count == READAHEAD_PLACES)
        readahead_forget(readahead, TAILQ_LAST(&readahead->places, places));
    struct place *place = place_create(dir);
    if (!place)
        return NULL;
    if (readahead->place_count++ == 0)
        loop_timer_start(readahead->fs->loop, &readahead->idle, READAHEAD_IDLE_MS,
                         readahead_on_idle, readahead);
    TAILQ_INSERT_HEAD(&readahead->places, place, link);
    return place;
}

/* Where RECORD is listed, if it is known to be listed anywhere. */
static struct place *readahead_place(struct readahead *readahead, const struct record *record)
{
    struct place *place;
    TAILQ_FOREACH(place, &readahead->places, link) {
        if (!place_is_of(place->dir, record))
            continue;
        TAILQ_REMOVE(&readahead->places, place, link);
        TAILQ_INSERT_HEAD(&readahead->places, place, link);
        if (place->snapshot == place->dir->listing->snapshot)
            return place;
        struct dir *dir = place->dir; /* what is listed was fetched anew */
        readahead_forget(readahead, place);
        return readahead_new_place(readahead, dir);
    }
    for (size_t i = 0; i < READAHEAD_OPENED && readahead->opened[i]; i++) {
        if (place_is_of(readahead->opened[i], record))
            return readahead_new_place(readahead, readahead->opened[i]);
    }
    return NULL;
}

/* Whoever is no longer among those that were opened last has no place either, for only these
 * are kept from being destroyed. */
static void readahead_close(struct readahead *readahead, struct dir *dir)
{
    struct place *place = TAILQ_FIRST(&readahead->places), *next;
    for (; place; place = next) {
        next = TAILQ_NEXT(place, link);
        if (place->dir == dir)
            readahead_forget(readahead, place);
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

static struct worker *readahead_worker(struct readahead *readahead)
{
    if (!readahead->worker)
        readahead->worker = worker_create(readahead->fs->loop);
    return readahead->worker;
}

/* The rank behind the window of STREAM: it ends at the first file that the kernel has not been
 * told of, for nothing can be stored there. */
static size_t batch_end(const struct place *place, const struct stream *stream,
                        enum place_row row)
{
    size_t bytes = 0, end = stream_from(stream);
    for (size_t left = stream_count(stream); left > 0; left--, end++) {
        const struct record *record = place_at(place, end, row);
        if (!record || record->lookups == 0 || bytes > READAHEAD_BYTES_MAX)
            break;
        bytes += record->size;
    }
    return end;
}

static void batch_done(struct worker_job *job);

static void readahead_store(struct readahead *readahead, struct place *place,
                            struct stream *stream, enum place_row row)
{
    size_t from = stream_from(stream), end = batch_end(place, stream, row);
    if (readahead->cancelled || end == from || clock_ms() < readahead->rest_until_ms)
        return;
    struct batch *batch = malloc(sizeof *batch + (end - from) * sizeof *batch->records);
    if (!batch || !readahead_worker(readahead)) {
        free(batch);
        return;
    }
    *batch = (struct batch){
        .job = {.run = batch_run, .done = batch_done},
        .readahead = readahead,
        .place = place,
        .stream = stream,
        .row = row,
    };
    stream_begin(stream, end);
    for (size_t rank = from; rank < end; rank++) {
        struct record *record = place_at(place, rank, row);
        if (rank != stream->marker && record->size <= READAHEAD_FILE_MAX)
            batch->records[batch->count++] = record_ref(record);
    }
    place->jobs++;
    worker_add(readahead->worker, &batch->job);
}

static void batch_done(struct worker_job *job)
{
    struct batch *batch = (struct batch *)job;
    struct readahead *readahead = batch->readahead;
    struct place *place = batch->place;
    for (size_t i = 0; i < batch->count; i++)
        record_unref(batch->records[i]);
    readahead->fs->counts.stored += batch->stored;
    if (batch->pressed)
        readahead->rest_until_ms = clock_ms() + READAHEAD_REST_MS;
    if (stream_finish(batch->stream) && !place->forgotten)
        readahead_store(readahead, place, batch->stream, batch->row);
    free(batch);
    place_end_job(place);
}

static void readahead_on_sorted(struct worker_job *job)
{
    struct place *place =
        (struct place *)(void *)((char *)job - offsetof(struct place, sorting));
    place->sorted = true;
    place_end_job(place);
}

void readahead_read(struct readahead *readahead, struct record *record)
{
    enum place_row row;
    struct place *place =
        readahead && !readahead->cancelled ? readahead_place(readahead, record) : NULL;
    if (!place)
        return;
    struct stream *stream = place_read(place, record, &row);
    if (stream) {
        readahead_store(readahead, place, stream, row);
    } else if (place_wants_sorting(place) && readahead_worker(readahead)) {
        place->sorting.done = readahead_on_sorted;
        place->jobs++;
        worker_add(readahead->worker, &place->sorting);
    }
}

/* -------- the beginning and the end -------- */

struct readahead *readahead_create(struct fs *fs, struct fuse_session *fuse)
{
    struct readahead *readahead = calloc(1, sizeof *readahead);
    if (!readahead)
        return NULL;
    readahead->fs = fs;
    readahead->fuse = fuse;
    TAILQ_INIT(&readahead->places);
    return readahead;
}

bool readahead_is_busy(const struct readahead *readahead)
{
    return readahead && readahead->worker && worker_busy(readahead->worker) > 0;
}

void readahead_cancel(struct readahead *readahead)
{
    if (!readahead)
        return;
    readahead->cancelled = true;
    if (readahead->worker)
        worker_cancel(readahead->worker);
}

void readahead_destroy(struct readahead *readahead)
{
    struct place *place;
    if (!readahead)
        return;
    worker_destroy(readahead->worker);
    loop_timer_stop(&readahead->idle);
    while ((place = TAILQ_FIRST(&readahead->places)))
        readahead_forget(readahead, place);
    for (size_t i = 0; i < READAHEAD_OPENED && readahead->opened[i]; i++)
        readahead->opened[i]->uses--;
    free(readahead);
}
