/* Tests when the kernel may read names that it keeps, beside a model of the kernel. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "fuse/kept_names.h"

static struct kept_names names;
static const struct kept_marks none;

static int set_up(void **state)
{
    (void)state;
    names = (struct kept_names){.handles = 0};
    return 0;
}

/* -------- the rules, one by one -------- */

TEST(kept_names_are_kept_once_the_open_that_dropped_others_is_through)
{
    struct kept_handle first = {0}, second = {0}, third = {0};
    assert_int_equal(kept_names_open(&names, &first, 7, true), KEPT_NAMES_ANEW);
    assert_int_equal(kept_names_open(&names, &second, 7, true), KEPT_NAMES_NONE);
    kept_names_came(&names, &first);
    assert_int_equal(kept_names_open(&names, &third, 7, true), KEPT_NAMES_KEEP);
}

TEST(kept_names_of_one_snapshot_are_not_read_by_another)
{
    struct kept_handle first = {0}, second = {0}, third = {0};
    kept_names_open(&names, &first, 7, true);
    kept_names_came(&names, &first);
    assert_int_equal(kept_names_open(&names, &second, 8, true), KEPT_NAMES_NONE);
    kept_names_close(&names, &second);
    kept_names_close(&names, &first);
    assert_int_equal(kept_names_open(&names, &third, 8, true), KEPT_NAMES_ANEW);
    assert_int_not_equal(third.mark, first.mark);
}

TEST(kept_names_are_not_read_where_the_kernel_would_look_each_one_up)
{
    struct kept_handle first = {0}, second = {0};
    kept_names_open(&names, &first, 7, true);
    kept_names_came(&names, &first);
    assert_int_equal(kept_names_open(&names, &second, 7, false), KEPT_NAMES_NONE);
    assert_int_equal(second.mark, 0);
}

TEST(kept_names_are_left_alone_while_readers_of_two_snapshots_are_at_them)
{
    struct kept_handle first = {0}, second = {0}, third = {0};
    kept_names_open(&names, &first, 7, true);
    kept_names_came(&names, &first);
    kept_names_open(&names, &second, 7, true);
    assert_int_equal(kept_names_rewind(&names, &second, 8, &none), 0);
    assert_int_not_equal(second.mark, first.mark);
    assert_int_equal(kept_names_open(&names, &third, 8, true), KEPT_NAMES_NONE);
    assert_int_equal(kept_names_open(&names, &third, 7, true), KEPT_NAMES_NONE);
    kept_names_close(&names, &first);
    assert_int_equal(kept_names_open(&names, &third, 8, true), KEPT_NAMES_NONE);
    kept_names_close(&names, &second);
    assert_int_equal(kept_names_open(&names, &third, 8, true), KEPT_NAMES_ANEW);
}

/* Its own open dropped what was older than the snapshot before. */
TEST(kept_names_are_not_vouched_for_by_a_handle_that_was_rewound)
{
    struct kept_handle first = {0}, second = {0};
    kept_names_open(&names, &first, 7, true);
    kept_names_came(&names, &first);
    kept_names_rewind(&names, &first, 8, &none);
    kept_names_came(&names, &first);
    assert_int_equal(kept_names_open(&names, &second, 8, true), KEPT_NAMES_NONE);
}

TEST(kept_names_never_have_one_mark_for_two_snapshots)
{
    struct kept_handle still = {0}, rewound = {0};
    uint32_t snapshot = 1;
    kept_names_open(&names, &still, snapshot, true);
    kept_names_came(&names, &still);
    kept_names_open(&names, &rewound, snapshot, true);
    while (snapshot < 1000) {
        struct kept_marks in_use = {.count = 0};
        kept_marks_add(&in_use, &still);
        kept_marks_add(&in_use, &rewound);
        assert_int_equal(kept_names_rewind(&names, &rewound, ++snapshot, &in_use), 0);
        assert_int_not_equal(rewound.mark, still.mark);
    }
}

