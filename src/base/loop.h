#ifndef QPFS_BASE_LOOP_H
#define QPFS_BASE_LOOP_H

#include <stdint.h>
#include <sys/queue.h>

/*
 * The one loop of the process: file descriptors, timers, and work in steps. Everything else is
 * called from it, on one thread, and nothing that is called may block.
 */
struct loop;

/* EVENTS: the EPOLL* bits that are ready. */
typedef void loop_fd_fn(void *data, uint32_t events);
typedef void loop_timer_fn(void *data);
typedef void loop_work_fn(void *data);

/*
 * Embedded in its owner and zeroed before first use. The owner stops a timer before it frees
 * it; a timer that has fired is stopped.
 */
struct loop_timer {
    TAILQ_ENTRY(loop_timer) link;
    struct loop *loop; /* NULL while stopped */
    int64_t due;       /* clock_ms() */
    uint64_t turn;     /* the turn in which it was started */
    loop_timer_fn *fn;
    void *data;
};

/* Embedded in its owner and zeroed before first use. The owner stops it before he frees it. */
struct loop_work {
    TAILQ_ENTRY(loop_work) link;
    struct loop *loop; /* NULL while stopped */
    loop_work_fn *step;
    void *data;
};

/* NULL with errno set. */
struct loop *loop_create(void);

/* Timers and works must have been stopped and descriptors removed by their owners. */
void loop_destroy(struct loop *loop);

/*
 * Calls FN when any of EVENTS (EPOLL* bits) is ready on FD; called again for the same FD it
 * replaces what was there. 0 or -errno. The descriptor stays the caller's.
 */
int loop_fd_set(struct loop *loop, int fd, uint32_t events, loop_fd_fn *fn, void *data);

/* To be called before the descriptor is closed. Safe inside a callback, for any descriptor. */
void loop_fd_remove(struct loop *loop, int fd);

/* Fires once, DELAY_MS milliseconds from now; starts anew if it was running. */
void loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t delay_ms,
                      loop_timer_fn *fn, void *data);

void loop_timer_stop(struct loop_timer *timer);

/*
 * What takes long is cut into steps, of a few tenths of a millisecond where it can be, so that
 * nobody waits for the whole. STEP is called once, in this turn or a later one, and starts its
 * work again if there is more to do. All works of the loop take turns, and together get about
 * 1 ms a turn. Does nothing if it was started already.
 */
void loop_work_start(struct loop *loop, struct loop_work *work, loop_work_fn *step, void *data);

void loop_work_stop(struct loop_work *work);

/*
 * One turn: waits for the first event, at most MAX_WAIT_MS milliseconds (-1: as long as it
 * takes; not at all while there is work), and runs what is due. 0 or -errno.
 */
int loop_turn(struct loop *loop, int64_t max_wait_ms);

/* Call FN in each turn before anything else that is due; NULL: nothing. One at a time. */
void loop_begin_turns(struct loop *loop, void (*fn)(void *data), void *data);

/* Turns until loop_stop(). 0 or -errno. */
int loop_run(struct loop *loop);

/* Ends loop_run() after the turn in which this is called. */
void loop_stop(struct loop *loop);

#endif
