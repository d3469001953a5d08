/* Stands in for the work of the loop: a step runs at once, or when the test says so. */
#include "fake_work.h"

#include <stddef.h>

#include "base/loop.h"

void __wrap_loop_work_start(struct loop *loop, struct loop_work *work, loop_work_fn *step,
                            void *data);
void __wrap_loop_work_stop(struct loop_work *work);

static TAILQ_HEAD(, loop_work) works_held = TAILQ_HEAD_INITIALIZER(works_held);
static bool work_hold;

/* What a work of no loop has for one while it is held. */
#define WORK_LOOP ((struct loop *)&works_held)

void __wrap_loop_work_start(struct loop *loop, struct loop_work *work, loop_work_fn *step,
                            void *data)
{
    (void)loop;
    if (!work_hold) {
        step(data);
        return;
    }
    if (work->loop)
        return;
    work->loop = WORK_LOOP;
    work->step = step;
    work->data = data;
    TAILQ_INSERT_TAIL(&works_held, work, link);
}

void __wrap_loop_work_stop(struct loop_work *work)
{
    if (!work->loop)
        return;
    TAILQ_REMOVE(&works_held, work, link);
    work->loop = NULL;
}

void fake_work_hold(bool hold)
{
    work_hold = hold;
}

bool fake_work_step(void)
{
    struct loop_work *work = TAILQ_FIRST(&works_held);
    if (!work)
        return false;
    __wrap_loop_work_stop(work);
    work->step(work->data);
    return true;
}