TEST(kept_names_end_with_an_error_where_too_many_snapshots_are_read)
{
    struct kept_handle handles[40] = {{0}};
    struct kept_marks in_use = {.count = 0};
    uint32_t snapshot = 1;
    for (int i = 0; i < 40; i++) {
        kept_names_open(&names, &handles[i], snapshot, true);
        kept_names_came(&names, &handles[i]);
    }
    kept_marks_add(&in_use, &handles[39]);
    for (int i = 0; i < 32; i++) {
        assert_int_equal(kept_names_rewind(&names, &handles[i], ++snapshot, &in_use), 0);
        kept_marks_add(&in_use, &handles[i]);
    }
    assert_int_equal(in_use.count, 33);
    assert_int_equal(kept_names_rewind(&names, &handles[32], ++snapshot, &in_use), -ESTALE);
}

/* The kernel would go on with a list that was read halfway. */
TEST(kept_names_are_recalled_before_a_mark_comes_again)
{
    struct kept_handle handle = {0};
    uint32_t snapshot = 1, used[128] = {0}, recalled = 0;
    kept_names_open(&names, &handle, snapshot, true);
    kept_names_came(&names, &handle);
    while (snapshot < 1000) {
        used[handle.mark] = snapshot;
        assert_int_equal(kept_names_rewind(&names, &handle, ++snapshot, &none), 0);
        assert_true(used[handle.mark] == 0 || used[handle.mark] < recalled);
        if (kept_names_take_end(&names))
            recalled = snapshot;
    }
}

TEST(kept_names_fill_pages)
{
    assert_int_equal(kept_names_grow(0, ".", 128), 32);
    assert_int_equal(kept_names_grow(32, "12345678", 128), 64);
    assert_int_equal(kept_names_grow(64, "123456789", 128), 104);
    assert_int_equal(kept_names_grow(104, "1", 128), 160);
    assert_int_equal(kept_names_grow(96, "1", 128), 128);
    assert_int_equal(kept_names_grow(128, "1", 128), 160);
}

TEST(kept_names_offsets_have_31_bits)
{
    struct kept_handle handle = {.mark = 127};
    off_t offset = kept_names_offset(&handle, KEPT_NAMES_MAX + 2);
    assert_true(offset <= INT32_MAX);
    assert_int_equal(kept_names_index(&handle, offset), KEPT_NAMES_MAX + 2);
    assert_int_equal(kept_names_offset(&handle, 0), 0);
    handle.mark = 0;
    assert_int_equal(kept_names_offset(&handle, (int64_t)1 << 40), (int64_t)1 << 40);
    assert_int_equal(kept_names_index(&handle, (off_t)1 << 40), (int64_t)1 << 40);
}

/* -------- beside a model of the kernel -------- */

/* What Linux does in fs/fuse/readdir.c and fuse_dir_open(), one name a request. All snapshots
 * have the names 0 to NAMES - 1. They do not fill the last page: see kept_names_grow(). */
#define NAMES   7
#define PAGE    2 /* names on a page of the kernel's list */
#define READERS 5
#define ROUNDS  2000
#define STEPS   10000

struct kernel {
    bool complete;
    off_t end; /* the offset behind the last name */
    int count;
    off_t offsets[NAMES];         /* behind each */
    uint32_t snapshots[NAMES];    /* that gave it */
    bool pages[NAMES / PAGE + 1]; /* are still there */
};

enum reader_state { CLOSED, OPENING, OPEN, ASKING, ANSWERED, FAILED };

struct reader {
    enum reader_state state;
    enum kept_names_way way;
    struct kept_handle handle;
    uint32_t snapshot, opened;
    off_t at;
    int next;      /* the name that should come next */
    uint32_t from; /* the snapshot that gave the first name; 0: none was given */
    int64_t index; /* of the answer */
    bool rewound, began;
};

static struct kernel kernel;
static struct reader readers[READERS];
static uint32_t shown; /* the number of the snapshot that is shown */
static bool recall;    /* is on its way */
static unsigned kept_reads, late_reads;
static unsigned seed;

static unsigned noise(unsigned below)
{
    return (unsigned)rand_r(&seed) % below;
}

static void kernel_drop_pages(void)
{
    memset(kernel.pages, 0, sizeof kernel.pages);
}

static void kernel_reset(void)
{
    kernel.complete = false;
    kernel.end = 0;
    kernel.count = 0;
}

static void kernel_add(off_t at, off_t behind, uint32_t snapshot)
{
    int place = kernel.count;
    if (kernel.complete || at != kernel.end)
        return;
    if (place % PAGE == 0)
        kernel.pages[place / PAGE] = true;
    else if (!kernel.pages[place / PAGE])
        return;
    assert_true(place < NAMES);
    kernel.offsets[place] = behind;
    kernel.snapshots[place] = snapshot;
    kernel.count++;
    kernel.end = behind;
}

