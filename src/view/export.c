/* Makes one file of all records of a snapshot. */
#include "view/export.h"

#include <errno.h>
#include <string.h>

#include "base/objects.h"
#include "json/members.h"
#include "view/columns.h"
#include "view/csv.h"

/* Bytes of records and of the file that a step deals with: a few tenths of a millisecond. */
#define EXPORT_STEP ((size_t)128 << 10)

/* Each byte of a record is a pair of quotes in the worst case. */
#define EXPORT_ROW_MAX (4 * RECORD_SIZE_MAX)

struct export
{
    struct derived derived;
    struct record *record; /* the file; NULL during the first pass */
    struct mtime_hash *hash;
    uint64_t size;     /* at most, of what the first pass has seen */
    size_t filled;     /* bytes of it, in the second pass */
    size_t next;       /* record of the snapshot */
    uint32_t day;      /* of the youngest record */
    struct buffer row; /* a line of the file */
    struct buffer spare;
    struct columns columns;
};

static struct export *export_of(struct derived *derived)
{
    return container_of(derived, struct export, derived);
}

static void export_let_tools_go(struct export *export)
{
    buffer_finish(&export->row);
    buffer_finish(&export->spare);
    columns_finish(&export->columns);
    mtime_hash_destroy(export->hash);
    export->hash = NULL;
}

static size_t export_count(const struct export *export)
{
    return export->derived.snapshot->count;
}

/* What the row buffer holds comes next in the file. */
static int export_put_row(struct export *export)
{
    if (export->row.size > export->record->size - export->filled)
        return -EFBIG;
    if (export->row.size > 0)
        memcpy(export->record->bytes + export->filled, export->row.data, export->row.size);
    export->filled += export->row.size;
    return 0;
}

/* -------- JSON lines -------- */

/* A line without blanks is no longer than the record. To write it twice, in order to know how
 * long it is, would be half of what the file costs. */
static int export_jsonl_measure(struct export *export, const struct record *record)
{
    export->size += record->size + 1;
    return 0;
}

static int export_jsonl_row(struct export *export, const struct record *record)
{
    buffer_clear(&export->row);
    int error = members_append_compact(record->bytes, record->size, &export->row);
    if (!error)
        error = buffer_append(&export->row, "\n", 1);
    return error ? error : export_put_row(export);
}

/* -------- CSV -------- */

/* Put line number ROW into the row buffer, the values that the columns have of it. ROW 0: the
 * header, their names. */
static int export_csv_line(struct export *export, size_t row)
{
    const struct columns *columns = &export->columns;
    int error = 0;
    buffer_clear(&export->row);
    for (size_t i = 0; i < columns->count && !error; i++) {
        const struct column *column = &columns->items[i];
        if (i > 0)
            error = buffer_append(&export->row, ",", 1);
        if (!error && row == 0)
            error =
                csv_append_value(column->name, column->name_size, &export->spare, &export->row);
        else if (!error && column->row == row)
            error = csv_append_value(column->value, column->value_size, &export->spare,
                                     &export->row);
    }
    if (!error && columns->count > 0)
        error = buffer_append(&export->row, CSV_LINE_END, strlen(CSV_LINE_END));
    return error;
}

/* The columns take over RECORD's values. Of several members of one name the last one counts. */
static int export_csv_place(struct export *export, const struct record *record, size_t row)
{
    struct members members = members_of_record(record);
    struct member member;
    for (size_t hint = 0; members_next(&members, &member); hint++) {
        int64_t number = columns_of(&export->columns, &member, hint);
        if (number < 0)
            return (int)number;
        struct column *column = &export->columns.items[number];
        column->row = row;
        column->value = member.value;
        column->value_size = member.value_size;
        if (row == 0)
            export->size += csv_value_max(member.value, member.value_size);
    }
    return 0;
}

/* Only the cells: how many commas there are is known when all columns are. */
static int export_csv_measure(struct export *export, const struct record *record)
{
    return export_csv_place(export, record, 0);
}

static int export_csv_write(struct export *export, const struct record *record)
{
    size_t row = export->next + 1;
    int error = export_csv_place(export, record, row);
    if (!error)
        error = export_csv_line(export, row);
    return error ? error : export_put_row(export);
}

/* -------- the passes -------- */

