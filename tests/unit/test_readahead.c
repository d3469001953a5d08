/* Tests which files are stored in the kernel's cache ahead of a reader. */
#include "unit.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache/listing.h"
#include "fuse/node.h"
#include "fuse/readahead.h"

#define COUNT 200

static struct fs fs;
static struct listing listing;
static struct dir dir;
static struct record *records[COUNT];
static struct readahead *ahead;

/* What the worker's thread did: read only when it is not busy. */
static bool stored[COUNT + 1];
static size_t store_calls;
static int store_error;
static bool pressure;
static bool without_worker; /* there can be no thread */
static int64_t now;

int __wrap_fuse_lowlevel_notify_store(struct fuse_session *fuse, fuse_ino_t ino, off_t offset,
                                      struct fuse_bufvec *bytes,
                                      enum fuse_buf_copy_flags flags);
bool __wrap_pressure_is_high(void);
int64_t __wrap_clock_ms(void);
struct worker *__wrap_worker_create(struct loop *loop);
struct worker *__real_worker_create(struct loop *loop);

int __wrap_fuse_lowlevel_notify_store(struct fuse_session *fuse, fuse_ino_t ino, off_t offset,
                                      struct fuse_bufvec *bytes, enum fuse_buf_copy_flags flags)
{
    const struct record *record = node_record(ino);
    (void)fuse;
    store_calls++;
    if (store_error)
        return store_error;
    assert_int_equal(flags, FUSE_BUF_NO_SPLICE);
    assert_int_equal(offset, 0);
    assert_int_equal(fuse_buf_size(bytes), record->size);
    assert_ptr_equal(bytes->buf[0].mem, record->bytes);
    stored[record->id] = true;
    return 0;
}

bool __wrap_pressure_is_high(void)
{
    return pressure;
}

int64_t __wrap_clock_ms(void)
{
    return now;
}

struct worker *__wrap_worker_create(struct loop *loop)
{
    return without_worker ? NULL : __real_worker_create(loop);
}

static struct snapshot *make_snapshot(void)
{
    struct record **list = calloc(COUNT, sizeof(struct record *));
    for (size_t i = 0; i < COUNT; i++)
        list[i] = record_ref(records[i]);
    return snapshot_create(list, COUNT, 0, 0);
}

static int set_up(void **state)
{
    const struct fs_options options = {.uid = 0};
    (void)state;
    memset(stored, 0, sizeof stored);
    store_calls = 0;
    store_error = 0;
    pressure = without_worker = false;
    now += 100000;
    fs_init(&fs, loop_create(), NULL, &options);
    listing = (struct listing){.holding.family.kind = INO_USER_FILE};
    dir = (struct dir){.listing = &listing};
    for (size_t i = 0; i < COUNT; i++) {
        records[i] = record_create(i + 1, MTIME_DEFAULT_DAY, "{}\n", 3);
        records[i]->ino = ino_make(INO_USER_FILE, 0, 0, i + 1);
        records[i]->lookups = 1;
    }
    listing.holding.snapshot = make_snapshot();
    ahead = readahead_create(&fs);
    readahead_opened(ahead, &dir);
    return 0;
}

static void settle(void)
{
    while (fs.worker && worker_busy(fs.worker) > 0)
        assert_int_equal(loop_turn(fs.loop, 1000), 0);
}

static int tear_down(void **state)
{
    (void)state;
    settle();
    readahead_destroy(ahead);
    worker_destroy(fs.worker);
    assert_int_equal(dir.uses, 0);
    snapshot_unref(listing.holding.snapshot);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(records[i]->refs, 1);
        record_unref(records[i]);
    }
    loop_destroy(fs.loop);
    return 0;
}

/* Reads files FROM to TO, as a walk of which nothing was stored. */
static void walk(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        readahead_read(ahead, records[i]);
    settle();
}

TEST(readahead_stores_what_comes_next)
{
    walk(0, 3);
    assert_false(stored[3]);
    for (size_t id = 4; id < 4 + 16; id++)
        assert_int_equal(stored[id], id != 12); /* the one by which the walk is seen */
    assert_false(stored[20]);
    assert_int_equal(fs.counts.stored, 15);
}

TEST(readahead_stores_nothing_before_the_third_read)
{
    walk(0, 2);
    assert_int_equal(store_calls, 0);
}

TEST(readahead_stores_nothing_of_a_directory_that_nobody_opened)
{
    for (size_t i = 0; i < COUNT; i++)
        records[i]->ino = ino_make(INO_USER_FILE, 0, 7, i + 1);
    walk(0, COUNT);
    assert_int_equal(store_calls, 0);
}

/* The text of a CSV may look like a member without an end, where a record never does. Here it
 * ends with its page, and the next one may not be touched. */