/* All that a reader gets from one beginning to the end is of one snapshot, and that is no older
 * than its open. */
static void reader_gets(struct reader *reader, int64_t name, uint32_t snapshot)
{
    assert_int_equal(name, reader->next);
    if (!reader->from)
        reader->from = snapshot;
    assert_int_equal(snapshot, reader->from);
    assert_true(snapshot >= reader->opened);
    reader->next++;
}

/* READER has read names of another snapshot from what the kernel keeps. Return whether it can
 * go on in that. */
static bool reader_follows(struct reader *reader)
{
    for (int i = 0; i < READERS; i++) {
        struct reader *other = &readers[i];
        if (other->state != CLOSED && other->handle.mark &&
            kept_names_is_of(&other->handle, reader->at)) {
            reader->handle = other->handle;
            reader->snapshot = other->snapshot;
            return true;
        }
    }
    return false;
}

static struct kept_marks reader_marks(void)
{
    struct kept_marks marks = {.count = 0};
    for (int i = 0; i < READERS; i++) {
        if (readers[i].state != CLOSED)
            kept_marks_add(&marks, &readers[i].handle);
    }
    return marks;
}

/* qpfs answers. A reader that is rewound goes on with what is shown now. */
static void reader_is_answered(struct reader *reader)
{
    kept_names_came(&names, &reader->handle);
    if (reader->handle.mark && !kept_names_is_of(&reader->handle, reader->at) &&
        !reader_follows(reader)) {
        reader->state = FAILED;
        return;
    }
    if (reader->at == 0 && reader->began && reader->snapshot != shown) { /* rewound, perhaps */
        reader->rewound = true;
        const struct kept_marks in_use = reader_marks();
        assert_int_equal(kept_names_rewind(&names, &reader->handle, shown, &in_use), 0);
        reader->snapshot = shown;
        recall = kept_names_take_end(&names) || recall;
    }
    reader->began = true;
    reader->index = kept_names_index(&reader->handle, reader->at);
    if (reader->index == NAMES)
        kept_names_end(&names, &reader->handle);
    reader->state = ANSWERED;
}

/* The kernel has the answer. What is over is recalled a second later. */
static void reader_takes(struct reader *reader)
{
    reader->state = OPEN;
    if (reader->handle.mark && reader->snapshot != shown)
        recall = kept_names_take_end(&names) || recall;
    if (reader->index == NAMES) {
        assert_int_equal(reader->next, NAMES);
        kernel.complete |= reader->way != KEPT_NAMES_NONE && kernel.end == reader->at;
        return;
    }
    off_t behind = kept_names_offset(&reader->handle, reader->index + 1);
    if (reader->way != KEPT_NAMES_NONE)
        kernel_add(reader->at, behind, reader->snapshot);
    reader_gets(reader, reader->index, reader->snapshot);
    reader->at = behind;
}

/* Return whether the kernel reads from what it keeps. */
static bool reader_finds(struct reader *reader)
{
    off_t at = 0;
    if (reader->way == KEPT_NAMES_NONE || !kernel.complete)
        return false;
    for (int place = 0; place < kernel.count; place++) {
        if (!kernel.pages[place / PAGE]) {
            kernel_reset();
            return false;
        }
        if (at == reader->at) {
            late_reads += at == 0 && kernel.snapshots[place] != shown;
            assert_true(at > 0 || !reader->rewound || kernel.snapshots[place] == shown ||
                        recall);
            reader_gets(reader, place, kernel.snapshots[place]);
            reader->at = kernel.offsets[place];
            kept_reads++;
            return true;
        }
        at = kernel.offsets[place];
    }
    if (at == reader->at)
        assert_int_equal(reader->next, NAMES);
    return at == reader->at;
}

static void reader_close(struct reader *reader)
{
    kept_names_came(&names, &reader->handle);
    kept_names_close(&names, &reader->handle);
    reader->state = CLOSED;
}

