/* Waits for descriptors, timers and work, and calls what is due. */
#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOP_EVENTS_A_TURN 64
#define LOOP_FDS_MAX       65536

/* For all works together, a turn: what a request may have to wait for them. */
#define LOOP_WORK_US 1000

/* Clocks are looked at one after the other, and rounded. */
#define LOOP_SLEEP_MIN_MS 1000

/* NTP corrects a bad clock by less than that, day after day. */
#define LOOP_SET_MIN_MS 2000

/* No clock comes so far while this program runs, with times of 32 bits either. */
#define LOOP_NEVER_S ((time_t)(sizeof(time_t) > 4 ? INT64_C(1) << 40 : INT32_MAX))

/*
 * What is watched on one descriptor. A callback may remove any descriptor, and another may be
 * opened with its number in the same turn; events that epoll had already handed over carry the
 * generation that they were meant for, and those of an older one are dropped.
 */
struct loop_watch {
    loop_fd_fn *fn; /* NULL: nothing watched */
    void *data;
    uint32_t generation;
};

TAILQ_HEAD(loop_timers, loop_timer);
TAILQ_HEAD(loop_works, loop_work);

struct loop {
    int epoll;
    bool stopped;
    uint64_t turn;
    struct loop_timers timers;  /* soonest first */
    struct loop_works works;    /* those whose turn it is next, first */
    struct loop_watch *watches; /* owned, indexed by descriptor */
    int watch_count;
    loop_woken_fn *woken; /* NULL: nobody wants to know */
    void *woken_data;
    int64_t asleep_ms;     /* clock_asleep_ms() of the last look */
    int64_t wall_ahead_ms; /* clock_wall_ahead_ms(), likewise */
    int resume;            /* a timerfd that ends the wait when the clock on the wall is set;
                              -1: none could be had */
};

struct loop *loop_create(void)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    TAILQ_INIT(&loop->timers);
    TAILQ_INIT(&loop->works);
    loop->resume = -1;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0) {
        free(loop);
        return NULL;
    }
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->resume >= 0)
        close(loop->resume);
    close(loop->epoll);
    free(loop->watches);
    free(loop);
}

static int loop_watches_reach(struct loop *loop, int fd)
{
    if (fd < 0 || fd >= LOOP_FDS_MAX)
        return -EBADF;
    if (fd < loop->watch_count)
        return 0;
    int count = fd + 32;
    struct loop_watch *watches = reallocarray(loop->watches, (size_t)count, sizeof *watches);
    if (!watches)
        return -ENOMEM;
    memset(watches + loop->watch_count, 0,
           (size_t)(count - loop->watch_count) * sizeof *watches);
    loop->watches = watches;
    loop->watch_count = count;
    return 0;
}

int loop_fd_set(struct loop *loop, int fd, uint32_t events, loop_fd_fn *fn, void *data)
{
    int error = loop_watches_reach(loop, fd);
    if (error)
        return error;
    struct loop_watch *watch = &loop->watches[fd];
    bool known = watch->fn != NULL;
    uint32_t generation = known ? watch->generation : watch->generation + 1;
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)generation << 32 | (uint32_t)fd,
    };
    int failed = known ? epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) : -1;
    /* A descriptor that was closed without loop_fd_remove() has left epoll by itself, and its
     * number may be in use again. */
    if (failed && (!known || errno == ENOENT))
        failed = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
    if (failed)
        return -errno;
    *watch = (struct loop_watch){fn, data, generation};
    return 0;
}

void loop_fd_remove(struct loop *loop, int fd)
{
    if (fd < 0 || fd >= loop->watch_count || !loop->watches[fd].fn)
        return;
    loop->watches[fd].fn = NULL;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t delay_ms,
                      loop_timer_fn *fn, void *data)
{
    loop_timer_stop(timer);
    timer->loop = loop;
    timer->due = clock_ms() + (delay_ms > 0 ? delay_ms : 0);
    timer->turn = loop->turn;
    timer->fn = fn;
    timer->data = data;
    struct loop_timer *before = TAILQ_LAST(&loop->timers, loop_timers);
    while (before && before->due > timer->due)
        before = TAILQ_PREV(before, loop_timers, link);
    if (before)
        TAILQ_INSERT_AFTER(&loop->timers, before, timer, link);
    else
        TAILQ_INSERT_HEAD(&loop->timers, timer, link);
}

void loop_timer_stop(struct loop_timer *timer)
{
    if (!timer->loop)
        return;
    TAILQ_REMOVE(&timer->loop->timers, timer, link);
    timer->loop = NULL;
}

void loop_work_start(struct loop *loop, struct loop_work *work, loop_work_fn *step, void *data)
{
    if (work->loop)
        return;
    work->loop = loop;
    work->step = step;
    work->data = data;
    TAILQ_INSERT_TAIL(&loop->works, work, link);
}

