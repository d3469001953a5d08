/* A thread that runs jobs. */
#include "unit.h"

#include <pthread.h>
#include <unistd.h>

#include "base/objects.h"
#include "base/worker.h"

static struct loop *loop;
static struct worker *worker;

struct task {
    bool ran, done;
    struct worker_job job;
    pthread_t ran_on;
    bool waits; /* until it is cancelled */
    struct task *then;
};

static void task_run(struct worker_job *job, const atomic_bool *cancelled)
{
    struct task *task = container_of(job, struct task, job);
    task->ran = true;
    task->ran_on = pthread_self();
    while (task->waits && !atomic_load(cancelled))
        usleep(1000);
}

static void task_done(struct worker_job *job)
{
    struct task *task = container_of(job, struct task, job);
    task->done = true;
    if (task->then)
        worker_add(worker, &task->then->job);
}

#define TASK ((struct task){.job = {.run = task_run, .done = task_done}})

static int set_up(void **state)
{
    (void)state;
    loop = loop_create();
    worker = loop ? worker_create(loop) : NULL;
    return worker ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    worker_destroy(worker);
    loop_destroy(loop);
    return 0;
}

static void run_until_idle(void)
{
    for (int i = 0; i < 100 && worker_busy(worker); i++)
        assert_int_equal(loop_turn(loop, 1000), 0);
    assert_int_equal(worker_busy(worker), 0);
}

TEST(worker_runs_a_job_on_a_thread_and_gives_it_back_on_the_loop)
{
    struct task task = TASK;
    worker_add(worker, &task.job);
    assert_int_equal(worker_busy(worker), 1);
    assert_false(task.done);
    run_until_idle();
    assert_true(task.ran && task.done);
    assert_false(pthread_equal(task.ran_on, pthread_self()));
}

TEST(worker_runs_many)
{
    static struct task tasks[200];
    for (size_t i = 0; i < LENGTH(tasks); i++) {
        tasks[i] = TASK;
        worker_add(worker, &tasks[i].job);
    }
    run_until_idle();
    for (size_t i = 0; i < LENGTH(tasks); i++)
        assert_true(tasks[i].ran && tasks[i].done);
}

TEST(worker_takes_a_job_from_one_that_is_given_back)
{
    struct task second = TASK, first = TASK;
    first.then = &second;
    worker_add(worker, &first.job);
    run_until_idle();
    assert_true(second.ran && second.done);
}

TEST(worker_gives_back_what_was_cancelled_before_it_ran)
{
    struct task first = TASK, second = TASK;
    first.waits = true;
    worker_add(worker, &first.job);
    worker_cancel(worker);
    worker_add(worker, &second.job);
    run_until_idle();
    assert_true(first.done && second.done);
    assert_false(second.ran);
}

#define WORKER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKER_TEST(worker_runs_a_job_on_a_thread_and_gives_it_back_on_the_loop),
        WORKER_TEST(worker_runs_many),
        WORKER_TEST(worker_takes_a_job_from_one_that_is_given_back),
        WORKER_TEST(worker_gives_back_what_was_cancelled_before_it_ran),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
