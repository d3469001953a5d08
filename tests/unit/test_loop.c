/* Tests the loop: timers, descriptors, works in steps, a machine that stood still. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"

/* Letters are appended by callbacks, in the order in which they run. */
static char order[64];

struct step {
    struct loop *loop;
    struct loop_timer timer;
    char letter;
    struct loop_timer *stops;  /* stopped by the callback */
    int removes;               /* removed by it; 0: none */
    bool restarts, stops_loop; /* likewise */
    int fd;                    /* read end of a pipe */
    int write_fd;
};

static void note(char letter)
{
    size_t size = strlen(order);
    if (size + 1 < sizeof order)
        order[size] = letter;
}

static void on_timer(void *data)
{
    struct step *step = data;
    note(step->letter);
    if (step->stops)
        loop_timer_stop(step->stops);
    if (step->restarts)
        loop_timer_start(step->loop, &step->timer, 0, on_timer, step);
    if (step->stops_loop)
        loop_stop(step->loop);
}

static void on_ready(void *data, int fd, uint32_t events)
{
    struct step *step = data;
    char byte;
    note(step->letter);
    assert_true(events & EPOLLIN);
    assert_int_equal(fd, step->fd);
    assert_int_equal(read(fd, &byte, 1), 1);
    if (step->removes)
        loop_fd_remove(step->loop, step->removes);
    if (step->stops_loop)
        loop_stop(step->loop);
}

static void start(struct step *step, struct loop *loop, char letter, int64_t delay)
{
    step->loop = loop;
    step->letter = letter;
    loop_timer_start(loop, &step->timer, delay, on_timer, step);
}

/* A pipe with a byte in it. */
static void open_ready(struct step *step, struct loop *loop, char letter)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    step->loop = loop;
    step->letter = letter;
    step->fd = fds[0];
    step->write_fd = fds[1];
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(loop_fd_set(loop, fds[0], EPOLLIN, on_ready, step), 0);
}

static void close_ready(struct step *step)
{
    loop_fd_remove(step->loop, step->fd);
    close(step->fd);
    close(step->write_fd);
}

static int set_up(void **state)
{
    memset(order, 0, sizeof order);
    *state = loop_create();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    loop_destroy(*state);
    return 0;
}

static void turns(struct loop *loop, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(loop_turn(loop, 5), 0);
}

TEST(loop_fires_timers_in_order_of_time)
{
    struct step a = {0}, b = {0}, c = {0};
    start(&a, *state, 'a', 6);
    start(&b, *state, 'b', 1);
    start(&c, *state, 'c', 3);
    turns(*state, 8);
    assert_string_equal(order, "bca");
}

TEST(loop_fires_equal_times_in_order_of_start)
{
    struct step steps[5] = {{0}};
    for (int i = 0; i < 5; i++)
        start(&steps[i], *state, (char)('a' + i), 0);
    turns(*state, 5);
    assert_string_equal(order, "abcde");
}

TEST(loop_fires_a_timer_once_and_no_sooner)
{
    struct step a = {0};
    int64_t began = clock_ms();
    start(&a, *state, 'a', 10);
    while (!*order)
        assert_int_equal(loop_turn(*state, -1), 0);
    assert_true(clock_ms() - began >= 10);
    assert_null(a.timer.loop);
    turns(*state, 3);
    assert_string_equal(order, "a");
}

TEST(loop_starts_a_running_timer_anew)
{
    struct step a = {0}, b = {0};
    start(&a, *state, 'a', 0);
    start(&b, *state, 'b', 2);
    start(&a, *state, 'a', 4);
    turns(*state, 6);
    assert_string_equal(order, "ba");
}

TEST(loop_runs_no_stopped_timer)
{
    struct step a = {0}, b = {0};
    start(&a, *state, 'a', 0);
    start(&b, *state, 'b', 0);
    loop_timer_stop(&a.timer);
    loop_timer_stop(&a.timer);
    turns(*state, 3);
    assert_string_equal(order, "b");
}

