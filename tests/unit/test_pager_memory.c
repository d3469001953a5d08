/* Tests that a pager whose memory is out anywhere brings all or nothing. */
#include "unit.h"

#include <errno.h>

#include "fake_client.h"
#include "fake_server.h"
#include "pager_run.h"

static struct fake_server server;
static struct pager_run run;
static unsigned memory_asked, memory_fails_at; /* 0: never */

/* Arrays of a test are smaller. */
#define MEMORY_ARRAY_MAX ((size_t)16 << 20)

static bool memory_is_out(void)
{
    return ++memory_asked == memory_fails_at;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
    return memory_is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return memory_is_out() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    bool out = memory_is_out() || count > MEMORY_ARRAY_MAX / size;
    return out ? NULL : __real_reallocarray(old, count, size);
}

/* Run a pager whose allocation number FAILS_AT fails. Return whether there was one. */
static bool fail_at(unsigned fails_at)
{
    memory_asked = 0;
    memory_fails_at = fails_at;
    pager_run_start(&run, ENDPOINT_USERS, 10, 2);
    bool started = run.pager != NULL;
    if (started)
        fake_server_answer_all(&server);
    bool failed = memory_asked >= fails_at;
    memory_fails_at = 0;
    if (started) {
        assert_int_equal(run.done, 1);
        assert_true(run.error == -ENOMEM || run.error == 0);
        assert_int_equal(run.count, run.error ? 0 : server.count);
    }
    assert_int_equal(fake_calls_waiting(), 0);
    pager_run_finish(&run);
    return failed;
}

static void fail_everywhere(void)
{
    unsigned at = 1;
    while (fail_at(at))
        at++;
    assert_between(at, 20, 100000);
}

TEST(pager_brings_all_or_nothing_where_memory_is_out)
{
    fake_server_init(&server, 35, 10);
    fail_everywhere();
}

TEST(pager_brings_all_or_nothing_of_a_list_in_another_order)
{
    fake_server_init(&server, 35, 10);
    fake_server_move(&server, 30, 3);
    fail_everywhere();
}

TEST(pager_brings_all_or_nothing_where_pages_are_read_twice)
{
    fake_server_init(&server, 35, 10);
    server.step = 10;
    fail_everywhere();
}

TEST(pager_plans_no_more_windows_than_can_be)
{
    fake_server_init(&server, 100, 100);
    server.total_off = 9007199254740000;
    pager_run_start(&run, ENDPOINT_USERS, 100, 1);
    fake_server_answer_all(&server);
    pager_run_assert_failed(&run, -EBADMSG, "totalItems is more than can be true");
    pager_run_finish(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_brings_all_or_nothing_where_memory_is_out),
        cmocka_unit_test(pager_brings_all_or_nothing_of_a_list_in_another_order),
        cmocka_unit_test(pager_brings_all_or_nothing_where_pages_are_read_twice),
        cmocka_unit_test(pager_plans_no_more_windows_than_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
