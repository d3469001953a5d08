/* Tests the files that hold all records of a list. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/loop.h"
#include "laid_out.h"
#include "view/export.h"

static struct loop *loop;
static struct snapshot *snapshot;
static struct derived_waiter waiter;
static int made_error;
static unsigned made;

static void on_made(struct derived_waiter *who, int error)
{
    (void)who;
    made++;
    made_error = error;
}

/* Of the day 2019-12-18. */
#define DAY 1576627200u

/* Of records that these JSON texts are, up to a NULL. */
static void take(const char *const *texts)
{
    size_t count = 0;
    while (texts[count])
        count++;
    struct record **records = calloc(count + 1, sizeof(struct record *));
    assert_non_null(records);
    for (size_t i = 0; i < count; i++)
        records[i] = laid_out_record(i + 1, texts[i]);
    snapshot = snapshot_create(records, count, 0, 0);
    assert_non_null(snapshot);
}

static int set_up(void **state)
{
    (void)state;
    loop = loop_create();
    snapshot = NULL;
    waiter = (struct derived_waiter){.made = on_made};
    made = 0;
    return loop ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_unref(snapshot);
    loop_destroy(loop);
    return 0;
}

static const struct record *make(const struct derived_kind *kind)
{
    unsigned before = made;
    assert_int_equal(derived_wait(loop, snapshot, kind, &waiter), 0);
    while (made == before)
        assert_int_equal(loop_turn(loop, 0), 0);
    return made_error ? NULL : export_record(derived_find(snapshot, kind));
}

static void assert_file(const struct record *record, const char *expected)
{
    assert_non_null(record);
    if (record->size != strlen(expected) || memcmp(record->bytes, expected, record->size) != 0)
        fail_msg("%.*s is not %s", (int)record->size, record->bytes, expected);
}

TEST(export_of_nothing_is_empty)
{
    take((const char *const[]){NULL});
    assert_file(make(&export_jsonl), "");
    const struct record *csv = make(&export_csv);
    assert_file(csv, "");
    struct mtime mtime = mtime_fingerprint(MTIME_DEFAULT_DAY, "", 0);
    assert_memory_equal(&csv->mtime, &mtime, sizeof mtime);
}

TEST(export_has_a_record_a_line)
{
    take((const char *const[]){"{\"id\": 1, \"a\": [1, {}]}", "{\"id\": 2, \"a\": \"x\\ny\"}",
                               NULL});
    assert_file(make(&export_jsonl), "{\"id\":1,\"a\":[1,{}]}\n{\"id\":2,\"a\":\"x\\ny\"}\n");
    assert_file(make(&export_csv), "id,a\r\n1,\"[1,{}]\"\r\n2,\"x\ny\"\r\n");
}

TEST(export_has_the_columns_of_all_records)
{
    take((const char *const[]){"{\"id\":1,\"b\":null}", "{\"a,\":\"\",\"id\":2}",
                               "{\"id\":3,\"\":true,\"b\":\"\\\"\"}", NULL});
    assert_file(make(&export_csv),
                "id,b,\"a,\",\"\"\r\n1,,,\r\n2,,\"\",\r\n3,\"\"\"\",,true\r\n");
}

TEST(export_takes_the_last_member_of_a_name)
{
    take((const char *const[]){"{\"id\":1,\"a\":\"long, long\",\"a\":2}",
                               "{\"a\":1,\"id\":2,\"a\":\"x,\"}", NULL});
    assert_file(make(&export_jsonl), "{\"id\":1,\"a\":\"long, long\",\"a\":2}\n"
                                     "{\"a\":1,\"id\":2,\"a\":\"x,\"}\n");
    assert_file(make(&export_csv), "id,a\r\n1,2\r\n2,\"x,\"\r\n");
}

TEST(export_has_a_column_of_one)
{
    take((const char *const[]){"{\"id\":1}", "{\"id\":22}", NULL});
    assert_file(make(&export_csv), "id\r\n1\r\n22\r\n");
}

TEST(export_has_the_day_of_the_youngest_record_and_a_fingerprint)
{
    struct record **records = calloc(3, sizeof(struct record *));
    assert_non_null(records);
    records[0] = laid_out_record_of_day(1, DAY - 86400, "{\"id\":1}");
    records[1] = laid_out_record_of_day(2, DAY, "{\"id\":2}");
    records[2] = laid_out_record(3, "{\"id\":3}");
    snapshot = snapshot_create(records, 3, 0, 0);
    const struct record *file = make(&export_jsonl);
    struct mtime mtime = mtime_fingerprint(DAY, file->bytes, file->size);
    assert_memory_equal(&file->mtime, &mtime, sizeof mtime);
}

