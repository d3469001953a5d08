/* Tests data that is made of a whole snapshot, on first use, for all who want it. */
#include "unit.h"

#include <errno.h>

#include "base/loop.h"
#include "cache/snapshot.h"

#define STEPS 5

/* Counts to STEPS. */
struct counting {
    struct derived derived;
    int steps;
};

static int step_error;
static unsigned finished;
static int idle_steps;

static int counting_step(struct derived *derived)
{
    struct counting *counting = (struct counting *)derived;
    if (++counting->steps < STEPS)
        return 1;
    return step_error;
}

static void counting_finish(struct derived *derived)
{
    (void)derived;
    finished++;
}

static bool counting_is_idle(const struct derived *derived)
{
    return ((const struct counting *)derived)->steps == idle_steps;
}

static void counting_carry(struct derived *fresh, const struct derived *old)
{
    ((struct counting *)fresh)->steps = ((const struct counting *)old)->steps;
}

static const struct derived_kind counting = {
    .size = sizeof(struct counting),
    .step = counting_step,
    .finish = counting_finish,
    .is_idle = counting_is_idle,
    .carry = counting_carry,
};

struct wanter {
    struct derived_waiter waiter; /* first: its address is the wanter's */
    unsigned calls;
    int error;
};

static struct loop *loop;
static struct snapshot *snapshot;
static struct wanter first, second;

static void on_made(struct derived_waiter *waiter, int error)
{
    struct wanter *wanter = (struct wanter *)waiter;
    wanter->calls++;
    wanter->error = error;
}

static void want(struct wanter *wanter)
{
    wanter->waiter.made = on_made;
    assert_int_equal(derived_wait(loop, snapshot, &counting, &wanter->waiter), 0);
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

TEST(derived_is_made_once_for_all_who_want_it)
{
    want(&first);
    want(&second);
    assert_null(derived_find(snapshot, &counting));
    run();
    assert_int_equal(first.calls + second.calls, 2);
    assert_int_equal(first.error, 0);
    const struct counting *made = (struct counting *)derived_find(snapshot, &counting);
    assert_int_equal(made->steps, STEPS);
    assert_int_equal(finished, 0);
}

TEST(derived_goes_with_its_snapshot)
{
    want(&first);
    run();
    snapshot_unref(snapshot);
    assert_int_equal(finished, 1);
    snapshot = NULL;
}

TEST(derived_holds_its_snapshot_while_it_is_made)
{
    want(&first);
    snapshot_unref(snapshot);
    run();
    assert_int_equal(first.calls, 1);
    assert_int_equal(finished, 1);
    snapshot = NULL;
}

TEST(derived_that_failed_is_made_anew)
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
    assert_non_null(derived_find(snapshot, &counting));
}

TEST(derived_ends_with_the_last_who_wanted_it)
{
    want(&first);
    want(&second);
    derived_waiter_cancel(&first.waiter, true);
    assert_int_equal(finished, 0);
    derived_waiter_cancel(&second.waiter, true);
    assert_int_equal(finished, 1);
    derived_waiter_cancel(&second.waiter, true);
    run();
    assert_int_equal(first.calls + second.calls, 0);
}

TEST(derived_goes_on_without_those_who_only_ran_out_of_time)
{
    want(&first);
    derived_waiter_cancel(&first.waiter, false);
    assert_int_equal(finished, 0);
    run();
    assert_int_equal(first.calls, 0);
    assert_non_null(derived_find(snapshot, &counting));
}

TEST(derived_for_nobody_ends_with_the_use_of_its_snapshot)
{
    want(&first);
    derived_waiter_cancel(&first.waiter, false);
    snapshot_end_derived(snapshot);
    assert_int_equal(finished, 1);
    want(&first);
    snapshot_end_derived(snapshot);
    run();
    assert_int_equal(first.calls, 1);
    assert_non_null(derived_find(snapshot, &counting));
    snapshot_end_derived(snapshot);
    snapshot_end_derived(NULL);
    assert_non_null(derived_find(snapshot, &counting));
}

TEST(derived_goes_when_it_was_idle_at_two_sweeps)
{
    want(&first);
    snapshot_sweep_derived(snapshot);
    run();
    idle_steps = STEPS;
    snapshot_sweep_derived(snapshot);
    assert_non_null(derived_find(snapshot, &counting));
    idle_steps = 0;
    snapshot_sweep_derived(snapshot);
    idle_steps = STEPS;
    snapshot_sweep_derived(snapshot);
    assert_non_null(derived_find(snapshot, &counting));
    snapshot_sweep_derived(snapshot);
    assert_null(derived_find(snapshot, &counting));
    assert_int_equal(finished, 1);
}

static struct snapshot *snapshot_of(struct record *record)
{
    struct record **records = calloc(1, sizeof(struct record *));
    assert_non_null(records);
    records[0] = record_ref(record);
    return snapshot_create(records, 1, 0, 0);
}

TEST(derived_is_carried_to_a_snapshot_of_the_same_records)
{
    struct record *one = record_create(1, 0, "1", 1), *other = record_create(1, 0, "2", 1);
    snapshot_unref(snapshot);
    snapshot = snapshot_of(one);
    want(&first);
    struct snapshot *same = snapshot_of(one), *changed = snapshot_of(other);
    snapshot_carry_derived(same, snapshot);
    assert_null(derived_find(same, &counting));
    run();
    snapshot_carry_derived(same, snapshot);
    snapshot_carry_derived(same, NULL);
    snapshot_carry_derived(changed, snapshot);
    const struct counting *carried = (struct counting *)derived_find(same, &counting);
    assert_non_null(carried);
    assert_int_equal(carried->steps, STEPS);
    assert_null(derived_find(changed, &counting));
    assert_non_null(derived_find(snapshot, &counting));
    snapshot_unref(same);
    snapshot_unref(changed);
    record_unref(one);
    record_unref(other);
    assert_int_equal(finished, 1);
}

#define DERIVED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DERIVED_TEST(derived_is_made_once_for_all_who_want_it),
        DERIVED_TEST(derived_goes_with_its_snapshot),
        DERIVED_TEST(derived_holds_its_snapshot_while_it_is_made),
        DERIVED_TEST(derived_that_failed_is_made_anew),
        DERIVED_TEST(derived_ends_with_the_last_who_wanted_it),
        DERIVED_TEST(derived_goes_on_without_those_who_only_ran_out_of_time),
        DERIVED_TEST(derived_for_nobody_ends_with_the_use_of_its_snapshot),
        DERIVED_TEST(derived_goes_when_it_was_idle_at_two_sweeps),
        DERIVED_TEST(derived_is_carried_to_a_snapshot_of_the_same_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
