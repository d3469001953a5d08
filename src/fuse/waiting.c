#include "fuse/waiting.h"

#include <errno.h>
#include <stdlib.h>

#include "base/live.h"
#include "base/log.h"

struct waiting *waiting_create(fuse_req_t req, struct dir *dir,
                               void (*resume)(struct waiting *, struct snapshot *))
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        return NULL;
    waiting->fs = fs_of(req);
    waiting->req = req;
    waiting->dir = dir;
    waiting->resume = resume;
    dir->uses++;
    TAILQ_INSERT_TAIL(&waiting->fs->waitings, waiting, link);
    live_born(LIVE_WAITING);
    return waiting;
}

static void waiting_destroy(struct waiting *waiting)
{
    TAILQ_REMOVE(&waiting->fs->waitings, waiting, link);
    loop_timer_stop(&waiting->deadline);
    waiting->dir->uses--;
    free(waiting);
    live_gone(LIVE_WAITING);
}

/* ABANDON as in waiter_cancel(). */
static void waiting_fail(struct waiting *waiting, int error, bool abandon)
{
    fuse_req_t req = waiting->req;
    waiter_cancel(&waiting->waiter, abandon);
    waiting_destroy(waiting);
    fs_reply_error(req, error);
}

static void waiting_on_interrupt(fuse_req_t req, void *data)
{
    (void)req;
    waiting_fail(data, -EINTR, true);
}

/* The fetch goes on: pages may still be coming, and the next try finds them there. */
static void waiting_on_deadline(void *data)
{
    struct waiting *waiting = data;
    char path[ENDPOINT_PATH_MAX];
    listing_path(waiting->waiter.listing, path);
    log_warning("%s: looking up %s: still being read at the end of the timeout; try again",
                path, waiting->name);
    waiting_fail(waiting, -ETIMEDOUT, false);
}

static void waiting_on_listing(struct waiter *waiter, struct snapshot *snapshot, int error,
                               const char *why)
{
    struct waiting *waiting = (struct waiting *)waiter;
    (void)why;
    fuse_req_interrupt_func(waiting->req, NULL, NULL);
    if (error) {
        waiting_fail(waiting, error, false);
        return;
    }
    waiting->resume(waiting, snapshot);
    waiting_destroy(waiting);
}

void waiting_start(struct waiting *waiting, struct listing *listing, bool limited)
{
    /* libfuse would call the interrupt function from inside of fuse_req_interrupt_func(), and
     * touch the request after it was answered there. */
    if (fuse_req_interrupted(waiting->req)) {
        waiting_fail(waiting, -EINTR, true);
        return;
    }
    waiting->waiter.done = waiting_on_listing;
    int error = waiting->fs->ending ? -ENOTCONN : listing_wait(listing, &waiting->waiter);
    if (error) {
        waiting_fail(waiting, error, true);
        return;
    }
    if (limited)
        loop_timer_start(waiting->fs->loop, &waiting->deadline, waiting->fs->timeout_ms,
                         waiting_on_deadline, waiting);
    fuse_req_interrupt_func(waiting->req, waiting_on_interrupt, waiting);
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
