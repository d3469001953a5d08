/* Tests that records which came before come out of a decoder as if they had not. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "base/buffer.h"
#include "json/decoder.h"

#define ROUNDS      20000
#define RECORDS_MAX 12

/* -------- the past, and what is decoded after it -------- */

static struct record *past_beside(void *data, uint64_t id, bool below, size_t *hint)
{
    const struct envelope *before = data;
    struct record *found = NULL;
    (*hint)++;
    for (size_t i = 0; i < before->count; i++) {
        struct record *record = before->records[i];
        bool beside = below ? record->id < id : record->id > id;
        if (beside && (!found || (record->id < found->id) != below))
            found = record;
    }
    return found;
}

/* Decode TEXT, a copy of which is of a size to the byte. BEFORE: what came the last time, or
 * NULL. */
static int decode(struct envelope *envelope, const char *text, size_t size,
                  struct envelope *before)
{
    const struct decoder_past past = {past_beside, before};
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    struct decoder *decoder =
        decoder_create(envelope, copy, size, ENVELOPE_LIST, "userID", before ? &past : NULL);
    assert_non_null(decoder);
    int left = 1;
    while (left > 0)
        left = decoder_step(decoder);
    decoder_destroy(decoder);
    free(copy);
    return left;
}

static void decode_first(struct envelope *envelope, const char *text)
{
    assert_int_equal(decode(envelope, text, strlen(text), NULL), 0);
}

static void assert_same_records(const struct envelope *cold, const struct envelope *warm)
{
    assert_int_equal(cold->count, warm->count);
    for (size_t i = 0; i < cold->count; i++) {
        const struct record *a = cold->records[i], *b = warm->records[i];
        assert_int_equal(a->id, b->id);
        assert_int_equal(a->mtime.seconds, b->mtime.seconds);
        assert_int_equal(a->mtime.nanoseconds, b->mtime.nanoseconds);
        assert_int_equal(a->size, b->size);
        assert_memory_equal(a->bytes, b->bytes, a->size);
    }
}

/* TEXT, SIZE bytes, is decoded after BEFORE as it is without. Return how many records of BEFORE
 * were used again. */
static size_t check(struct envelope *before, const char *text, size_t size)
{
    struct envelope cold, warm;
    size_t again = 0;
    int error = decode(&cold, text, size, NULL);
    assert_int_equal(decode(&warm, text, size, before), error);
    assert_string_equal(cold.why, warm.why);
    assert_int_equal(cold.total_items, warm.total_items);
    assert_same_records(&cold, &warm);
    for (size_t i = 0; i < warm.count; i++)
        again += warm.records[i]->refs > 1;
    envelope_finish(&cold);
    envelope_finish(&warm);
    for (size_t i = 0; i < before->count; i++)
        assert_int_equal(before->records[i]->refs, 1);
    return again;
}

#define ONE   "{\"userID\":1,\"name\":\"Jos\xc3\xa9\",\"creationDate\":\"2019-12-18\"}"
#define TWO   "{\"userID\":2,\"name\":\"a/b\",\"of\":[1,{\"x\":null}]}"
#define THREE "{\"userID\":3,\"name\":\"\",\"creationDate\":\"2020-01-01\"}"
#define FOUR  "{\"userID\":4}"
#define LIST  "{\"response\":[" ONE "," TWO "," THREE "," FOUR "]}"

/* -------- what is used again -------- */

TEST(refresh_uses_again_what_did_not_change)
{
    static const struct {
        const char *text;
        size_t again; /* the first of a page is not expected */
    } rows[] = {
        {LIST, 3},
        {"{\"response\":[" FOUR "," THREE "," TWO "," ONE "]}", 2},
        {"{\"response\":[" ONE ", " TWO " ,\n" THREE "," FOUR "]}", 3},
        {"{\"response\":[" ONE "," TWO "," FOUR "]}", 1},
        {"{\"response\":[" TWO ",{\"userID\":3}," FOUR "]}", 1},
        {"{\"response\":[{\"userID\":0.5e1}," ONE "]}", 0},
        {"{\"response\":[{\"userID\":1},{\"userID\":2}]}", 0},
        {"{\"response\":[" ONE "," ONE "," TWO "]}", 1},
        /* Another spelling of the same. */
        {"{\"response\":[" ONE ",{\"userID\":2,\"name\":\"a\\/b\",\"of\":[ 1 ,{\"x\":null}]}]}",
         1},
        {"{\"response\":[" TWO ",{\"userID\":3,\"name\":\"\" ,\"creationDate\":"
         "\"\\u0032020-01-01\"}]}",
         1},
        /* Members in another order, or there twice. */
        {"{\"response\":[" ONE ",{\"name\":\"a/b\",\"userID\":2,\"of\":[1,{\"x\":null}]}]}", 0},
        {"{\"response\":[" TWO ",{\"userID\":3,\"name\":\"\",\"creationDate\":\"2020-01-01\","
         "\"creationDate\":\"2020-01-01\"}]}",
         0},
    };
    struct envelope before;
    decode_first(&before, LIST);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t again = check(&before, rows[i].text, strlen(rows[i].text));
        assert_row(rows[i].text, again == rows[i].again);
    }
    envelope_finish(&before);
}

