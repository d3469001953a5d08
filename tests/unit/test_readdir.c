/* Tests what is answered to those who read directories. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "fake_clock.h"
#include "fake_pager.h"
#include "fuse/node.h"
#include "fuse/requests.h"

#define TTL   60000
#define REPLY 4096

static struct loop *loop;
static struct cache *cache;
static struct tree tree;
static struct tree_options options;
static struct fs fs;
static struct dir *users;

/* What was answered last. */
static int replied_error;
static struct fuse_file_info replied_info;
static const char *replied_bytes;
static size_t replied_size;

/* What stood there when it was freed. */
static char freed[REPLY];

int __wrap_fuse_reply_buf(fuse_req_t req, const char *bytes, size_t size);
int __wrap_fuse_reply_err(fuse_req_t req, int error);
int __wrap_fuse_reply_open(fuse_req_t req, const struct fuse_file_info *info);
const struct fuse_ctx *__wrap_fuse_req_ctx(fuse_req_t req);
void *__wrap_fuse_req_userdata(fuse_req_t req);
void __wrap_free(void *memory);
void __real_free(void *memory);

int __wrap_fuse_reply_buf(fuse_req_t req, const char *bytes, size_t size)
{
    (void)req;
    replied_error = 0;
    replied_bytes = bytes;
    replied_size = size;
    return 0;
}

int __wrap_fuse_reply_err(fuse_req_t req, int error)
{
    (void)req;
    replied_error = error;
    return 0;
}

int __wrap_fuse_reply_open(fuse_req_t req, const struct fuse_file_info *info)
{
    (void)req;
    replied_error = 0;
    replied_info = *info;
    return 0;
}

const struct fuse_ctx *__wrap_fuse_req_ctx(fuse_req_t req)
{
    static const struct fuse_ctx nobody = {.pid = 0};
    (void)req;
    return &nobody;
}

void *__wrap_fuse_req_userdata(fuse_req_t req)
{
    (void)req;
    return &fs;
}

void __wrap_free(void *memory)
{
    if (memory && memory == replied_bytes) {
        memcpy(freed, memory, replied_size);
        replied_bytes = NULL;
    }
    __real_free(memory);
}

static struct dir *child(struct dir *dir, enum dir_kind_name kind, uint64_t id)
{
    struct dir *found = dir_child(dir, kind, id);
    assert_non_null(found);
    return found;
}

static int set_up(void **state)
{
    const struct cache_options cache_options = {
        .ttl_ms = TTL, .stale_ms = 300000, .per_page = 1000, .parallel = 8};
    const struct fs_options fs_options = {.uid = 0};
    (void)state;
    fake_pager_reset();
    options = (struct tree_options){.user_id = 7};
    loop = loop_create();
    cache = cache_create(loop, NULL, &cache_options);
    assert_int_equal(tree_init(&tree, cache, &options), 0);
    fs_init(&fs, loop, &tree, &fs_options);
    fs.keeps_names = true;
    struct dir *organization =
        child(child(tree.root, DIR_ORGANIZATIONS, 0), DIR_ORGANIZATION, 23);
    users =
        child(child(child(organization, DIR_DEPARTMENTS, 0), DIR_DEPARTMENT, 12), DIR_USERS, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fs_release_handles(&fs);
    node_forget_all(&fs);
    tree_finish(&tree);
    cache_destroy(cache);
    loop_destroy(loop);
    return 0;
}

static void ignore(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why)
{
    (void)waiter;
    (void)snapshot;
    (void)error;
    (void)why;
}

/* The list is read anew, and has users 1 to COUNT, whose records are TEXT. */
static void fetch(size_t count, const char *text)
{
    struct waiter waiter = {.done = ignore};
    struct fake_record *records = calloc(count, sizeof *records);
    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        records[i] = (struct fake_record){i + 1, text};
    fake_now += 2 * TTL;
    assert_int_equal(cache_wait(users->listing, 0, &waiter), 0);
    fake_pager_bring(0, records, count);
    free(records);
}

static struct fuse_file_info open_users(void)
{
    struct fuse_file_info info = {.fh = 0};
    fs_opendir(NULL, node_of_dir(&fs, users), &info);
    assert_int_equal(replied_error, 0);
    return replied_info;
}

TEST(readdir_leaves_no_names_in_memory)
{
    fetch(600, "a");
    struct fuse_file_info info = open_users();
    fs_readdirplus(NULL, node_of_dir(&fs, users), REPLY, 0, &info);
    assert_int_equal(replied_error, 0);
    assert_null(replied_bytes);
    assert_true(replied_size > 0);
    assert_null(memmem(freed, replied_size, ".json", strlen(".json")));
}

#define READDIR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READDIR_TEST(readdir_leaves_no_names_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