/* Return the size of the header, which is in the row buffer, and of what is in each line beside
 * cells; 0 for JSON lines. */
static uint64_t export_frame(const struct export *export)
{
    uint64_t columns = export->columns.count;
    if (columns == 0)
        return 0;
    return export->row.size + export_count(export) * (columns - 1 + strlen(CSV_LINE_END));
}

/* The first pass is over: the file gets its memory, and the header is in it. What it has may
 * be larger than a file may be, and the file not. */
static int export_begin_writing(struct export *export)
{
    int error = export_csv_line(export, 0);
    uint64_t frame = export_frame(export), size = export->size + frame;
    if (!error && frame > EXPORT_SIZE_MAX)
        error = -EFBIG;
    if (error)
        return error;
    if (size > EXPORT_SIZE_MAX)
        size = EXPORT_SIZE_MAX;
    export->hash = mtime_hash_create();
    export->record = record_allocate(0, (size_t)size);
    if (!export->hash || !export->record)
        return -ENOMEM;
    export->next = 0;
    return export_put_row(export);
}

typedef int export_fn(struct export *export, const struct record *record);

/* What one step does of a pass. 0 or -errno. */
static int export_run(struct export *export, export_fn *each)
{
    const struct snapshot *snapshot = export->derived.snapshot;
    size_t done = 0;
    int error = 0;
    while (export->next < snapshot->count && done < EXPORT_STEP && !error) {
        const struct record *record = snapshot->records[export->next];
        uint32_t day = mtime_day_of(record->mtime);
        if (day > export->day)
            export->day = day;
        error = each(export, record);
        done += record->size + export->row.size;
        export->next++;
    }
    return error;
}

static int export_finish_writing(struct export *export)
{
    struct record *file = record_shrink(export->record, export->filled);
    if (!file)
        return -ENOMEM;
    export->record = file;
    export->record->mtime = mtime_hash_fingerprint(export->hash, export->day);
    export_let_tools_go(export);
    return 0;
}

static int export_step_measuring(struct export *export, export_fn *measure)
{
    if (export->next == 0) {
        buffer_init(&export->row, EXPORT_ROW_MAX);
        buffer_init(&export->spare, EXPORT_ROW_MAX);
        export->day = MTIME_DEFAULT_DAY;
    }
    int error = export_run(export, measure);
    if (!error && export->next == export_count(export))
        error = export_begin_writing(export);
    return error ? error : 1;
}

static int export_step_writing(struct export *export, export_fn *write)
{
    size_t from = export->next == 0 ? 0 : export->filled;
    int error = export_run(export, write);
    mtime_hash_add(export->hash, export->record->bytes + from, export->filled - from);
    if (error || export->next < export_count(export))
        return error ? error : 1;
    return export_finish_writing(export);
}

static int export_step(struct derived *derived, export_fn *measure, export_fn *write)
{
    struct export *export = export_of(derived);
    return export->record ? export_step_writing(export, write)
                          : export_step_measuring(export, measure);
}

static int export_jsonl_step(struct derived *derived)
{
    return export_step(derived, export_jsonl_measure, export_jsonl_row);
}

static int export_csv_step(struct derived *derived)
{
    return export_step(derived, export_csv_measure, export_csv_write);
}

/* -------- as a kind of what is derived -------- */

static void export_finish(struct derived *derived)
{
    export_let_tools_go(export_of(derived));
    record_unref(export_of(derived)->record);
}

/* Nobody else holds the file: the kernel has forgotten it, or was never told. */
static bool export_is_idle(const struct derived *derived)
{
    return export_record(derived)->refs == 1;
}

static void export_carry(struct derived *fresh, const struct derived *old)
{
    export_of(fresh)->record = record_ref(export_record(old));
}

struct record *export_record(const struct derived *derived)
{
    return container_of(derived, struct export, derived)->record;
}

const struct derived_kind export_jsonl = {
    .size = sizeof(struct export),
    .step = export_jsonl_step,
    .finish = export_finish,
    .is_idle = export_is_idle,
    .carry = export_carry,
};

const struct derived_kind export_csv = {
    .size = sizeof(struct export),
    .step = export_csv_step,
    .finish = export_finish,
    .is_idle = export_is_idle,
    .carry = export_carry,
};