TEST(refresh_uses_again_the_very_record)
{
    struct envelope before, warm;
    decode_first(&before, LIST);
    assert_int_equal(decode(&warm, LIST, strlen(LIST), &before), 0);
    assert_ptr_not_equal(warm.records[0], before.records[0]);
    for (size_t i = 1; i < 4; i++)
        assert_ptr_equal(warm.records[i], before.records[i]);
    envelope_finish(&before);
    assert_int_equal(warm.records[3]->id, 4);
    envelope_finish(&warm);
}

/* A list in another order is not looked up for each of its records. */
TEST(refresh_stops_to_expect_what_does_not_come)
{
    enum { COUNT = 200 };
    static char text[64 * COUNT];
    char *at = text;
    struct envelope before, warm;
    at += sprintf(at, "{\"response\":[");
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "%s{\"userID\":%d}", i ? "," : "", i * 77 % 211 + 1);
    sprintf(at, "]}");
    decode_first(&before, text);
    const struct decoder_past past = {past_beside, &before};
    struct decoder *decoder =
        decoder_create(&warm, text, strlen(text), ENVELOPE_LIST, "userID", &past);
    while (decoder_step(decoder) > 0)
        continue;
    decoder_destroy(decoder);
    assert_same_records(&before, &warm);
    size_t again = 0;
    for (size_t i = 0; i < COUNT; i++)
        again += warm.records[i] == before.records[i];
    assert_true(again < COUNT / 2);
    envelope_finish(&warm);
    envelope_finish(&before);
}

/* What is used again counts as well. */
TEST(refresh_refuses_a_page_that_would_take_too_much_memory)
{
    enum { COUNT = 20, KNOWN = 10 };
    size_t each = RECORD_SIZE_MAX / 2;
    char *text = malloc(COUNT * (each + 64)), *at = text;
    struct envelope before, warm;
    assert_non_null(text);
    at += sprintf(at, "{\"response\":[");
    for (int i = 0; i < COUNT; i++) {
        at += sprintf(at, "%s{\"userID\":%d,\"a\":\"", i ? "," : "", i + 1);
        memset(at, 'x', each);
        at += each;
        at += sprintf(at, "\"}");
        if (i + 1 == KNOWN) {
            sprintf(at, "]}");
            decode_first(&before, text);
        }
    }
    assert_int_equal(before.count, KNOWN);
    assert_int_equal(decode(&warm, text, (size_t)(at - text), &before), -EBADMSG);
    assert_string_equal(warm.why, "record 16: too large");
    assert_int_equal(warm.count, 0);
    envelope_finish(&before);
    free(text);
}

/* -------- small changes at random -------- */

static uint64_t seed = 88172645463325252;

static unsigned pick(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % below);
}

static const char *const values[] = {"1",
                                     "12",
                                     "1.0",
                                     "1e2",
                                     "-0",
                                     "true",
                                     "null",
                                     "\"\"",
                                     "\"x\"",
                                     "\"\\u0078\"",
                                     "\": b\"",
                                     "\"\\\": b\"",
                                     "\"\\\\\"",
                                     "\"a\\/b\"",
                                     "\"a/b\"",
                                     "\"\xc3\xa9\"",
                                     "\"\\u00e9\"",
                                     "\"\\ud83d\"",
                                     "\"\\ud83d\\ude00\"",
                                     "[]",
                                     "{}",
                                     "[1,2]",
                                     "[{\"x\":\"y\"},[]]",
                                     "{\"userID\":9}",
                                     "{\"x\":{\"y\":[\"z\"]}}",
                                     "\"2019-12-18\"",
                                     "\"2020-01-01\""};
static const char *const names[] = {"a",      "b",   "c", "creationDate", "licenseStartDate",
                                    "\\\": ", "\\\\"};

