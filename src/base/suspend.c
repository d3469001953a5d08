/* Notices that the machine has slept. */
#include "base/suspend.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

/* Clocks are looked at one after the other, and rounded. */
#define SUSPEND_MIN_MS 1000

/* No clock comes so far while this program runs, with times of 32 bits either. */
#define SUSPEND_NEVER_S ((time_t)(sizeof(time_t) > 4 ? INT64_C(1) << 40 : INT32_MAX))

static void suspend_look(void *data)
{
    struct suspend *suspend = data;
    int64_t asleep_ms = clock_asleep_ms();
    int64_t slept_ms = asleep_ms - suspend->asleep_ms;
    if (slept_ms <= 0)
        return;
    suspend->asleep_ms = asleep_ms;
    if (slept_ms >= SUSPEND_MIN_MS)
        suspend->woken(suspend->data, slept_ms);
}

/* The kernel cancels the timer whenever the clock on the wall is set, and so at each resume.
 * Return whether it runs. */
static bool suspend_arm(const struct suspend *suspend)
{
    const struct itimerspec never = {.it_value.tv_sec = SUSPEND_NEVER_S};
    return timerfd_settime(suspend->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
                           NULL) == 0;
}

/* The turn began with a look. */
static void suspend_on_timer(void *data, uint32_t events)
{
    const struct suspend *suspend = data;
    uint64_t count;
    (void)events;
    if (read(suspend->timer, &count, sizeof count) < 0 && !suspend_arm(suspend))
        loop_fd_remove(suspend->loop, suspend->timer);
}

void suspend_init(struct suspend *suspend, struct loop *loop,
                  void (*woken)(void *data, int64_t slept_ms), void *data)
{
    *suspend = (struct suspend){
        .loop = loop,
        .timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK),
        .asleep_ms = clock_asleep_ms(),
        .woken = woken,
        .data = data,
    };
    loop_begin_turns(loop, suspend_look, suspend);
    if (suspend->timer >= 0 && suspend_arm(suspend))
        loop_fd_set(loop, suspend->timer, EPOLLIN, suspend_on_timer, suspend);
}

void suspend_finish(struct suspend *suspend)
{
    if (!suspend->loop)
        return;
    loop_begin_turns(suspend->loop, NULL, NULL);
    if (suspend->timer >= 0) {
        loop_fd_remove(suspend->loop, suspend->timer);
        close(suspend->timer);
    }
}