/* Too many for one step, with a member that only the last one has, and the same in one run. */
TEST(export_is_made_in_steps)
{
    static const size_t count = 20000;
    struct record **records = calloc(count, sizeof(struct record *));
    char text[200];
    struct buffer jsonl, csv;
    buffer_init(&jsonl, (size_t)64 << 20);
    buffer_init(&csv, (size_t)64 << 20);
    assert_non_null(records);
    assert_int_equal(buffer_append(&csv, "id,name,last\r\n", 14), 0);
    for (size_t i = 0; i < count; i++) {
        bool last = i == count - 1;
        int size = snprintf(text, sizeof text, "{\"id\":%zu,\"name\":\"Name %zu of many\"%s}",
                            i, i, last ? ",\"last\":1" : "");
        records[i] = laid_out_record(i + 1, text);
        assert_int_equal(buffer_append(&jsonl, text, (size_t)size), 0);
        assert_int_equal(buffer_append(&jsonl, "\n", 1), 0);
        size =
            snprintf(text, sizeof text, "%zu,Name %zu of many,%s\r\n", i, i, last ? "1" : "");
        assert_int_equal(buffer_append(&csv, text, (size_t)size), 0);
    }
    snapshot = snapshot_create(records, count, 0, 0);
    const struct record *file = make(&export_jsonl);
    assert_int_equal(file->size, jsonl.size);
    assert_memory_equal(file->bytes, jsonl.data, jsonl.size);
    struct mtime mtime = mtime_fingerprint(MTIME_DEFAULT_DAY, file->bytes, file->size);
    assert_memory_equal(&file->mtime, &mtime, sizeof mtime);
    file = make(&export_csv);
    assert_int_equal(file->size, csv.size);
    assert_memory_equal(file->bytes, csv.data, csv.size);
    buffer_finish(&jsonl);
    buffer_finish(&csv);
}

/* 40,000 columns and 60,000 lines: the commas alone. */
TEST(export_that_is_too_large_is_refused)
{
    static const size_t columns = 40000, count = 60000;
    struct buffer wide;
    char name[20];
    buffer_init(&wide, (size_t)1 << 20);
    assert_int_equal(buffer_append(&wide, "{", 1), 0);
    for (size_t i = 0; i < columns; i++) {
        int size =
            snprintf(name, sizeof name, "\n  \"%zu\": 1%s", i, i + 1 < columns ? "," : "\n}");
        assert_int_equal(buffer_append(&wide, name, (size_t)size), 0);
    }
    struct record **records = calloc(count, sizeof(struct record *));
    assert_non_null(records);
    records[0] = record_create(1, 0, wide.data, wide.size);
    for (size_t i = 1; i < count; i++)
        records[i] = laid_out_record(i + 1, "{\"id\":1}");
    snapshot = snapshot_create(records, count, 0, 0);
    assert_null(make(&export_csv));
    assert_int_equal(made_error, -EFBIG);
    assert_non_null(make(&export_jsonl));
    buffer_finish(&wide);
}

TEST(export_can_end_at_any_step)
{
    for (int steps = 0; steps < 12; steps++) {
        static const size_t count = 5000;
        struct record **records = calloc(count, sizeof(struct record *));
        assert_non_null(records);
        for (size_t i = 0; i < count; i++)
            records[i] = laid_out_record(i + 1, "{\"id\":1,\"a\":\"b\\n\",\"c\":{\"d\":1}}");
        snapshot = snapshot_create(records, count, 0, 0);
        const struct derived_kind *kind = steps % 2 ? &export_csv : &export_jsonl;
        assert_int_equal(derived_wait(loop, snapshot, kind, &waiter), 0);
        struct derived *derived = waiter.derived;
        loop_work_stop(&derived->work);
        for (int i = 0; i < steps; i++) {
            if (kind->step(derived) <= 0)
                break;
        }
        derived_waiter_cancel(&waiter, true);
        snapshot_unref(snapshot);
    }
    snapshot = NULL;
}

#define EXPORT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPORT_TEST(export_of_nothing_is_empty),
        EXPORT_TEST(export_has_a_record_a_line),
        EXPORT_TEST(export_has_the_columns_of_all_records),
        EXPORT_TEST(export_takes_the_last_member_of_a_name),
        EXPORT_TEST(export_has_a_column_of_one),
        EXPORT_TEST(export_has_the_day_of_the_youngest_record_and_a_fingerprint),
        EXPORT_TEST(export_is_made_in_steps),
        EXPORT_TEST(export_that_is_too_large_is_refused),
        EXPORT_TEST(export_can_end_at_any_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
