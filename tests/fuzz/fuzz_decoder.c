/* Fuzzes the decoding of an answer: its records and its pagination. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"
#include "json/members.h"

/* cJSON reads no deeper than 1000, and would take a part alone where it refuses the whole. */
#define WHOLE_SIZE_MAX 900

static void check_record(const struct record *record)
{
    struct buffer again;
    HOLDS(record->id >= 1 && record->id <= NUMBER_ID_MAX);
    HOLDS(record->refs == 1);
    HOLDS(record->size > 1 && record->bytes[record->size - 1] == '\n');
    HOLDS(record->mtime.nanoseconds < 1000000000);

    buffer_init(&again, RECORD_SIZE_MAX);
    HOLDS(fuzz_lay_out(record->bytes, record->size, &again) == 0);
    HOLDS(again.size == record->size - 1);
    HOLDS(memcmp(again.data, record->bytes, again.size) == 0);
    buffer_finish(&again);

    /* What a reader of the file finds in it is what its name says. */
    HOLDS(members_id(members_of_record(record), "id") == record->id);
}

/* What cJSON makes of the answer when it reads it at once: as many records. */
static void check_whole(const struct envelope *envelope, const char *body, size_t size,
                        enum envelope_shape shape)
{
    char *copy = strndup(body, size);
    HOLDS(copy != NULL);
    cJSON *whole = cJSON_ParseWithOpts(copy, NULL, 1);
    HOLDS(cJSON_IsObject(whole));
    const cJSON *response = cJSON_GetObjectItemCaseSensitive(whole, "response");
    if (shape == ENVELOPE_SINGLE)
        HOLDS(cJSON_IsObject(response));
    else
        HOLDS((size_t)cJSON_GetArraySize(response) == envelope->count);
    cJSON_Delete(whole);
    free(copy);
}

static void check(const char *body, size_t size, enum envelope_shape shape)
{
    struct envelope envelope;
    int error = fuzz_decode(&envelope, body, size, shape);
    if (error) {
        HOLDS(error == -EBADMSG);
        HOLDS(envelope.why[0] && memchr(envelope.why, '\0', sizeof envelope.why));
        HOLDS(!envelope.records && envelope.count == 0);
        return;
    }
    HOLDS(shape == ENVELOPE_LIST || envelope.count == 1);
    HOLDS((envelope.records != NULL) == (envelope.count > 0));
    HOLDS(envelope.per_page >= -1 && envelope.total_items >= -1 && envelope.total_pages >= -1);
    for (size_t i = 0; i < envelope.count; i++)
        check_record(envelope.records[i]);
    if (size <= WHOLE_SIZE_MAX && !fuzz_is_beyond_cjson(body, size))
        check_whole(&envelope, body, size, shape);
    envelope_finish(&envelope);
}

/* -------- an answer after another one -------- */

/* BODY is decoded after BEFORE as it is without. */
static void check_again(const char *body, size_t size, struct envelope *before)
{
    struct envelope cold, warm;
    int error = fuzz_decode(&cold, body, size, ENVELOPE_LIST);
    HOLDS(fuzz_decode_again(&warm, body, size, ENVELOPE_LIST, before) == error);
    HOLDS(strcmp(cold.why, warm.why) == 0);
    HOLDS(cold.count == warm.count && cold.total_items == warm.total_items);
    for (size_t i = 0; i < cold.count; i++)
        HOLDS(record_equals(cold.records[i], warm.records[i]));
    envelope_finish(&cold);
    envelope_finish(&warm);
}

/* Two answers, with what no JSON holds between them; or one that comes again. */
static void check_two(const char *text, size_t size)
{
    static const char between[] = "\xff\xff";
    struct envelope before;
    const char *end = memmem(text, size, between, 2);
    const char *second = end ? end + 2 : text;
    if (fuzz_decode(&before, text, end ? (size_t)(end - text) : size, ENVELOPE_LIST) == 0)
        check_again(second, size - (size_t)(second - text), &before);
    envelope_finish(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check((const char *)data, size, ENVELOPE_LIST);
    check((const char *)data, size, ENVELOPE_SINGLE);
    check_two((const char *)data, size);
    return 0;
}