TEST(loop_lets_a_callback_stop_another_due_timer)
{
    struct step a = {0}, b = {0}, c = {0};
    start(&a, *state, 'a', 0);
    start(&b, *state, 'b', 0);
    start(&c, *state, 'c', 0);
    a.stops = &b.timer;
    turns(*state, 3);
    assert_string_equal(order, "ac");
}

TEST(loop_serves_descriptors_beside_a_timer_that_restarts_itself)
{
    struct step timer = {.restarts = true}, fd = {0};
    start(&timer, *state, 't', 0);
    open_ready(&fd, *state, 'f');
    turns(*state, 3);
    loop_timer_stop(&timer.timer);
    assert_string_equal(order, "tftt");
    close_ready(&fd);
}

TEST(loop_goes_on_when_its_only_timer_was_a_one_shot)
{
    struct step a = {0};
    start(&a, *state, 'a', 0);
    turns(*state, 1);
    assert_string_equal(order, "a");
    int64_t began = clock_ms();
    assert_int_equal(loop_turn(*state, 20), 0);
    assert_true(clock_ms() - began >= 15); /* it waits, and does not spin */
    assert_string_equal(order, "a");
}

TEST(loop_does_not_call_a_ready_descriptor_that_was_just_removed)
{
    struct step a = {0}, b = {0};
    open_ready(&a, *state, 'a');
    open_ready(&b, *state, 'b');
    a.removes = b.fd;
    b.removes = a.fd;
    turns(*state, 2);
    assert_int_equal(strlen(order), 1); /* whichever was first */
    close_ready(&a);
    close_ready(&b);
}

/* Takes the number of the other descriptor for a pipe of its own that is not ready. */
static struct step *reused_by[2];

static void on_ready_reuse(void *data, int fd, uint32_t events)
{
    struct step *step = data;
    struct step *other = reused_by[0] == step ? reused_by[1] : reused_by[0];
    on_ready(step, fd, events);
    int fds[2];
    loop_fd_remove(step->loop, other->fd);
    close(other->fd);
    assert_int_equal(pipe(fds), 0);
    dup2(fds[0], other->fd);
    if (fds[0] != other->fd)
        close(fds[0]);
    close(other->write_fd);
    other->write_fd = fds[1];
    other->letter = '!';
    loop_fd_set(step->loop, other->fd, EPOLLIN, on_ready, other);
}

TEST(loop_does_not_give_old_events_to_a_new_descriptor_of_the_same_number)
{
    struct step a = {0}, b = {0};
    open_ready(&a, *state, 'a');
    open_ready(&b, *state, 'b');
    reused_by[0] = &a;
    reused_by[1] = &b;
    loop_fd_set(*state, a.fd, EPOLLIN, on_ready_reuse, &a);
    loop_fd_set(*state, b.fd, EPOLLIN, on_ready_reuse, &b);
    turns(*state, 2);
    assert_int_equal(strlen(order), 1);
    assert_null(strchr(order, '!'));
    close_ready(&a);
    close_ready(&b);
}

TEST(loop_watches_a_number_that_was_closed_without_being_removed)
{
    struct step a = {0}, b = {0};
    open_ready(&a, *state, 'a');
    close(a.fd);
    close(a.write_fd);
    open_ready(&b, *state, 'b');
    assert_int_equal(a.fd, b.fd);
    turns(*state, 1);
    assert_string_equal(order, "b");
    close_ready(&b);
}

TEST(loop_replaces_what_a_descriptor_calls)
{
    struct step a = {0}, b = {0};
    open_ready(&a, *state, 'a');
    b = a;
    b.letter = 'b';
    assert_int_equal(loop_fd_set(*state, a.fd, EPOLLIN, on_ready, &b), 0);
    turns(*state, 2);
    assert_string_equal(order, "b");
    close_ready(&a);
}

TEST(loop_says_why_a_descriptor_cannot_be_watched)
{
    struct step a = {0};
    assert_int_equal(loop_fd_set(*state, -1, EPOLLIN, on_ready, &a), -EBADF);
    assert_int_equal(loop_fd_set(*state, 900, EPOLLIN, on_ready, &a), -EBADF);
    loop_fd_remove(*state, -1);
    loop_fd_remove(*state, 900);
    loop_fd_remove(*state, 1000000);
}

