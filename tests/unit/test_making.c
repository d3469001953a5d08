/* Tests data that is made of a whole snapshot, on first use, for all who want it. */
#include "unit.h"

#include <errno.h>

#include "base/loop.h"
#include "cache/snapshot.h"

#define STEPS 5

/* Counts to STEPS. */
struct counting {
    struct making making;
    int steps;
};

static int step_error;
static unsigned finished;
static int idle_steps;

static int counting_step(struct making *making)
{
    struct counting *counting = (struct counting *)making;
    if (++counting->steps < STEPS)
        return 1;
    return step_error;
}

static void counting_finish(struct making *making)
{
    (void)making;
    finished++;
}

static bool counting_is_idle(const struct making *making)
{
    return ((const struct counting *)making)->steps == idle_steps;
}

static void counting_carry(struct making *fresh, const struct making *old)
{
    ((struct counting *)fresh)->steps = ((const struct counting *)old)->steps;
}

static const struct making_kind counting = {
    .size = sizeof(struct counting),
    .step = counting_step,
    .finish = counting_finish,
    .is_idle = counting_is_idle,
    .carry = counting_carry,
};

struct wanter {
    struct making_waiter waiter; /* first: its address is the wanter's */
    unsigned calls;
    int error;
};

static struct loop *loop;
static struct snapshot *snapshot;
static struct wanter first, second;

static void on_made(struct making_waiter *waiter, int error)
{
    struct wanter *wanter = (struct wanter *)waiter;
    wanter->calls++;
    wanter->error = error;
}

static void want(struct wanter *wanter)
{
    wanter->waiter.made = on_made;
    assert_int_equal(making_wait(loop, snapshot, &counting, &wanter->waiter), 0);
}

static int set_up(void **state)
{
    (void)state;
    loop = loop_create();
    snapshot = snapshot_create(calloc(1, sizeof(struct record *)), 0, 0, 0);
    first = second = (struct wanter){.calls = 0};
    step_error = 0;
    finished = 0;
    idle_steps = 0;
    return loop && snapshot ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_unref(snapshot);
    loop_destroy(loop);
    return 0;
}

static void run(void)
{
    for (int i = 0; i < 2 * STEPS; i++)
        assert_int_equal(loop_turn(loop, 0), 0);
}

TEST(making_is_made_once_for_all_who_want_it)
{
    want(&first);
    want(&second);
    assert_null(making_find(snapshot, &counting));
    run();
    assert_int_equal(first.calls + second.calls, 2);
    assert_int_equal(first.error, 0);
    const struct counting *made = (struct counting *)making_find(snapshot, &counting);
    assert_int_equal(made->steps, STEPS);
    assert_int_equal(finished, 0);
}

TEST(making_goes_with_its_snapshot)
{
    want(&first);
    run();
    snapshot_unref(snapshot);
    assert_int_equal(finished, 1);
    snapshot = NULL;
}

TEST(making_holds_its_snapshot_while_it_is_made)
{
    want(&first);
    snapshot_unref(snapshot);
    run();
    assert_int_equal(first.calls, 1);
    assert_int_equal(finished, 1);
    snapshot = NULL;
}

TEST(making_that_failed_is_made_anew)
{
    step_error = -ENOMEM;
    want(&first);
    want(&second);
    run();
    assert_int_equal(first.error, -ENOMEM);
    assert_int_equal(second.error, -ENOMEM);
    assert_int_equal(finished, 1);
    step_error = 0;
    want(&first);
    run();
    assert_int_equal(first.error, 0);
    assert_non_null(making_find(snapshot, &counting));
}

TEST(making_ends_with_the_last_who_wanted_it)
{
    want(&first);
    want(&second);
    making_waiter_cancel(&first.waiter, true);
    assert_int_equal(finished, 0);
    making_waiter_cancel(&second.waiter, true);
    assert_int_equal(finished, 1);
    making_waiter_cancel(&second.waiter, true);
    run();
    assert_int_equal(first.calls + second.calls, 0);
}

TEST(making_can_be_let_go)
{
    want(&first);
    run();
    making_drop(making_find(snapshot, &counting));
    assert_null(making_find(snapshot, &counting));
    assert_int_equal(finished, 1);
}

TEST(making_goes_on_without_those_who_only_ran_out_of_time)
{
    want(&first);
    making_waiter_cancel(&first.waiter, false);
    assert_int_equal(finished, 0);
    run();
    assert_int_equal(first.calls, 0);
    assert_non_null(making_find(snapshot, &counting));
}

TEST(making_for_nobody_ends_with_the_use_of_its_snapshot)
{
    want(&first);
    making_waiter_cancel(&first.waiter, false);
    makings_end(snapshot);
    assert_int_equal(finished, 1);
    want(&first);
    makings_end(snapshot);
    run();
    assert_int_equal(first.calls, 1);
    assert_non_null(making_find(snapshot, &counting));
    makings_end(snapshot);
    makings_end(NULL);
    assert_non_null(making_find(snapshot, &counting));
}

TEST(making_goes_when_it_was_idle_at_two_sweeps)
{
    want(&first);
    makings_sweep(snapshot);
    run();
    idle_steps = STEPS;
    makings_sweep(snapshot);
    assert_non_null(making_find(snapshot, &counting));
    idle_steps = 0;
    makings_sweep(snapshot);
    idle_steps = STEPS;
    makings_sweep(snapshot);
    assert_non_null(making_find(snapshot, &counting));
    makings_sweep(snapshot);
    assert_null(making_find(snapshot, &counting));
    assert_int_equal(finished, 1);
}

static struct snapshot *snapshot_of(struct record *record)
{
    struct record **records = calloc(1, sizeof(struct record *));
    assert_non_null(records);
    records[0] = record_ref(record);
    return snapshot_create(records, 1, 0, 0);
}

TEST(making_is_carried_to_a_snapshot_of_the_same_records)
{
    struct record *one = record_create(1, 0, "1", 1), *other = record_create(1, 0, "2", 1);
    snapshot_unref(snapshot);
    snapshot = snapshot_of(one);
    want(&first);
    struct snapshot *same = snapshot_of(one), *changed = snapshot_of(other);
    makings_carry(same, snapshot);
    assert_null(making_find(same, &counting));
    run();
    makings_carry(same, snapshot);
    makings_carry(same, NULL);
    makings_carry(changed, snapshot);
    const struct counting *carried = (struct counting *)making_find(same, &counting);
    assert_non_null(carried);
    assert_int_equal(carried->steps, STEPS);
    assert_null(making_find(changed, &counting));
    assert_non_null(making_find(snapshot, &counting));
    snapshot_unref(same);
    snapshot_unref(changed);
    record_unref(one);
    record_unref(other);
    assert_int_equal(finished, 1);
}

#define MAKING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAKING_TEST(making_is_made_once_for_all_who_want_it),
        MAKING_TEST(making_goes_with_its_snapshot),
        MAKING_TEST(making_holds_its_snapshot_while_it_is_made),
        MAKING_TEST(making_that_failed_is_made_anew),
        MAKING_TEST(making_ends_with_the_last_who_wanted_it),
        MAKING_TEST(making_can_be_let_go),
        MAKING_TEST(making_goes_on_without_those_who_only_ran_out_of_time),
        MAKING_TEST(making_for_nobody_ends_with_the_use_of_its_snapshot),
        MAKING_TEST(making_goes_when_it_was_idle_at_two_sweeps),
        MAKING_TEST(making_is_carried_to_a_snapshot_of_the_same_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
