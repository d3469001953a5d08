/* Tests how a program that reads files one after the other is noticed. */
#include "unit.h"

#include <stdio.h>

#include "fuse/active_dir.h"

static struct trails trails;

static int set_up(void **state)
{
    (void)state;
    trails = (struct trails){.reads = 0};
    return 0;
}

/* What a mount does: reads go through if nothing was stored, windows are stored at once. */
struct files {
    bool stored[4096];
    size_t count;
    unsigned reads, windows;
};

static void files_store(struct files *files, struct trail *trail)
{
    size_t from = trail_from(trail), end = from + trail_count(trail);
    if (end > files->count)
        end = files->count;
    if (end == from)
        return;
    trail_begin(trail, end);
    for (size_t i = from; i < end; i++)
        files->stored[i] = files->stored[i] || i != trail->marker;
    files->windows++;
    assert_false(trail_finish(trail));
}

static void files_read(struct files *files, size_t rank)
{
    if (files->stored[rank])
        return;
    files->stored[rank] = true;
    files->reads++;
    struct trail *trail = trails_read(&trails, rank);
    if (trail)
        files_store(files, trail);
}

TEST(trail_is_none_of_a_single_read_or_of_two)
{
    assert_null(trails_read(&trails, 10));
    assert_null(trails_read(&trails, 11));
}

TEST(trail_is_none_of_one_file_read_again_and_again)
{
    for (int i = 0; i < 100; i++)
        assert_null(trails_read(&trails, 10));
}

TEST(trail_is_none_of_reads_here_and_there)
{
    for (size_t i = 0; i < 1000; i++)
        assert_null(trails_read(&trails, i * 7919 % 100003));
}

TEST(trail_begins_with_the_third_read_in_a_row)
{
    trails_read(&trails, 10);
    trails_read(&trails, 11);
    struct trail *trail = trails_read(&trails, 12);
    assert_non_null(trail);
    assert_int_equal(trail_from(trail), 13);
    assert_int_equal(trail_count(trail), TRAIL_WINDOW_MIN);
}

TEST(trail_along_a_row_is_hardly_seen)
{
    struct files files = {.count = LENGTH(files.stored)};
    for (size_t i = 0; i < files.count; i++)
        files_read(&files, i);
    assert_between(files.windows, 4, 20);
    assert_between(files.reads, 4, 3 + 2 * files.windows);
}

TEST(trail_grows_to_its_largest_window)
{
    struct files files = {.count = LENGTH(files.stored)};
    size_t largest = 0;
    for (size_t i = 0; i < files.count; i++) {
        files_read(&files, i);
        if (trails.trails[0].window > largest)
            largest = trails.trails[0].window;
    }
    assert_int_equal(largest, TRAIL_WINDOW_MAX);
}

/* Two readers who take turns, as those of ripgrep do. */
TEST(trail_of_several_readers_is_one)
{
    struct files files = {.count = LENGTH(files.stored)};
    for (size_t i = 0; i + 1 < files.count; i += 2) {
        files_read(&files, i + 1);
        files_read(&files, i);
    }
    assert_between(files.reads, 4, files.count / 20);
}

static int compare_names(const void *a, const void *b)
{
    char x[24], y[24];
    snprintf(x, sizeof x, "%zu.json", *(const size_t *)a);
    snprintf(y, sizeof y, "%zu.json", *(const size_t *)b);
    return strcmp(x, y);
}

/* 0.json, 1.json, 10.json, 100.json, 1000.json, 1001.json, … */
TEST(trail_by_names_is_seen_among_numbers)
{
    struct files files = {.count = LENGTH(files.stored)};
    size_t order[LENGTH(files.stored)];
    for (size_t i = 0; i < files.count; i++)
        order[i] = i;
    qsort(order, files.count, sizeof *order, compare_names);
    for (size_t i = 0; i < files.count; i++)
        files_read(&files, order[i]);
    assert_between(files.reads, 4, files.count / 10);
}

TEST(trail_waits_for_its_window_and_goes_on_if_it_was_overtaken)
{
    for (size_t i = 0; i < 2; i++)
        assert_null(trails_read(&trails, i));
    struct trail *trail = trails_read(&trails, 2);
    trail_begin(trail, 19);
    for (size_t i = 3; i < 19; i++)
        assert_null(trails_read(&trails, i));
    assert_true(trail_finish(trail));
    assert_int_equal(trail_from(trail), 19);
    assert_int_equal(trail_count(trail), 2 * TRAIL_WINDOW_MIN);
}

/* Each file is asked for although it was stored. */
TEST(trail_is_left_alone_when_nothing_is_kept)
{
    size_t stored = 0;
    for (size_t i = 0; i < 4096; i++) {
        struct trail *trail = trails_read(&trails, i);
        if (!trail)
            continue;
        stored += trail_count(trail);
        trail_begin(trail, trail_from(trail) + trail_count(trail));
        trail_finish(trail);
    }
    assert_between(stored, 1, 4096 / 8);
}

#define TRAIL_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAIL_TEST(trail_is_none_of_a_single_read_or_of_two),
        TRAIL_TEST(trail_is_none_of_one_file_read_again_and_again),
        TRAIL_TEST(trail_is_none_of_reads_here_and_there),
        TRAIL_TEST(trail_begins_with_the_third_read_in_a_row),
        TRAIL_TEST(trail_along_a_row_is_hardly_seen),
        TRAIL_TEST(trail_grows_to_its_largest_window),
        TRAIL_TEST(trail_of_several_readers_is_one),
        TRAIL_TEST(trail_by_names_is_seen_among_numbers),
        TRAIL_TEST(trail_waits_for_its_window_and_goes_on_if_it_was_overtaken),
        TRAIL_TEST(trail_is_left_alone_when_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