TEST(readahead_does_not_read_a_file_that_was_made_as_a_record)
{
    static const char csv[] = "a\r\n\"x12345\n  \"\r\n";
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = sizeof csv - 1;
    char *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    struct record *made = (struct record *)(void *)(pages + page - sizeof *made - size);
    *made = (struct record){.ino = 2, .refs = 1, .size = (uint32_t)size};
    memcpy(made->bytes, csv, size);
    listing.holding.family.department_member = "departmentID";
    readahead_read(ahead, made);
    settle();
    assert_int_equal(store_calls, 0);
    munmap(pages, 2 * page);
}

TEST(readahead_goes_as_far_as_the_kernel_knows_names)
{
    records[7]->lookups = 0;
    walk(0, 3);
    assert_int_equal(fs.counts.stored, 4);
    assert_true(stored[7]);
    assert_false(stored[8] || stored[9]);
}

TEST(readahead_stores_nothing_while_memory_is_short)
{
    pressure = true;
    walk(0, 10);
    assert_int_equal(store_calls, 0);
    pressure = false;
    now += 4900;
    walk(10, 20);
    assert_int_equal(store_calls, 0);
    now += 200;
    walk(100, 103);
    assert_between(store_calls, 15, 16);
}

TEST(readahead_rests_when_the_kernel_refuses)
{
    store_error = -ENOMEM;
    walk(0, 60);
    assert_int_equal(store_calls, 1);
    assert_int_equal(fs.counts.stored, 0);
}

TEST(readahead_takes_no_offence_at_what_the_kernel_forgot)
{
    store_error = -ENOENT;
    walk(0, 3);
    assert_int_equal(store_calls, 15);
    assert_int_equal(fs.counts.stored, 0);
}

TEST(readahead_begins_anew_with_what_was_fetched_anew)
{
    walk(0, 3);
    snapshot_unref(listing.holding.snapshot);
    listing.holding.snapshot = make_snapshot();
    walk(100, 102);
    size_t before = store_calls;
    walk(102, 103);
    assert_int_equal(store_calls, before + 15);
}

/* Reads files FROM to TO in the order of their inode numbers. */
static void walk_by_ino(size_t from, size_t to)
{
    struct record *by_ino[COUNT];
    memcpy(by_ino, records, sizeof by_ino);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = i + 1; j < COUNT; j++) {
            if (by_ino[j]->ino < by_ino[i]->ino) {
                struct record *other = by_ino[i];
                by_ino[i] = by_ino[j];
                by_ino[j] = other;
            }
        }
    }
    for (size_t i = from; i < to; i++) {
        if (!stored[by_ino[i]->id])
            readahead_read(ahead, by_ino[i]);
        settle();
    }
}

TEST(readahead_goes_by_inode_numbers)
{
    walk_by_ino(0, COUNT);
    assert_between(fs.counts.stored, COUNT * 3 / 4, COUNT);
}

TEST(readahead_goes_by_inode_numbers_once_there_can_be_a_thread)
{
    without_worker = true;
    walk_by_ino(0, 20);
    assert_int_equal(fs.counts.stored, 0);
    without_worker = false;
    walk_by_ino(20, COUNT);
    assert_between(fs.counts.stored, COUNT / 2, COUNT);
}

TEST(readahead_starts_nothing_when_it_has_ended)
{
    fs.ending = true;
    walk(0, 50);
    assert_int_equal(store_calls, 0);
}

TEST(readahead_gives_everything_back_when_the_worker_is_cancelled_in_the_midst)
{
    for (size_t i = 0; i < 3; i++)
        readahead_read(ahead, records[i]);
    fs.ending = true;
    worker_cancel(fs.worker);
    settle();
    assert_between(store_calls, 0, 15);
}

#define READAHEAD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READAHEAD_TEST(readahead_stores_what_comes_next),
        READAHEAD_TEST(readahead_stores_nothing_before_the_third_read),
        READAHEAD_TEST(readahead_stores_nothing_of_a_directory_that_nobody_opened),
        READAHEAD_TEST(readahead_does_not_read_a_file_that_was_made_as_a_record),
        READAHEAD_TEST(readahead_goes_as_far_as_the_kernel_knows_names),
        READAHEAD_TEST(readahead_stores_nothing_while_memory_is_short),
        READAHEAD_TEST(readahead_rests_when_the_kernel_refuses),
        READAHEAD_TEST(readahead_takes_no_offence_at_what_the_kernel_forgot),
        READAHEAD_TEST(readahead_begins_anew_with_what_was_fetched_anew),
        READAHEAD_TEST(readahead_goes_by_inode_numbers),
        READAHEAD_TEST(readahead_goes_by_inode_numbers_once_there_can_be_a_thread),
        READAHEAD_TEST(readahead_starts_nothing_when_it_has_ended),
        READAHEAD_TEST(
            readahead_gives_everything_back_when_the_worker_is_cancelled_in_the_midst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
