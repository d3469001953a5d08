/* Notices that the machine has slept. */
#ifndef QPFS_BASE_SUSPEND_H
#define QPFS_BASE_SUSPEND_H

#include "base/loop.h"

struct suspend {
    struct loop *loop;
    int timer; /* a timerfd that ends the wait of the loop; -1: none could be had */
    int64_t asleep_ms;
    void (*woken)(void *data, int64_t slept_ms);
    void *data;
};

/* Call WOKEN, from the loop and before anything else, when the machine has slept for more than
 * a second. Only what is due anyway ends the wait where there is no descriptor for the timer.
 */
void suspend_init(struct suspend *suspend, struct loop *loop,
                  void (*woken)(void *data, int64_t slept_ms), void *data);

/* Take a zeroed one. */
void suspend_finish(struct suspend *suspend);

#endif