static void put(struct buffer *out, const char *text)
{
    assert_int_equal(buffer_append(out, text, strlen(text)), 0);
}

static void put_space(struct buffer *out)
{
    static const char *const spaces[] = {"", "", "", "", "", " ", "\n  ", "\t\r\n"};
    put(out, spaces[pick(LENGTH(spaces))]);
}

/* Each record is made of its number. So it comes again if the number does. */
struct model {
    uint64_t seeds[RECORDS_MAX];
    unsigned ids[RECORDS_MAX];
    unsigned count;
};

static void put_record(struct buffer *out, unsigned id, uint64_t number)
{
    uint64_t kept = seed;
    char text[32];
    seed = number;
    unsigned members = pick(4), place = pick(members + 1);
    put(out, "{");
    for (unsigned i = 0; i <= members; i++) {
        put(out, i ? "," : "");
        put_space(out);
        snprintf(text, sizeof text, "\"%s\"",
                 i == place ? "userID" : names[pick(LENGTH(names))]);
        put(out, text);
        put_space(out);
        put(out, ":");
        put_space(out);
        snprintf(text, sizeof text, "%u", id);
        put(out, i == place ? text : values[pick(LENGTH(values))]);
        put_space(out);
    }
    put(out, "}");
    seed = kept;
}

static void put_list(struct buffer *out, const struct model *model)
{
    put(out, "{\"response\":[");
    for (unsigned i = 0; i < model->count; i++) {
        put(out, i ? "," : "");
        put_record(out, model->ids[i], model->seeds[i]);
    }
    put(out, "]}");
}

static struct model model_at_random(void)
{
    struct model model = {.count = 1 + pick(RECORDS_MAX)};
    bool falls = pick(4) == 0;
    for (unsigned i = 0; i < model.count; i++) {
        model.ids[i] = falls ? 2 * (RECORDS_MAX - i) : 2 * i + 2;
        model.seeds[i] = 1 + pick(1000000);
    }
    return model;
}

/* Somebody changes, leaves, comes, or moves. */
static void model_change(struct model *model)
{
    unsigned i = pick(model->count), j = pick(model->count);
    unsigned id = model->ids[i];
    uint64_t number = model->seeds[i];
    switch (pick(4)) {
    case 0:
        model->seeds[i] = 1 + pick(1000000);
        break;
    case 1:
        model->ids[i]++;
        break;
    case 2:
        model->ids[i] = model->ids[j];
        model->seeds[i] = model->seeds[j];
        model->ids[j] = id;
        model->seeds[j] = number;
        break;
    default:
        if (model->count > 1) {
            model->count--;
            model->ids[i] = model->ids[model->count];
            model->seeds[i] = model->seeds[model->count];
        }
    }
}

/* One byte is another, or is there twice, or not at all. */
static void damage(struct buffer *text)
{
    static const char bytes[] = " \n\"\\,:{}[]0129aeu\xc3\xff";
    size_t at = pick((unsigned)text->size);
    unsigned kind = pick(3);
    if (kind == 0) {
        text->data[at] = bytes[pick(sizeof bytes)];
    } else if (kind == 1) {
        memmove(text->data + at, text->data + at + 1, --text->size - at);
    } else {
        assert_int_equal(buffer_append(text, " ", 1), 0);
        memmove(text->data + at + 1, text->data + at, text->size - at - 1);
        text->data[at] = bytes[pick(sizeof bytes)];
    }
}

TEST(refresh_gives_what_a_first_read_gives)
{
    struct buffer text;
    size_t again = 0;
    buffer_init(&text, 1 << 20);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct envelope before;
        struct model model = model_at_random();
        buffer_clear(&text);
        put_list(&text, &model);
        assert_int_equal(decode(&before, text.data, text.size, NULL), 0);
        for (unsigned changes = pick(3); changes > 0; changes--)
            model_change(&model);
        buffer_clear(&text);
        put_list(&text, &model);
        if (pick(2) == 0)
            damage(&text);
        again += check(&before, text.data, text.size);
        envelope_finish(&before);
    }
    assert_true(again > ROUNDS);
    buffer_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_uses_again_what_did_not_change),
        cmocka_unit_test(refresh_uses_again_the_very_record),
        cmocka_unit_test(refresh_stops_to_expect_what_does_not_come),
        cmocka_unit_test(refresh_refuses_a_page_that_would_take_too_much_memory),
        cmocka_unit_test(refresh_gives_what_a_first_read_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
