/* Tests how a program that reads files one after the other is noticed. */
#include "unit.h"

#include <stdio.h>

#include "fuse/stream.h"

static struct streams streams;

static int set_up(void **state)
{
    (void)state;
    streams = (struct streams){.reads = 0};
    return 0;
}

/* What a mount does: reads go through if nothing was stored, windows are stored at once. */
struct row {
    bool stored[4096];
    size_t count;
    unsigned reads, windows;
};

static void row_store(struct row *row, struct stream *stream)
{
    size_t from = stream_from(stream), end = from + stream_count(stream);
    if (end > row->count)
        end = row->count;
    if (end == from)
        return;
    stream_begin(stream, end);
    for (size_t i = from; i < end; i++)
        row->stored[i] = row->stored[i] || i != stream->marker;
    row->windows++;
    assert_false(stream_finish(stream));
}

static void row_read(struct row *row, size_t rank)
{
    if (row->stored[rank])
        return;
    row->stored[rank] = true;
    row->reads++;
    struct stream *stream = streams_read(&streams, rank);
    if (stream)
        row_store(row, stream);
}

TEST(stream_is_none_of_a_single_read_or_of_two)
{
    assert_null(streams_read(&streams, 10));
    assert_null(streams_read(&streams, 11));
}

TEST(stream_is_none_of_one_file_read_again_and_again)
{
    for (int i = 0; i < 100; i++)
        assert_null(streams_read(&streams, 10));
}

TEST(stream_is_none_of_reads_here_and_there)
{
    for (size_t i = 0; i < 1000; i++)
        assert_null(streams_read(&streams, i * 7919 % 100003));
}

TEST(stream_begins_with_the_third_read_in_a_row)
{
    streams_read(&streams, 10);
    streams_read(&streams, 11);
    struct stream *stream = streams_read(&streams, 12);
    assert_non_null(stream);
    assert_int_equal(stream_from(stream), 13);
    assert_int_equal(stream_count(stream), STREAM_WINDOW_MIN);
}

TEST(stream_along_a_row_is_hardly_seen)
{
    struct row row = {.count = LENGTH(row.stored)};
    for (size_t i = 0; i < row.count; i++)
        row_read(&row, i);
    assert_between(row.windows, 4, 20);
    assert_between(row.reads, 4, 3 + 2 * row.windows);
}

TEST(stream_grows_to_its_largest_window)
{
    struct row row = {.count = LENGTH(row.stored)};
    size_t largest = 0;
    for (size_t i = 0; i < row.count; i++) {
        row_read(&row, i);
        if (streams.streams[0].window > largest)
            largest = streams.streams[0].window;
    }
    assert_int_equal(largest, STREAM_WINDOW_MAX);
}

/* Two readers who take turns, as those of ripgrep do. */
TEST(stream_of_several_readers_is_one)
{
    struct row row = {.count = LENGTH(row.stored)};
    for (size_t i = 0; i + 1 < row.count; i += 2) {
        row_read(&row, i + 1);
        row_read(&row, i);
    }
    assert_between(row.reads, 4, row.count / 20);
}

static int compare_names(const void *a, const void *b)
{
    char x[24], y[24];
    snprintf(x, sizeof x, "%zu.json", *(const size_t *)a);
    snprintf(y, sizeof y, "%zu.json", *(const size_t *)b);
    return strcmp(x, y);
}

/* 0.json, 1.json, 10.json, 100.json, 1000.json, 1001.json, … */
TEST(stream_by_names_is_seen_among_numbers)
{
    struct row row = {.count = LENGTH(row.stored)};
    size_t order[LENGTH(row.stored)];
    for (size_t i = 0; i < row.count; i++)
        order[i] = i;
    qsort(order, row.count, sizeof *order, compare_names);
    for (size_t i = 0; i < row.count; i++)
        row_read(&row, order[i]);
    assert_between(row.reads, 4, row.count / 10);
}

TEST(stream_waits_for_its_window_and_goes_on_if_it_was_overtaken)
{
    for (size_t i = 0; i < 2; i++)
        assert_null(streams_read(&streams, i));
    struct stream *stream = streams_read(&streams, 2);
    stream_begin(stream, 19);
    for (size_t i = 3; i < 19; i++)
        assert_null(streams_read(&streams, i));
    assert_true(stream_finish(stream));
    assert_int_equal(stream_from(stream), 19);
    assert_int_equal(stream_count(stream), 2 * STREAM_WINDOW_MIN);
}

/* Each file is asked for although it was stored. */
TEST(stream_is_left_alone_when_nothing_is_kept)
{
    size_t stored = 0;
    for (size_t i = 0; i < 4096; i++) {
        struct stream *stream = streams_read(&streams, i);
        if (!stream)
            continue;
        stored += stream_count(stream);
        stream_begin(stream, stream_from(stream) + stream_count(stream));
        stream_finish(stream);
    }
    assert_between(stored, 1, 4096 / 8);
}

#define STREAM_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(stream_is_none_of_a_single_read_or_of_two),
        STREAM_TEST(stream_is_none_of_one_file_read_again_and_again),
        STREAM_TEST(stream_is_none_of_reads_here_and_there),
        STREAM_TEST(stream_begins_with_the_third_read_in_a_row),
        STREAM_TEST(stream_along_a_row_is_hardly_seen),
        STREAM_TEST(stream_grows_to_its_largest_window),
        STREAM_TEST(stream_of_several_readers_is_one),
        STREAM_TEST(stream_by_names_is_seen_among_numbers),
        STREAM_TEST(stream_waits_for_its_window_and_goes_on_if_it_was_overtaken),
        STREAM_TEST(stream_is_left_alone_when_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
