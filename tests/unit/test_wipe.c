/* Tests that memory is wiped before it is given back. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/wipe.h"

static char *watched;
static char seen[64]; /* what stood there when it was freed */

void __wrap_free(void *memory);
void __real_free(void *memory);

void __wrap_free(void *memory)
{
    if (memory && memory == watched) {
        memcpy(seen, watched, sizeof seen);
        watched = NULL;
    }
    __real_free(memory);
}

static void watch(char *memory)
{
    watched = memory;
    memset(seen, '?', sizeof seen);
}

TEST(wipe_free_leaves_nothing_behind)
{
    static const char nothing[sizeof seen];
    size_t before = wipe_freed();
    watch(malloc(sizeof seen));
    assert_non_null(watched);
    memset(watched, 'x', sizeof seen);
    wipe_free(watched);
    assert_memory_equal(seen, nothing, sizeof seen);
    assert_true(wipe_freed() >= before + sizeof seen);
    wipe_free(NULL);
}

TEST(wipe_covers_what_a_buffer_grows_out_of)
{
    struct buffer buffer;
    buffer_init(&buffer, 4096);
    assert_int_equal(buffer_append_byte(&buffer, 'x', 100), 0);
    watch(buffer.data);
    assert_int_equal(buffer_append_byte(&buffer, 'x', 2000), 0);
    assert_null(watched);
    assert_null(memchr(seen, 'x', sizeof seen));
    watch(buffer.data);
    buffer_finish(&buffer);
    assert_null(watched);
    assert_null(memchr(seen, 'x', sizeof seen));
}

/* Of three pages and a half, as many bytes as that go, and whole pages alone. */
TEST(wipe_gives_pages_back_from_their_end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 3 * page + page / 2;
    char *pages = wipe_take_pages(size);
    assert_non_null(pages);
    memset(pages, 'x', size);
    assert_int_equal(wipe_give_back_pages(pages, size, 0), size);
    assert_int_equal(wipe_give_back_pages(pages, size, page / 4), size);
    assert_int_equal(wipe_give_back_pages(pages, size, page / 2), 3 * page);
    assert_int_equal(wipe_give_back_pages(pages, 3 * page, page + 1), 2 * page);
    assert_int_equal(pages[2 * page - 1], 'x');
    assert_int_equal(wipe_give_back_pages(pages, 2 * page, 2 * page), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wipe_free_leaves_nothing_behind),
        cmocka_unit_test(wipe_covers_what_a_buffer_grows_out_of),
        cmocka_unit_test(wipe_gives_pages_back_from_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