TEST(loop_run_ends_after_loop_stop_and_can_run_again)
{
    struct step a = {.stops_loop = true}, b = {.stops_loop = true};
    start(&a, *state, 'a', 0);
    assert_int_equal(loop_run(*state), 0);
    start(&b, *state, 'b', 1);
    assert_int_equal(loop_run(*state), 0);
    assert_string_equal(order, "ab");
}

TEST(loop_destroy_takes_null)
{
    loop_destroy(NULL);
    assert_non_null(*state);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* -------- work -------- */

struct job {
    struct loop *loop;
    struct loop_work work;
    struct loop_work *stops;
    unsigned left, done;
    int64_t step_us; /* how long each step takes */
};

static void on_step(void *data)
{
    struct job *job = data;
    int64_t end = clock_us() + job->step_us;
    job->done++;
    if (job->stops)
        loop_work_stop(job->stops);
    if (--job->left > 0)
        loop_work_start(job->loop, &job->work, on_step, job);
    while (clock_us() < end)
        continue;
}

static void begin(struct job *job)
{
    loop_work_start(job->loop, &job->work, on_step, job);
}

TEST(loop_runs_many_short_steps_in_a_turn)
{
    struct loop *loop = *state;
    struct job job = {.loop = loop, .left = 3};
    begin(&job);
    begin(&job);
    assert_int_equal(loop_turn(loop, -1), 0);
    assert_int_equal(job.done, 3);
    assert_int_equal(loop_turn(loop, 0), 0);
    assert_int_equal(job.done, 3);
}

/* Each step takes longer than all works may in a turn. */
TEST(loop_ends_a_turn_after_a_long_step_and_lets_works_take_turns)
{
    struct loop *loop = *state;
    struct job a = {.loop = loop, .left = 9, .step_us = 2500};
    struct job b = {.loop = loop, .left = 9, .step_us = 2500};
    begin(&a);
    begin(&b);
    for (unsigned turn = 1; turn <= 6; turn++) {
        assert_int_equal(loop_turn(loop, -1), 0);
        assert_int_equal(a.done, (turn + 1) / 2);
        assert_int_equal(b.done, turn / 2);
    }
    loop_work_stop(&a.work);
    loop_work_stop(&b.work);
}

TEST(loop_serves_timers_and_descriptors_between_steps)
{
    struct loop *loop = *state;
    struct job job = {.loop = loop, .left = 100, .step_us = 2500};
    struct step timer = {0}, fd = {0};
    begin(&job);
    open_ready(&fd, loop, 'f');
    start(&timer, loop, 't', 0);
    assert_int_equal(loop_turn(loop, -1), 0);
    assert_string_equal(order, "tf");
    assert_int_equal(job.done, 1);
    loop_work_stop(&job.work);
    close_ready(&fd);
}

TEST(loop_lets_a_step_stop_another_work)
{
    struct loop *loop = *state;
    struct job a = {.loop = loop, .left = 1}, b = {.loop = loop, .left = 1};
    a.stops = &b.work;
    begin(&a);
    begin(&b);
    assert_int_equal(loop_turn(loop, -1), 0);
    assert_int_equal(a.done, 1);
    assert_int_equal(b.done, 0);
    loop_work_stop(&b.work);
}

/* -------- a machine that stood still -------- */

static int64_t asleep_ms, wall_ahead_ms = 1000000;
static int resume_fd; /* of the loop: ready when the clock on the wall was set */
static char woken_how[64];

int64_t __wrap_clock_asleep_ms(void);
int64_t __wrap_clock_wall_ahead_ms(void);
int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags);

int64_t __wrap_clock_asleep_ms(void)
{
    return asleep_ms;
}

int64_t __wrap_clock_wall_ahead_ms(void)
{
    return wall_ahead_ms;
}

int __wrap_timerfd_create(int clock, int flags)
{
    resume_fd = __real_timerfd_create(clock, flags);
    return resume_fd;
}

