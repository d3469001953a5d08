/* Tests a snapshot: finding records, references, one record more or another. */
#include "unit.h"

#include <stdlib.h>

#include "cache/snapshot.h"

/* Of records with the IDs 2, 4, 6 … */
static struct snapshot *make(size_t count)
{
    struct record **records = calloc(count + 1, sizeof(struct record *));
    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        records[i] = record_create(2 * i + 2, 0, "x", 1);
    return snapshot_create(records, count, 66, 77);
}

TEST(snapshot_finds_each_record_and_no_other)
{
    for (size_t count = 0; count < 20; count++) {
        struct snapshot *snapshot = make(count);
        for (uint64_t id = 0; id < 2 * count + 4; id++) {
            const struct record *record = snapshot_find(snapshot, id);
            bool there = id % 2 == 0 && id >= 2 && id <= 2 * count;
            assert_int_equal(record != NULL, there);
            assert_true(!record || record->id == id);
            for (size_t hint = 0; hint <= count + 1; hint++) {
                size_t at = hint;
                assert_ptr_equal(snapshot_find_next(snapshot, id, &at), record);
                assert_int_equal(at, there ? id / 2 - 1 : hint);
            }
        }
        snapshot_unref(snapshot);
    }
}

/* Whoever asks goes along the IDs, up or down, or not. */
TEST(snapshot_finds_what_stands_beside_an_id)
{
    for (size_t count = 0; count < 8; count++) {
        struct snapshot *snapshot = make(count);
        for (uint64_t id = 0; id < 2 * count + 4; id++) {
            uint64_t above = id + 2 - id % 2, below = id - 2 + id % 2;
            for (size_t hint = 0; hint <= count + 1; hint++) {
                size_t at = hint;
                struct record *record = snapshot_beside(snapshot, id, false, &at);
                assert_int_equal(record ? record->id : 0, above <= 2 * count ? above : 0);
                assert_true(record ? snapshot->records[at] == record : at == hint);
                at = hint;
                record = snapshot_beside(snapshot, id, true, &at);
                if (id < 3 || count == 0)
                    assert_null(record);
                else
                    assert_int_equal(record->id, below < 2 * count ? below : 2 * count);
            }
        }
        snapshot_unref(snapshot);
    }
}

TEST(snapshot_goes_with_its_last_reference)
{
    struct snapshot *snapshot = make(1);
    struct record *record = record_ref(snapshot->records[0]);
    assert_ptr_equal(snapshot_ref(snapshot), snapshot);
    snapshot_unref(snapshot);
    assert_int_equal(snapshot->began_ms, 66);
    assert_int_equal(snapshot->fetched_ms, 77);
    assert_int_equal(record->refs, 2);
    snapshot_unref(snapshot);
    assert_int_equal(record->refs, 1);
    record_unref(record);
    snapshot_unref(NULL);
}

TEST(snapshot_takes_a_record_in_the_place_of_another_or_between_two)
{
    for (uint64_t id = 1; id <= 7; id++) {
        struct snapshot *snapshot = make(3);
        struct record *record = record_create(id, 0, "y", 1);
        assert_true(snapshot_put(snapshot, record));
        assert_int_equal(record->refs, 2);
        assert_ptr_equal(snapshot_find(snapshot, id), record);
        assert_int_equal(snapshot->count, id % 2 ? 4 : 3);
        for (size_t i = 1; i < snapshot->count; i++)
            assert_true(snapshot->records[i - 1]->id < snapshot->records[i]->id);
        record_unref(record);
        snapshot_unref(snapshot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_finds_each_record_and_no_other),
        cmocka_unit_test(snapshot_finds_what_stands_beside_an_id),
        cmocka_unit_test(snapshot_goes_with_its_last_reference),
        cmocka_unit_test(snapshot_takes_a_record_in_the_place_of_another_or_between_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
