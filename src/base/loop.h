/* Waits for descriptors, timers and work, and calls what is due. */
#ifndef QPFS_BASE_LOOP_H
#define QPFS_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* The one loop of the process. It calls everything else, on one thread, and nothing that it
 * calls may block. */
struct loop;

/* EVENTS: the EPOLL* bits that are ready on FD. */
typedef void loop_fd_fn(void *data, int fd, uint32_t events);
typedef void loop_timer_fn(void *data);
typedef void loop_work_fn(void *data);

/* Embedded in its owner and zeroed before first use. The owner stops the timer before it goes.
 * A timer that has fired is stopped. */
struct loop_timer {
    TAILQ_ENTRY(loop_timer) link;
    struct loop *loop; /* NULL while stopped */
    int64_t due;       /* clock_ms() */
    uint64_t turn;     /* the turn in which it was started */
    loop_timer_fn *fn;
    void *data;
};

/* Embedded in its owner and zeroed before first use. The owner stops the work before it goes.
 */
struct loop_work {
    TAILQ_ENTRY(loop_work) link;
    struct loop *loop; /* NULL while stopped */
    loop_work_fn *step;
    void *data;
};

/* Return NULL with errno set on an error. */
struct loop *loop_create(void);

/* The owners must have stopped timers and works, and removed descriptors. */
void loop_destroy(struct loop *loop);

/* Call FN when any of EVENTS (EPOLL* bits) is ready on FD, in place of what was called for FD
 * before. Return 0 or -errno. The descriptor stays the caller's. */
int loop_fd_set(struct loop *loop, int fd, uint32_t events, loop_fd_fn *fn, void *data);

/* Call nothing for FD any more. To be called before FD is closed; safe in a callback, for any
 * descriptor. */
void loop_fd_remove(struct loop *loop, int fd);

/* Call FN once, DELAY_MS milliseconds from now. A timer that runs starts anew. */
void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t delay_ms,
                      loop_timer_fn *fn, void *data);

void loop_timer_stop(struct loop_timer *timer);

/*
 * Call STEP once, in this turn or a later one; it starts its work again if there is more to do.
 * Work that takes long is cut into steps of a few tenths of a millisecond, so that nobody waits
 * for the whole. All works of the loop take turns, and together get about 1 ms a turn. Does
 * nothing if the work was started already.
 */
void loop_work_start(struct loop *loop, struct loop_work *work, loop_work_fn *step, void *data);

void loop_work_stop(struct loop_work *work);

/* Wait for the first event, at most MAX_WAIT_MS milliseconds (-1: as long as it takes; not at
 * all while there is work), and call what is due. Return 0 or -errno. */
int loop_turn(struct loop *loop, int64_t max_wait_ms);

/* The machine stood still for AWAY_MS. SLEPT: the kernel says so; else the clock on the wall
 * was set ahead by that. */
typedef void loop_woken_fn(void *data, int64_t away_ms, bool slept);

/*
 * Call WOKEN, before anything else that is due, when the machine has slept for a second or
 * more. There can be one of these. The end of the sleep ends the wait of the loop, where there
 * is a descriptor for that. Then WOKEN is also called when the clock on the wall was set ahead
 * by two seconds or more. A virtual machine that was paused from outside shows its pause by
 * nothing else.
 */
void loop_on_woken(struct loop *loop, loop_woken_fn *woken, void *data);

/* Turn until loop_stop(). Return 0 or -errno. */
int loop_run(struct loop *loop);

/* End loop_run() after this turn. */
void loop_stop(struct loop *loop);

#endif