static void on_woken(void *data, int64_t away_ms, bool slept)
{
    assert_null(data);
    snprintf(woken_how, sizeof woken_how, "%s %d", slept ? "slept" : "set", (int)away_ms);
}

static const char *woken_in_a_turn(struct loop *loop, int64_t max_wait_ms)
{
    strcpy(woken_how, "not woken");
    assert_int_equal(loop_turn(loop, max_wait_ms), 0);
    return woken_how;
}

/* As the kernel tells it, but that it cancels the timer in place of having it come due. */
static const char *set_clock_ahead(struct loop *loop, int64_t by_ms)
{
    const struct itimerspec soon = {.it_value.tv_nsec = 1};
    wall_ahead_ms += by_ms;
    assert_int_equal(timerfd_settime(resume_fd, TFD_TIMER_ABSTIME, &soon, NULL), 0);
    return woken_in_a_turn(loop, -1);
}

TEST(loop_tells_of_a_sleep_of_a_second)
{
    struct loop *loop = *state;
    loop_on_woken(loop, on_woken, NULL);
    asleep_ms += 999;
    assert_string_equal(woken_in_a_turn(loop, 0), "not woken");
    asleep_ms += 1000;
    assert_string_equal(woken_in_a_turn(loop, 0), "slept 1000");
    assert_string_equal(woken_in_a_turn(loop, 0), "not woken");
}

TEST(loop_tells_when_the_clock_on_the_wall_was_set_ahead_by_two_seconds)
{
    struct loop *loop = *state;
    loop_on_woken(loop, on_woken, NULL);
    assert_string_equal(set_clock_ahead(loop, 1999), "not woken");
    assert_string_equal(set_clock_ahead(loop, 1999), "not woken");
    assert_string_equal(set_clock_ahead(loop, 2000), "set 2000");
    assert_string_equal(set_clock_ahead(loop, 0), "not woken");
}

TEST(loop_tells_nothing_when_the_clock_on_the_wall_was_set_back)
{
    struct loop *loop = *state;
    loop_on_woken(loop, on_woken, NULL);
    assert_string_equal(set_clock_ahead(loop, -3600000), "not woken");
    assert_string_equal(set_clock_ahead(loop, 3600000), "set 3600000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(loop_fires_timers_in_order_of_time),
        LOOP_TEST(loop_fires_equal_times_in_order_of_start),
        LOOP_TEST(loop_fires_a_timer_once_and_no_sooner),
        LOOP_TEST(loop_starts_a_running_timer_anew),
        LOOP_TEST(loop_runs_no_stopped_timer),
        LOOP_TEST(loop_lets_a_callback_stop_another_due_timer),
        LOOP_TEST(loop_serves_descriptors_beside_a_timer_that_restarts_itself),
        LOOP_TEST(loop_goes_on_when_its_only_timer_was_a_one_shot),
        LOOP_TEST(loop_does_not_call_a_ready_descriptor_that_was_just_removed),
        LOOP_TEST(loop_does_not_give_old_events_to_a_new_descriptor_of_the_same_number),
        LOOP_TEST(loop_watches_a_number_that_was_closed_without_being_removed),
        LOOP_TEST(loop_replaces_what_a_descriptor_calls),
        LOOP_TEST(loop_says_why_a_descriptor_cannot_be_watched),
        LOOP_TEST(loop_run_ends_after_loop_stop_and_can_run_again),
        LOOP_TEST(loop_destroy_takes_null),
        LOOP_TEST(loop_runs_many_short_steps_in_a_turn),
        LOOP_TEST(loop_ends_a_turn_after_a_long_step_and_lets_works_take_turns),
        LOOP_TEST(loop_serves_timers_and_descriptors_between_steps),
        LOOP_TEST(loop_lets_a_step_stop_another_work),
        LOOP_TEST(loop_tells_of_a_sleep_of_a_second),
        LOOP_TEST(loop_tells_when_the_clock_on_the_wall_was_set_ahead_by_two_seconds),
        LOOP_TEST(loop_tells_nothing_when_the_clock_on_the_wall_was_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
