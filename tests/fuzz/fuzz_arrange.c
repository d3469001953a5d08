/* Fuzzes the order of members that a user who was asked for alone is put into. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "json/arrange.h"

/* As the largest record that is arranged, with some room above it. */
#define TEXT_MAX ((size_t)80 << 10)

/* Each byte moves, and none comes or goes, but for the commas between members. */
static void check_same_bytes(const struct record *before, const struct record *after)
{
    size_t counts[256] = {0};
    HOLDS(before->size == after->size);
    for (size_t i = 0; i < before->size; i++) {
        counts[(unsigned char)before->bytes[i]]++;
        counts[(unsigned char)after->bytes[i]]--;
    }
    for (size_t i = 0; i < 256; i++)
        HOLDS(counts[i] == 0);
}

/*
 * By its own order nothing moves; by its shape neither. Return whether the record has an order:
 * it has none if an object in it has two members of one name.
 */
static bool check_own_order(struct record *record)
{
    struct record *arranged;
    struct buffer shape;
    int by_itself = arrange_record(record, record->bytes, record->size, &arranged);
    HOLDS(by_itself == 0 || by_itself == -EBADMSG);
    if (by_itself == 0) {
        HOLDS(arranged == record);
        record_unref(arranged);
    }
    buffer_init(&shape, 2 * TEXT_MAX);
    HOLDS(arrange_shape(record, &shape) == 0);
    int by_shape = arrange_record(record, shape.data, shape.size, &arranged);
    if (by_itself == 0)
        HOLDS(by_shape == 0 && arranged == record);
    if (by_shape == 0)
        record_unref(arranged);
    buffer_finish(&shape);
    return by_itself == 0;
}

/*
 * An object stays as it is where TEMPLATE has another value. So a record without an order of
 * its own can be arranged, but not be put back.
 */
static void check_other_order(struct record *record, const struct record *template,
                              bool has_own_order)
{
    struct record *arranged, *again;
    int error = arrange_record(record, template->bytes, template->size, &arranged);
    HOLDS(error == 0 || error == -EBADMSG);
    if (error)
        return;
    check_same_bytes(record, arranged);
    HOLDS(arrange_record(arranged, template->bytes, template->size, &again) == 0);
    HOLDS(again == arranged);
    record_unref(again);
    int back = arrange_record(arranged, record->bytes, record->size, &again);
    HOLDS(back == (has_own_order ? 0 : -EBADMSG));
    if (back == 0) {
        HOLDS(record_equals(again, record));
        record_unref(again);
    }
    record_unref(arranged);
}

static struct record *record_of(const char *text, size_t size)
{
    struct record *record = fuzz_record(7, text, size, TEXT_MAX);
    if (record && record->bytes[0] == '{')
        return record;
    record_unref(record);
    return NULL;
}

/* The input is a record and, behind a zero byte, a second one; or one alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *zero = size ? memchr(text, '\0', size) : NULL;
    size_t first_size = zero ? (size_t)(zero - text) : size;
    struct record *record = record_of(text, first_size);
    struct record *template = zero ? record_of(zero + 1, size - first_size - 1) : NULL;
    bool has_own_order = record && check_own_order(record);
    if (record && template)
        check_other_order(record, template, has_own_order);
    record_unref(record);
    record_unref(template);
    return 0;
}
