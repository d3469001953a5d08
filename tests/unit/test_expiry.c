/* Tests that the kernel is told of all names, though memory and threads are out at first. */
#include "unit.h"

#include <errno.h>

#include "capture.h"
#include "fake_clock.h"
#include "fake_pager.h"
#include "fuse/expiry.h"
#include "fuse/node.h"

#define TTL   60000
#define USERS 1000

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static struct fs fs;
static struct expiry *expiry;
static struct dir *users;

static bool without_threads;
static unsigned memory_asked, memory_fails_at; /* 0: never */

/* How often the kernel was told of each user, on the worker's thread. */
static unsigned told[USERS + 1];

int __wrap_fuse_expire_name(struct fuse_session *fuse, fuse_ino_t parent, const char *name,
                            size_t size);
struct worker *__wrap_worker_create(struct loop *of);
struct worker *__real_worker_create(struct loop *of);
void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_arena_take(struct arena *arena, size_t size);
void *__real_arena_take(struct arena *arena, size_t size);

int __wrap_fuse_expire_name(struct fuse_session *fuse, fuse_ino_t parent, const char *name,
                            size_t size)
{
    unsigned long id = strtoul(name, NULL, 10);
    (void)fuse, (void)parent, (void)size;
    if (id > 0 && id <= USERS && strstr(name, ".json"))
        told[id]++;
    return 0;
}

struct worker *__wrap_worker_create(struct loop *of)
{
    if (!without_threads)
        return __real_worker_create(of);
    errno = EAGAIN;
    return NULL;
}

static bool memory_is_out(void)
{
    return ++memory_asked == memory_fails_at;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_arena_take(struct arena *arena, size_t size)
{
    return memory_is_out() ? NULL : __real_arena_take(arena, size);
}

static void ignore(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why)
{
    (void)waiter, (void)snapshot, (void)error, (void)why;
}

static void fetch(size_t count)
{
    static struct fake_record records[USERS];
    struct waiter waiter = {.done = ignore};
    for (size_t i = 0; i < count; i++)
        records[i] = (struct fake_record){i + 1, "a"};
    assert_int_equal(cache_wait(users->listing, 0, &waiter), 0);
    fake_pager_bring(0, records, count);
}

/* The kernel is given DIR. */
static struct dir *show(struct dir *dir)
{
    assert_non_null(dir);
    node_remember(&fs, &(struct dir_entry){.child = dir});
    return dir;
}

static void show_users(size_t first, size_t end)
{
    struct dir_entry entry;
    const struct snapshot *snapshot = cache_held(users->listing);
    for (size_t i = first; i < end; i++) {
        assert_int_equal(entry_at(users, snapshot, i, &entry), 0);
        node_remember(&fs, &entry);
    }
}

static int set_up(void **state)
{
    const struct cache_options cache_options = {
        .ttl_ms = TTL, .stale_ms = 300000, .per_page = 1000, .parallel = 8};
    const struct fs_options fs_options = {.uid = 0};
    (void)state;
    fake_pager_reset();
    memset(told, 0, sizeof told);
    without_threads = false;
    memory_fails_at = 0;
    options = (struct tree_options){.user_id = 7};
    loop = loop_create();
    cache = cache_create(loop, NULL, &cache_options);
    assert_int_equal(tree_init(&tree, cache, &options), 0);
    fs_init(&fs, loop, &tree, &fs_options);
    expiry = expiry_create(&fs);
    assert_non_null(expiry);
    struct dir *organization =
        show(dir_child(show(dir_child(tree.root, DIR_ORGANIZATIONS, 0)), DIR_ORGANIZATION, 23));
    struct dir *department =
        show(dir_child(show(dir_child(organization, DIR_DEPARTMENTS, 0)), DIR_DEPARTMENT, 12));
    users = show(dir_child(department, DIR_USERS, 0));
    fetch(USERS);
    show_users(0, USERS - 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    expiry_destroy(expiry);
    worker_destroy(fs.worker);
    node_forget_all(&fs);
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

/* SECONDS pass, and what is due is done. */
static void pass(unsigned seconds)
{
    for (unsigned i = 0; i <= seconds; i++) {
        for (unsigned turn = 0; turn < 20; turn++)
            assert_int_equal(loop_turn(loop, 0), 0);
        while (fs.worker && worker_busy(fs.worker) > 0)
            assert_int_equal(loop_turn(loop, 1000), 0);
        fake_now += i < seconds ? 1000 : 0;
    }
}

/* Return how many users the kernel was told of TIMES times. */
static unsigned count_told(unsigned times)
{
    unsigned count = 0;
    for (size_t id = 1; id <= USERS; id++)
        count += told[id] == times;
    return count;
}

TEST(expiry_tells_of_each_name_that_the_kernel_knows)
{
    expiry_start(expiry);
    pass(0);
    assert_int_equal(count_told(1), USERS - 1);
    assert_int_equal(told[USERS], 0);
}

TEST(expiry_asked_for_meanwhile_is_done_again)
{
    for (int i = 0; i < 20; i++)
        expiry_start(expiry);
    pass(0);
    assert_int_equal(count_told(8 + 1), USERS - 1);
}

/* And are no longer listed when there is a thread at last. */
TEST(expiry_tells_of_names_that_the_kernel_was_given_after_one_began)
{
    without_threads = true;
    capture_begin();
    expiry_start(expiry);
    pass(0);
    show_users(USERS - 1, USERS);
    expiry_start(expiry);
    cache_expire(cache);
    fetch(USERS - 1);
    without_threads = false;
    pass(1);
    capture_end();
    assert_int_equal(count_told(2), USERS - 1);
    assert_int_equal(told[USERS], 1);
}

TEST(expiry_is_tried_again_until_there_is_a_thread)
{
    without_threads = true;
    capture_begin();
    expiry_start(expiry);
    pass(5);
    unsigned before = count_told(0);
    cache_expire(cache);
    without_threads = false;
    pass(1);
    const char *log = capture_end();
    assert_int_equal(before, USERS);
    assert_int_equal(count_told(1), USERS - 1);
    assert_string_equal(
        log, "qpfs: warning: the kernel can't be told yet that what it holds is old: Resource "
             "temporarily unavailable; it is tried again every second\n"
             "qpfs: the kernel was told that what it holds is old\n");
}

TEST(expiry_is_tried_again_wherever_memory_is_out)
{
    bool failed = true;
    for (unsigned fails_at = 1; failed; fails_at += fails_at < 20 ? 1 : 97) {
        memset(told, 0, sizeof told);
        memory_asked = 0;
        memory_fails_at = fails_at;
        capture_begin();
        expiry_start(expiry);
        pass(1);
        const char *log = capture_end();
        failed = memory_asked >= fails_at;
        assert_int_equal(count_told(1), USERS - 1);
        assert_int_equal(strstr(log, "Cannot allocate memory; it is tried again") != NULL,
                         failed);
    }
    assert_true(memory_fails_at > USERS);
}

#define EXPIRY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPIRY_TEST(expiry_tells_of_each_name_that_the_kernel_knows),
        EXPIRY_TEST(expiry_asked_for_meanwhile_is_done_again),
        EXPIRY_TEST(expiry_tells_of_names_that_the_kernel_was_given_after_one_began),
        EXPIRY_TEST(expiry_is_tried_again_until_there_is_a_thread),
        EXPIRY_TEST(expiry_is_tried_again_wherever_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