void loop_work_stop(struct loop_work *work)
{
    if (!work->loop)
        return;
    TAILQ_REMOVE(&work->loop->works, work, link);
    work->loop = NULL;
}

/* -------- the sleep of the machine -------- */

static void loop_look_at_sleep(struct loop *loop)
{
    int64_t asleep_ms = clock_asleep_ms();
    int64_t slept_ms = asleep_ms - loop->asleep_ms;
    if (slept_ms <= 0)
        return;
    loop->asleep_ms = asleep_ms;
    if (slept_ms >= LOOP_SLEEP_MIN_MS)
        loop->woken(loop->woken_data, slept_ms, true);
}

/* The kernel cancels the timer whenever the clock on the wall is set, and so at each resume.
 * Return whether it runs. It does so too where it was cancelled once more meanwhile. */
static bool loop_arm_resume(const struct loop *loop)
{
    const struct itimerspec never = {.it_value.tv_sec = LOOP_NEVER_S};
    return timerfd_settime(loop->resume, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
                           NULL) == 0 ||
           errno == ECANCELED;
}

/* A sleep does not change how far the clock on the wall is ahead: clock_ms() goes on in it. */
static void loop_look_at_wall(struct loop *loop)
{
    int64_t before_ms = loop->wall_ahead_ms;
    loop->wall_ahead_ms = clock_wall_ahead_ms();
    int64_t set_ms = loop->wall_ahead_ms - before_ms;
    if (set_ms >= LOOP_SET_MIN_MS)
        loop->woken(loop->woken_data, set_ms, false);
}

/* The turn began with a look at the sleep. The timer is armed first: if the clock is set once
 * more from here on, this is called once more. */
static void loop_on_resume(void *data, int fd, uint32_t events)
{
    struct loop *loop = data;
    uint64_t count;
    (void)events;
    if (read(fd, &count, sizeof count) < 0 && !loop_arm_resume(loop))
        loop_fd_remove(loop, fd);
    loop_look_at_wall(loop);
}

void loop_on_woken(struct loop *loop, loop_woken_fn *woken, void *data)
{
    loop->woken = woken;
    loop->woken_data = data;
    loop->asleep_ms = clock_asleep_ms();
    loop->resume = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->resume >= 0 && loop_arm_resume(loop))
        loop_fd_set(loop, loop->resume, EPOLLIN, loop_on_resume, loop);
    loop->wall_ahead_ms = clock_wall_ahead_ms();
}

/* -------- turns -------- */

static int loop_wait_ms(const struct loop *loop, int64_t max_wait_ms)
{
    int64_t wait = max_wait_ms;
    const struct loop_timer *next = TAILQ_FIRST(&loop->timers);
    if (!TAILQ_EMPTY(&loop->works))
        return 0;
    if (next) {
        int64_t until = next->due - clock_ms();
        if (until < 0)
            until = 0;
        if (wait < 0 || until < wait)
            wait = until;
    }
    return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* A timer started in this turn waits for the next one, or two that start each other at once
 * would keep every descriptor from being served. */
static void loop_run_timers(struct loop *loop)
{
    int64_t now = clock_ms();
    struct loop_timer *timer;
    while ((timer = TAILQ_FIRST(&loop->timers))) {
        if (timer->due > now || timer->turn == loop->turn)
            return;
        loop_timer_stop(timer);
        timer->fn(timer->data);
    }
}

/* A work is stopped before its step runs, which may free it. */
static void loop_run_works(struct loop *loop)
{
    int64_t end = clock_us() + LOOP_WORK_US;
    struct loop_work *work;
    while ((work = TAILQ_FIRST(&loop->works))) {
        loop_work_stop(work);
        work->step(work->data);
        if (clock_us() >= end)
            return;
    }
}

int loop_turn(struct loop *loop, int64_t max_wait_ms)
{
    struct epoll_event events[LOOP_EVENTS_A_TURN];
    int count =
        epoll_wait(loop->epoll, events, LOOP_EVENTS_A_TURN, loop_wait_ms(loop, max_wait_ms));
    if (count < 0 && errno != EINTR)
        return -errno;
    loop->turn++;
    if (loop->woken)
        loop_look_at_sleep(loop);
    loop_run_timers(loop);
    for (int i = 0; i < count; i++) {
        int fd = (int)(uint32_t)events[i].data.u64;
        uint32_t generation = (uint32_t)(events[i].data.u64 >> 32);
        const struct loop_watch *watch = &loop->watches[fd];
        if (watch->fn && watch->generation == generation)
            watch->fn(watch->data, fd, events[i].events);
    }
    if (!TAILQ_EMPTY(&loop->works))
        loop_run_works(loop);
    return 0;
}

int loop_run(struct loop *loop)
{
    int error = 0;
    while (!loop->stopped && !error)
        error = loop_turn(loop, -1);
    loop->stopped = false;
    return error;
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
