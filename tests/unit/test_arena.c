/* Tests the memory for many small texts. */
#include "unit.h"

#include "base/wipe.h"

#define PIECES 5000

TEST(arena_gives_pieces_that_do_not_overlap)
{
    static unsigned char *pieces[PIECES];
    struct arena arena = {.last = NULL};
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(&arena, i % 300);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % sizeof(void *), 0);
        memset(pieces[i], (int)(i % 251), i % 300);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t byte = 0; byte < i % 300; byte++)
            assert_int_equal(pieces[i][byte], i % 251);
    }
    while (arena_drop_block(&arena))
        continue;
}

TEST(arena_is_dropped_block_by_block)
{
    struct arena arena = {.last = NULL};
    unsigned blocks = 0;
    assert_false(arena_drop_block(&arena));
    for (size_t i = 0; i < PIECES; i++)
        assert_non_null(arena_take(&arena, 100));
    while (arena_drop_block(&arena))
        blocks++;
    assert_between(blocks, PIECES * 100 / 65536, PIECES * 104 / 65536 + 7);
    assert_non_null(arena_take(&arena, 20));
    assert_between(arena.room, 20, 2048);
    assert_true(arena_drop_block(&arena));
    assert_non_null(arena_take(&arena, ARENA_PIECE_MAX));
    assert_true(arena_drop_block(&arena));
    assert_false(arena_drop_block(&arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_pieces_that_do_not_overlap),
        cmocka_unit_test(arena_is_dropped_block_by_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
