/* Holds a request until what it waits for is there. */
#include "fuse/waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/objects.h"
#include "base/wipe.h"
#include "cache/cache.h"

/* How long until it is looked again whether an interrupted caller is to end. */
#define WAITING_LOOK_MS 50

struct waiting *waiting_create(fuse_req_t req, struct dir *dir,
                               void (*resume)(struct waiting *, struct snapshot *))
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting) {
        fs_reply_error(req, -ENOMEM);
        return NULL;
    }
    waiting->fs = fs_of(req);
    waiting->req = req;
    waiting->dir = dir;
    waiting->resume = resume;
    waiting->walker = fs_walker(req);
    walker_hold(waiting->walker);
    dir->uses++;
    TAILQ_INSERT_TAIL(&waiting->fs->waitings, waiting, link);
    objects_add(OBJECTS_WAITING);
    return waiting;
}

static void waiting_destroy(struct waiting *waiting)
{
    TAILQ_REMOVE(&waiting->fs->waitings, waiting, link);
    loop_timer_stop(&waiting->deadline);
    loop_timer_stop(&waiting->interrupted);
    waiting->dir->uses--;
    if (waiting->needs.lister)
        waiting->needs.lister->uses--;
    walker_release(waiting->walker);
    snapshot_unref(waiting->snapshot);
    wipe_free(waiting); /* which has a name */
    objects_remove(OBJECTS_WAITING);
}

/* Answer with ERROR, and end. ABANDON is as in waiter_cancel(). */
static void waiting_fail(struct waiting *waiting, int error, bool abandon)
{
    fuse_req_t req = waiting->req;
    bool reads_names = waiting->handle != NULL;
    waiter_cancel(&waiting->waiter, abandon);
    /* What is made of a snapshot that is no longer the listing's would be found by nobody. */
    bool current = cache_held(waiting->needs.listing) == waiting->snapshot;
    derived_waiter_cancel(&waiting->derived, abandon || !current);
    waiting_destroy(waiting);
    if (reads_names)
        fs_reply_names_error(req, error);
    else
        fs_reply_error(req, error);
}

/*
 * The kernel interrupts a request once, and does not say why. It does so for a signal with a
 * handler as well, for ^Z, a debugger and a freezer. A program does not expect EINTR for those:
 * a shell would take a name for missing because a job has ended. So only one that is to end
 * gets it. Others wait on, and it is looked again, for nothing tells when the next signal
 * comes. One that hides gets EINTR as well, but what it waits for goes on: it may try again.
 */
static void waiting_look_at_caller(void *data)
{
    struct waiting *waiting = data;
    enum caller_wish wish = fs_caller_wish(waiting->req);
    if (wish != CALLER_WAITS)
        waiting_fail(waiting, -EINTR, wish == CALLER_ENDS);
    else
        loop_timer_start(waiting->fs->loop, &waiting->interrupted, WAITING_LOOK_MS,
                         waiting_look_at_caller, waiting);
}

static void waiting_on_interrupt(fuse_req_t req, void *data)
{
    (void)req;
    waiting_look_at_caller(data);
}

/* The call that a look-up waits for begins a moment after the look-up. Its own error says more
 * than that the time is over, so it may come first. */
#define WAITING_LAST_MS 100

/* How long, beyond the timeout, a look-up may wait for a call that is not sent because of the
 * rate: a token comes back after a minute. */
#define WAITING_FOR_RATE_MS 61000

/* Return whether a look-up may wait on: for its call's turn, or for the answer after that.
 * Without that a low rate would end a walk and not slow it down. */
static bool waiting_goes_on(struct waiting *waiting)
{
    bool waited = waiting->waits_for_rate;
    waiting->waits_for_rate =
        queue_waits_for_rate(&cache_source(waiting->fs->tree->cache)->client->queue);
    return (waited || waiting->waits_for_rate) && clock_ms() < waiting->latest_ms;
}

/* Return what the log calls what is looked up. The name of a link is a person's address, or was
 * written by a person, and has no place there: its directory stands for it. */
static const char *waiting_name(const struct waiting *waiting)
{
    const struct dir *dir = waiting->dir;
    if (!dir_kind_has_links(dir->kind))
        return waiting->entry.name;
    const struct dir_fixed *fixed = dir->parent->kind->fixed;
    while (fixed->kind != dir_kind_name(dir->kind))
        fixed++;
    return fixed->name;
}

/* What is being made goes on. A fetch that nobody else waits for pauses, and the next try finds
 * there what has come. */
static void waiting_on_deadline(void *data)
{
    struct waiting *waiting = data;
    char path[ENDPOINT_PATH_MAX];
    if (waiting_goes_on(waiting)) {
        loop_timer_start(waiting->fs->loop, &waiting->deadline, waiting->fs->options.timeout_ms,
                         waiting_on_deadline, waiting);
        return;
    }
    cache_path(waiting->needs.listing, path);
    bool held = queue_is_held(&cache_source(waiting->fs->tree->cache)->client->queue);
    log_warning("%s: looking up %s: %s at the end of the timeout; try again", path,
                waiting_name(waiting),
                held ? "the service still says that there are too many calls"
                     : "still being read");
    waiting_fail(waiting, held ? -EAGAIN : -ETIMEDOUT, false);
}

