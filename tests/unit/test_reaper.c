/* Tests that much memory is given back in steps. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/loop.h"
#include "base/reaper.h"
#include "base/wipe.h"
#include "json/record.h"

/* One reference of each is the test's, so that it can see when the other goes. */
#define COUNT 100000

static struct record *kept[COUNT];

/* Each look at the clock takes a while, so that a turn of the loop ends before all is done. */
int64_t __wrap_clock_us(void);

int64_t __wrap_clock_us(void)
{
    static int64_t now;
    return now += 500;
}

static struct record **referenced(size_t count)
{
    struct record **records = calloc(count, sizeof(struct record *));
    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        records[i] = i % 7 == 6 ? NULL : record_ref(kept[i]);
    return records;
}

static size_t still_referenced(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        count += kept[i]->refs > 1;
    return count;
}

TEST(reaper_gives_back_at_once_without_a_loop)
{
    record_unref_all(referenced(COUNT), COUNT);
    assert_int_equal(still_referenced(), 0);
    assert_false(reaper_is_busy());
    record_unref_all(NULL, 0);
}

TEST(reaper_gives_back_some_a_turn)
{
    struct loop *loop = loop_create();
    reaper_init(loop);
    record_unref_all(referenced(COUNT), COUNT);
    record_unref_all(referenced(COUNT / 2), COUNT / 2);
    size_t before = still_referenced();
    assert_true(reaper_is_busy());
    while (reaper_is_busy()) {
        assert_int_equal(loop_turn(loop, -1), 0);
        size_t now = still_referenced();
        assert_true(now <= before);
        before = now;
    }
    assert_int_equal(before, 0);
    reaper_finish();
    loop_destroy(loop);
}

TEST(reaper_gives_back_an_arena_some_a_turn)
{
    struct loop *loop = loop_create();
    struct arena arena = {.last = NULL};
    unsigned turns = 0;
    for (size_t i = 0; i < COUNT; i++)
        assert_non_null(arena_take(&arena, 1000));
    reaper_init(loop);
    size_t before = wipe_freed();
    reaper_take_arena(&arena);
    assert_null(arena.last);
    assert_true(wipe_freed() - before < COUNT * 1000 / 2);
    for (; reaper_is_busy(); turns++)
        assert_int_equal(loop_turn(loop, -1), 0);
    assert_true(wipe_freed() - before > (size_t)COUNT * 1000);
    assert_true(turns > 4);
    reaper_finish();
    reaper_take_arena(&arena);
    loop_destroy(loop);
}

TEST(reaper_gives_back_a_few_at_once)
{
    struct loop *loop = loop_create();
    reaper_init(loop);
    record_unref_all(referenced(10), 10);
    assert_int_equal(still_referenced(), 0);
    assert_false(reaper_is_busy());
    reaper_finish();
    loop_destroy(loop);
}

TEST(reaper_gives_back_pages_in_some_turns)
{
    static const size_t size = (size_t)8 << 20;
    struct loop *loop = loop_create();
    reaper_take_pages(wipe_take_pages(size), size);
    assert_false(reaper_is_busy());
    reaper_init(loop);
    for (int i = 0; i < 2; i++) {
        struct record *large = record_allocate(1, size);
        memset(large->bytes, 'x', size);
        record_unref(large);
    }
    unsigned turns = 0;
    while (reaper_is_busy()) {
        assert_int_equal(loop_turn(loop, -1), 0);
        turns++;
    }
    assert_true(turns > 2);
    reaper_finish();
    loop_destroy(loop);
}

/* COUNT records, in pages with room for all of them. */
static struct record **paged(size_t count)
{
    struct record **from = referenced(count);
    struct record **records = wipe_take_pages(COUNT * sizeof *records);
    assert_non_null(records);
    memcpy(records, from, count * sizeof *records);
    free(from);
    return records;
}

TEST(reaper_gives_back_pages_after_what_lies_in_them)
{
    struct loop *loop = loop_create();
    record_unref_paged(paged(COUNT), COUNT, COUNT);
    assert_int_equal(still_referenced(), 0);
    reaper_init(loop);
    struct record **records = paged(COUNT);
    record_unref_paged(records, COUNT, COUNT);
    assert_true(still_referenced() > 0);
    while (reaper_is_busy())
        assert_int_equal(loop_turn(loop, -1), 0);
    assert_int_equal(still_referenced(), 0);
    unsigned char resident;
    assert_int_equal(mincore(records, 1, &resident), -1);
    record_unref_paged(wipe_take_pages(1), 1, 0);
    assert_false(reaper_is_busy());
    reaper_finish();
    loop_destroy(loop);
}

TEST(reaper_gives_back_the_rest_at_its_end)
{
    struct loop *loop = loop_create();
    reaper_init(loop);
    record_unref_all(referenced(COUNT), COUNT);
    assert_true(still_referenced() > 0);
    record_unref(record_allocate(1, RECORD_LARGE));
    reaper_finish();
    assert_false(reaper_is_busy());
    assert_int_equal(still_referenced(), 0);
    loop_destroy(loop);
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        kept[i] = record_create(i + 1, 0, "x", 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        record_unref(kept[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaper_gives_back_at_once_without_a_loop),
        cmocka_unit_test(reaper_gives_back_some_a_turn),
        cmocka_unit_test(reaper_gives_back_an_arena_some_a_turn),
        cmocka_unit_test(reaper_gives_back_a_few_at_once),
        cmocka_unit_test(reaper_gives_back_pages_after_what_lies_in_them),
        cmocka_unit_test(reaper_gives_back_the_rest_at_its_end),
        cmocka_unit_test(reaper_gives_back_pages_in_some_turns),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