static void reader_step(struct reader *reader)
{
    switch (reader->state) {
    case CLOSED:
        *reader = (struct reader){.state = OPENING, .snapshot = shown, .opened = shown};
        reader->way = kept_names_open(&names, &reader->handle, shown, noise(8) > 0);
        reader->began = reader->way != KEPT_NAMES_NONE;
        break;
    case OPENING:
        if (reader->way == KEPT_NAMES_ANEW)
            kernel_drop_pages();
        reader->state = OPEN;
        break;
    case OPEN:
        if (!reader_finds(reader))
            reader->state = ASKING;
        break;
    case ASKING:
        reader_is_answered(reader);
        break;
    case ANSWERED:
        reader_takes(reader);
        break;
    case FAILED:
        reader_close(reader);
        break;
    }
}

static void reader_rewind(struct reader *reader)
{
    reader->at = 0;
    reader->from = 0;
    reader->rewound = reader->rewound || reader->next > 0;
    reader->next = 0;
}

/* PATIENCE: one in so many turns to something else before it has come to the end. */
static void reader_may(struct reader *reader, unsigned what, unsigned patience)
{
    bool through = reader->next == NAMES || noise(patience) == 0;
    if (reader->state != OPEN || what > 3 || !through)
        reader_step(reader);
    else if (what < 2)
        reader_rewind(reader);
    else
        reader_close(reader);
}

/* The directory is forgotten: the kernel's inode goes with what it keeps, and so does ours. */
static void forget_if_closed(void)
{
    for (int i = 0; i < READERS; i++) {
        if (readers[i].state != CLOSED)
            return;
    }
    kernel_drop_pages();
    kernel_reset();
    names = (struct kept_names){.handles = 0};
}

/* Every so often, one in: */
struct habits {
    unsigned another, drop, recall, forget, move, open, patience;
};

static void live(const struct habits *habits)
{
    int awake_at[READERS] = {0}; /* each reader sleeps now and then */
    memset(readers, 0, sizeof readers);
    forget_if_closed();
    for (int i = 0; i < STEPS; i++) {
        if (noise(habits->another) == 0) {
            shown++;
            recall = recall || (names.handles > 0 && kept_names_take_end(&names));
        }
        if ((recall && noise(habits->recall) == 0) || noise(habits->drop) == 0) {
            kernel_drop_pages();
            recall = false;
        }
        if (noise(habits->forget) == 0)
            forget_if_closed();
        unsigned which = noise(READERS);
        struct reader *reader = &readers[which];
        if (noise(60) == 0)
            awake_at[which] = i + (int)noise(400);
        if (i >= awake_at[which] && (reader->state != CLOSED || noise(habits->open) == 0))
            reader_may(reader, noise(habits->move), habits->patience);
    }
}

static unsigned one_of(unsigned a, unsigned b, unsigned c)
{
    const unsigned all[] = {a, b, c};
    return all[noise(3)];
}

TEST(kept_names_are_always_those_of_one_snapshot)
{
    shown = 1;
    seed = 1;
    for (int i = 0; i < ROUNDS; i++) {
        const struct habits habits = {
            .another = one_of(100, 500, 3000),
            .drop = one_of(500, 5000, 90000),
            .recall = one_of(10, 300, 3000),
            .forget = one_of(1, 50, 5000),
            .move = one_of(10, 30, 90),
            .open = one_of(3, 30, 100),
            .patience = one_of(1, 100, 1000),
        };
        live(&habits);
    }
    assert_true(kept_reads > 50000);
    assert_true(late_reads > 0);
}

#define KEPT_NAMES_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT_NAMES_TEST(kept_names_are_kept_once_the_open_that_dropped_others_is_through),
        KEPT_NAMES_TEST(kept_names_of_one_snapshot_are_not_read_by_another),
        KEPT_NAMES_TEST(kept_names_are_not_read_where_the_kernel_would_look_each_one_up),
        KEPT_NAMES_TEST(kept_names_are_left_alone_while_readers_of_two_snapshots_are_at_them),
        KEPT_NAMES_TEST(kept_names_are_not_vouched_for_by_a_handle_that_was_rewound),
        KEPT_NAMES_TEST(kept_names_never_have_one_mark_for_two_snapshots),
        KEPT_NAMES_TEST(kept_names_end_with_an_error_where_too_many_snapshots_are_read),
        KEPT_NAMES_TEST(kept_names_are_recalled_before_a_mark_comes_again),
        KEPT_NAMES_TEST(kept_names_fill_pages),
        KEPT_NAMES_TEST(kept_names_offsets_have_31_bits),
        KEPT_NAMES_TEST(kept_names_are_always_those_of_one_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