static void waiting_resume(struct waiting *waiting, struct snapshot *snapshot)
{
    fuse_req_interrupt_func(waiting->req, NULL, NULL);
    waiting->resume(waiting, snapshot);
    waiting_destroy(waiting);
}

static void waiting_end(struct waiting *waiting, int error)
{
    fuse_req_interrupt_func(waiting->req, NULL, NULL);
    waiting_fail(waiting, error, false);
}

/* -------- what is made of a listing -------- */

static void waiting_log_derived(const struct waiting *waiting, int error)
{
    char path[ENDPOINT_PATH_MAX];
    cache_path(waiting->needs.listing, path);
    log_line_about(LOG_LEVEL_ERROR, &(struct log_about){.path = path, .error = -error},
                   "%s: making %s: %s [%s]", path, waiting_name(waiting),
                   error == -EFBIG ? "it would have more than 2 GiB, or 65,536 columns; read "
                                     "the files of the records instead"
                                   : "not possible now; try again",
                   strerror(-error));
}

static void waiting_on_made(struct derived_waiter *waiter, int error)
{
    struct waiting *waiting = container_of(waiter, struct waiting, derived);
    if (!error) {
        waiting_resume(waiting, waiting->snapshot);
        return;
    }
    waiting_log_derived(waiting, error);
    waiting_end(waiting, error);
}

/* Return 0 or -errno. */
static int waiting_for_derived(struct waiting *waiting, struct snapshot *snapshot)
{
    waiting->snapshot = snapshot_ref(snapshot);
    waiting->derived.made = waiting_on_made;
    return derived_wait(waiting->fs->loop, snapshot, waiting->needs.derived, &waiting->derived);
}

/* -------- a listing -------- */

static void waiting_on_listing(struct waiter *waiter, struct snapshot *snapshot, int error,
                               const char *why)
{
    struct waiting *waiting = container_of(waiter, struct waiting, waiter);
    (void)why;
    if (!error && waiting->needs.derived && !derived_find(snapshot, waiting->needs.derived)) {
        error = waiting_for_derived(waiting, snapshot);
        if (!error)
            return;
    }
    if (error)
        waiting_end(waiting, error);
    else
        waiting_resume(waiting, snapshot);
}

bool waiting_start(struct waiting *waiting, const struct entry_needs *needs,
                   struct snapshot *snapshot)
{
    int error = 0;
    bool interrupted = fuse_req_interrupted(waiting->req);
    waiting->needs = *needs;
    if (needs->lister)
        needs->lister->uses++;
    waiting->waiter.done = waiting_on_listing;
    if (interrupted && fs_caller_wish(waiting->req) != CALLER_WAITS)
        error = -EINTR;
    else if (waiting->fs->ending)
        error = -ENOTCONN;
    else if (snapshot)
        error = waiting_for_derived(waiting, snapshot);
    else
        error = cache_wait(needs->listing, needs->id, &waiting->waiter);
    if (error)
        waiting_fail(waiting, error, true);
    else if (interrupted)
        /* libfuse would call the interrupt function from inside of fuse_req_interrupt_func(),
         * and touch the request after it was answered there. */
        loop_timer_start(waiting->fs->loop, &waiting->interrupted, WAITING_LOOK_MS,
                         waiting_look_at_caller, waiting);
    else
        fuse_req_interrupt_func(waiting->req, waiting_on_interrupt, waiting);
    return !error;
}

static void waiting_on_half_time(void *data)
{
    struct waiting *waiting = data;
    int64_t half_ms = waiting->fs->options.timeout_ms / 2 + WAITING_LAST_MS;
    loop_timer_start(waiting->fs->loop, &waiting->deadline, half_ms, waiting_on_deadline,
                     waiting);
    waiting->waits_for_rate =
        queue_waits_for_rate(&cache_source(waiting->fs->tree->cache)->client->queue);
    if (!waiting->waits_for_rate) /* one call more would only stand behind the others */
        cache_hurry(waiting->needs.listing, &waiting->waiter);
}

void waiting_start_limited(struct waiting *waiting, const struct entry_needs *needs,
                           struct snapshot *snapshot)
{
    waiting->latest_ms = clock_ms() + waiting->fs->options.timeout_ms + WAITING_FOR_RATE_MS;
    if (waiting_start(waiting, needs, snapshot))
        loop_timer_start(waiting->fs->loop, &waiting->deadline,
                         waiting->fs->options.timeout_ms / 2, waiting_on_half_time, waiting);
}

bool waiting_is_needless(const struct entry_needs *needs, const struct snapshot *snapshot)
{
    if (!needs->listing)
        return true;
    return snapshot && (!needs->derived || derived_find(snapshot, needs->derived));
}

void waiting_fail_all(struct fs *fs, int error)
{
    struct waiting *waiting;
    while ((waiting = TAILQ_FIRST(&fs->waitings))) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list */
        fuse_req_interrupt_func(waiting->req, NULL, NULL);
        waiting_fail(waiting, error, true);
    }
}
