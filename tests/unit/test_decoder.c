/* Tests the decoding of an answer: its records, its pagination, what it refuses, its steps. */
#include "unit.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/decoder.h"

#define USERS  1000
#define ROUNDS 15

#define DECODER_TIMES 3

#define PAGE                                                                                   \
    "{\"response\": [{\"userID\": 7, \"firstName\": \"Jos\\u00e9\"},"                          \
    " {\"userID\": 3, \"firstName\": \"\"}],"                                                  \
    " \"pagination\": {\"perPage\": 100, \"totalItems\": 2, \"currentPage\": 1,"               \
    " \"totalPages\": 1, \"links\": {\"self\": \"x\", \"prev\": null}},"                       \
    " \"requestID\": \"4012fedc\"}"

/* Of a size to the byte: ASan sees it when one byte more is read. */
static int decode_bytes(struct envelope *envelope, const char *body, size_t size,
                        enum envelope_shape shape)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, body, size);
    int left = 1;
    struct decoder *decoder = decoder_create(envelope, copy, size, shape, "userID", NULL);
    assert_non_null(decoder);
    while (left > 0)
        left = decoder_step(decoder);
    decoder_destroy(decoder);
    free(copy);
    return left;
}

static int decode(struct envelope *envelope, const char *body)
{
    return decode_bytes(envelope, body, strlen(body), ENVELOPE_LIST);
}

/* A list of one record, as it was sent. */
static int decode_record(struct envelope *envelope, const char *record)
{
    char body[1024];
    snprintf(body, sizeof body, "{\"response\":[%s]}", record);
    return decode(envelope, body);
}

TEST(decoder_reads_a_list)
{
    struct envelope envelope;
    static const char bytes[] = "{\n  \"userID\": 7,\n  \"firstName\": \"Jos\xc3\xa9\"\n}\n";
    assert_int_equal(decode(&envelope, PAGE), 0);
    assert_int_equal(envelope.count, 2);
    assert_int_equal(envelope.records[0]->id, 7);
    assert_int_equal(envelope.records[1]->id, 3);
    assert_int_equal(envelope.records[0]->size, sizeof bytes - 1);
    assert_memory_equal(envelope.records[0]->bytes, bytes, sizeof bytes - 1);
    envelope_finish(&envelope);
    assert_int_equal(envelope.count, 0);
    envelope_finish(&envelope);
}

TEST(decoder_reads_what_stands_beside_the_list)
{
    struct envelope envelope;
    assert_int_equal(decode(&envelope, PAGE), 0);
    assert_int_equal(envelope.per_page, 100);
    assert_int_equal(envelope.total_items, 2);
    assert_int_equal(envelope.total_pages, 1);
    envelope_finish(&envelope);
}

TEST(decoder_reads_a_single_record)
{
    struct envelope envelope;
    static const char body[] = "{\"response\":{\"userID\":5}}";
    assert_int_equal(decode_bytes(&envelope, body, sizeof body - 1, ENVELOPE_SINGLE), 0);
    assert_int_equal(envelope.count, 1);
    assert_int_equal(envelope.records[0]->id, 5);
    assert_int_equal(envelope.total_items, -1);
    envelope_finish(&envelope);
}

TEST(decoder_reads_the_spellings_that_are_known)
{
    static const struct {
        const char *body;
        int64_t per_page, total_items, total_pages;
    } rows[] = {
        {"{\"response\":[]}", -1, -1, -1},
        {"{\"response\":[],\"pagination\":null}", -1, -1, -1},
        {"{\"response\":[],\"pagination\":[]}", -1, -1, -1},
        {"{\"response\":[],\"pagination\":{}}", -1, -1, -1},
        {"{\"pagination\":{\"total\":5,\"page\":1},\"response\":[]}", -1, 5, -1},
        {"{\"response\":[],\"pagination\":{\"total\":5,\"totalItems\":0}}", -1, 0, -1},
        {"{\"response\":[],\"pagination\":{\"totalItems\":\"5\",\"perPage\":-1}}", -1, 5, -1},
        {"{\"response\":[],\"pagination\":{\"totalItems\":\"5 or so\"}}", -1, -1, -1},
        {"{\"response\":[],\"pagination\":{\"totalItems\":1e300}}", -1, INT64_MAX, -1},
        {"{\"response\":[],\"pagination\":{\"totalPages\":0,\"totalItems\":0}}", -1, 0, 0},
        {"{\"respons\\u0065\":[],\"pagin\\u0061tion\":{\"total\":5}}", -1, 5, -1},
        {" {\n\"response\" : [ ] , \"x\":{\"response\":[1]} }\n", -1, -1, -1},
        {"{\"response\":[],\"pagination\":{\"perPage\":7},\"pagination\":null}", 7, -1, -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        assert_row(rows[i].body, decode(&envelope, rows[i].body) == 0);
        assert_int_equal(envelope.per_page, rows[i].per_page);
        assert_int_equal(envelope.total_items, rows[i].total_items);
        assert_int_equal(envelope.total_pages, rows[i].total_pages);
        envelope_finish(&envelope);
    }
}

/* A page that is cut would pass for the whole list. */
TEST(decoder_reads_a_pagination_that_stands_beside_the_list)
{
    static const struct {
        const char *members;
        int64_t total_items;
    } rows[] = {
        {"\"totalItems\":500", 500},
        {"\"total\": \"500\"", 500},
        {"\"totalItems\": 0", 0},
        {"\"total\":7,\"totalItems\":500,\"pagination\":null", 500},
        {"\"pagination\":{},\"totalItems\":500", 500},
        {"\"totalItems\":500,\"pagination\":{\"perPage\":33}", -1},
        {"\"pagination\":{\"totalItems\":3},\"totalItems\":500", 3},
        {"\"x\":{\"totalItems\":500}", -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        char body[128];
        snprintf(body, sizeof body, "{%s,\"response\":[{\"userID\":1}]}", rows[i].members);
        assert_row(body, decode(&envelope, body) == 0);
        assert_row(body, envelope.total_items == rows[i].total_items);
        envelope_finish(&envelope);
    }
}

TEST(decoder_reads_all_of_a_pagination_beside_the_list)
{
    struct envelope envelope;
    assert_int_equal(decode(&envelope, "{\"perPage\":33,\"page\":1,\"response\":[],\"links\":"
                                       "{\"next\":\"/x?page=2\"},\"totalPages\":16}"),
                     0);
    assert_int_equal(envelope.per_page, 33);
    assert_int_equal(envelope.current_page, 1);
    assert_int_equal(envelope.total_pages, 16);
    assert_int_equal(envelope.next_page, 2);
    envelope_finish(&envelope);
    assert_int_equal(decode(&envelope, "{\"currentPage\":2,\"response\":[]}"), 0);
    assert_int_equal(envelope.current_page, 2);
    envelope_finish(&envelope);
}

TEST(decoder_reads_which_page_it_is)
{
    static const struct {
        const char *pagination;
        int64_t page;
    } rows[] = {{"\"currentPage\":3", 3},
                {"\"page\":3", 3},
                {"\"currentPage\":3,\"page\":4", 3},
                {"\"currentPage\":\"3\"", 3},
                {"\"totalItems\":3", -1}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        char body[128];
        snprintf(body, sizeof body, "{\"response\":[],\"pagination\":{%s}}",
                 rows[i].pagination);
        assert_row(body, decode(&envelope, body) == 0);
        assert_row(body, envelope.current_page == rows[i].page);
        envelope_finish(&envelope);
    }
}

TEST(decoder_reads_where_links_lead)
{
    static const struct {
        const char *links;
        uint64_t next, last;
        const char *self;
    } rows[] = {
        {"{\"next\":\"https://x/y?page=4&perPage=98\",\"last\":\"/y?perPage=98&page=7\"}", 4, 7,
         ""},
        {"{\"next\":\"https://x/y?perPage=98\"}", UINT64_MAX, 0, ""},
        {"{\"next\":\"https://x/y?subpage=4\"}", UINT64_MAX, 0, ""},
        {"{\"next\":\"https://x/{{organization-id}}?page=2\"}", 0, 0, ""},
        {"{\"next\":\"\",\"last\":null,\"self\":null}", 0, 0, ""},
        {"{\"prev\":\"https://x/y?page=2\"}", 0, 0, ""},
        {"{\"self\":\"https://x/y/1?page=4\"}", 0, 0, "https://x/y/1"},
        {"{\"self\":{\"href\":\"/y/1\"}}", 0, 0, "/y/1"},
        {"{\"self\":\"https://x/{{organization-id}}?page=2\"}", 0, 0, ""},
        {"[]", 0, 0, ""},
        {"null", 0, 0, ""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        char body[256];
        snprintf(body, sizeof body, "{\"response\":[],\"pagination\":{\"links\":%s}}",
                 rows[i].links);
        assert_row(body, decode(&envelope, body) == 0);
        assert_row(body, envelope.next_page == rows[i].next);
        assert_row(body, envelope.last_page == rows[i].last);
        assert_row(body, strcmp(envelope.self, rows[i].self) == 0);
        envelope_finish(&envelope);
    }
}

TEST(decoder_cuts_off_no_address_that_is_too_long)
{
    for (size_t length = 150; length < 170; length++) {
        struct envelope envelope;
        char body[256], self[256] = "";
        memset(self, 'x', length);
        snprintf(body, sizeof body,
                 "{\"response\":[],\"pagination\":{\"links\":{\"self\":\"%.*s\"}}}",
                 (int)length, self);
        assert_int_equal(decode(&envelope, body), 0);
        assert_string_equal(envelope.self, length < 160 ? self : "");
        envelope_finish(&envelope);
    }
}

TEST(decoder_refuses_every_beginning_of_a_page)
{
    static const char *const bodies[] = {
        PAGE, "{\"response\":[]}",
        "{\"response\":[{\"userID\":1},{\"userID\":2,\"a\":\"\\ud83d\"}],\"pagination\":{}}",
        "{\"requestID\":\"x\",\"response\":[{\"userID\":1}]}"};
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        for (size_t size = 0; size < strlen(bodies[i]); size++) {
            struct envelope envelope;
            assert_int_equal(decode_bytes(&envelope, bodies[i], size, ENVELOPE_LIST), -EBADMSG);
            assert_true(*envelope.why);
            assert_int_equal(envelope.count, 0);
            assert_null(envelope.records);
        }
    }
}

TEST(decoder_refuses_every_beginning_of_a_single_record)
{
    static const char body[] = "{\"response\":{\"userID\":5,\"a\":[1,{}]},\"requestID\":\"x\"}";
    for (size_t size = 0; size < sizeof body - 1; size++) {
        struct envelope envelope;
        assert_int_equal(decode_bytes(&envelope, body, size, ENVELOPE_SINGLE), -EBADMSG);
    }
}

TEST(decoder_says_what_is_wrong)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"", "not a JSON object"},
        {"<html>", "not a JSON object"},
        {"[]", "not a JSON object"},
        {"{}", "not JSON"},
        {"{\"a\":1}", "no \"response\""},
        {"{\"a\" 1}", "not JSON"},
        {"{\"a\":}", "not JSON: a value was expected"},
        {"{\"a\":\"\xff\"}", "a string that is not UTF-8"},
        {"{\"a\":\"\t\"}", "not JSON: a bare control character in a string"},
        {"{\"a\":[1}", "not JSON: a comma or a closing bracket was expected"},
        {"{\"pagination\":{\"x\":\"\\ud83d\"}}", "a \"pagination\" that cannot be read"},
        {"{\"links\":\"\\ud83d\",\"response\":[]}", "a \"pagination\" that cannot be read"},
        {"{\"response\":[],\"pagination\": [{\"totalItems\":500}]}",
         "a \"pagination\" that is no object"},
        {"{\"pagination\":\"{\\\"totalItems\\\":500}\",\"response\":[]}",
         "a \"pagination\" that is no object"},
        {"{\"response\":[],\"pagination\":500}", "a \"pagination\" that is no object"},
        {"{\"response\":[],\"pagination\":true}", "a \"pagination\" that is no object"},
        {"{\"response\":[]}x", "more text behind the answer"},
        {"{\"response\":[]}{}", "more text behind the answer"},
        {"{\"response\":[],}", "not JSON"},
        {"{\"response\":[]]", "not JSON, or cut off"},
        {"{\"response\":[],\"error\":{\"id\":1},\"pagination\":{\"totalItems\":0}}",
         "an \"error\" beside its \"response\""},
        {"{\"response\":[],\"errors\":[{\"id\":1}]}", "an \"error\" beside its \"response\""},
        {"{\"response\":[],\"error\": \"no access\"}", "an \"error\" beside its \"response\""},
        {"{\"error\": 7,\"response\":[]}", "an \"error\" beside its \"response\""},
        {"{\"response\":{}}", "\"response\" is not a list"},
        {"{\"response\":null}", "\"response\" is not a list"},
        {"{\"response\":[],\"response\":[]}", "\"response\" stands there twice"},
        {"{\"pagination\":{\"page\":1},\"response\":[],\"pagination\":{\"page\":1}}",
         "\"pagination\" stands there twice"},
        {"{\"response\":[{\"userID\":1}}", "a list that is cut off"},
        {"{\"response\":[{\"userID\":1},]}", "record 2: not JSON"},
        {"{\"response\":[{\"userID\":1} {\"userID\":2}]}", "a list that is cut off"},
        {"{\"response\":[1]}", "record 1: no object"},
        {"{\"response\":[{\"userID\":1},null]}", "record 2: no object"},
        {"{\"response\":[{}]}", "record 1: no usable userID"},
        {"{\"response\":[{\"userID\":1,\"a\":\"\xff\"}]}",
         "record 1: a string that is not UTF-8"},
        {"{\"response\":[{\"userID\":1,\"a\":\"\t\"}]}",
         "record 1: not JSON: a bare control character in a string"},
        {"{\"response\":[{\"userID\":1,\"a\":01}]}", "record 1: "},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        assert_row(rows[i].body, decode(&envelope, rows[i].body) == -EBADMSG);
        if (strncmp(envelope.why, rows[i].why, strlen(rows[i].why)) != 0)
            assert_string_equal(envelope.why, rows[i].why);
    }
}

TEST(decoder_takes_an_error_that_says_nothing_for_none)
{
    static const char *const values[] = {"null", "false", "0", "\"\"", "{}", "[]", " { } "};
    for (size_t i = 0; i < LENGTH(values); i++) {
        struct envelope envelope;
        char body[100];
        snprintf(body, sizeof body, "{\"error\":%s,\"response\":[]}", values[i]);
        assert_row(values[i], decode(&envelope, body) == 0);
        envelope_finish(&envelope);
    }
}

TEST(decoder_refuses_a_list_where_one_record_is_due)
{
    struct envelope envelope;
    static const char list[] = "{\"response\":[{\"userID\":5}]}";
    assert_int_equal(decode_bytes(&envelope, list, sizeof list - 1, ENVELOPE_SINGLE), -EBADMSG);
    assert_string_equal(envelope.why, "record 1: no object");
}

TEST(decoder_refuses_ids_that_are_none)
{
    static const char *const ids[] = {"0",
                                      "-1",
                                      "\"7\"",
                                      "1.5",
                                      "null",
                                      "true",
                                      "[7]",
                                      "1e300",
                                      "{}",
                                      "7,\"userID\":7",
                                      "7,\"userID\":8",
                                      "9223372036854775808"};
    for (size_t i = 0; i < LENGTH(ids); i++) {
        struct envelope envelope;
        char record[64];
        snprintf(record, sizeof record, "{\"userID\":%s}", ids[i]);
        assert_row(record, decode_record(&envelope, record) == -EBADMSG);
        assert_string_equal(envelope.why, "record 1: no usable userID");
    }
}

TEST(decoder_leaves_doubles_of_an_id_to_the_pager)
{
    struct envelope envelope;
    assert_int_equal(decode(&envelope, "{\"response\":[{\"userID\":1},{\"userID\":1}]}"), 0);
    assert_int_equal(envelope.count, 2);
    envelope_finish(&envelope);
}

TEST(decoder_keeps_what_cjson_would_lose)
{
    static const char *const members[] = {
        "\"x\\u0000y\"",
        "9007199254740993",
        "1e400",
        "\"\\ud83d\"",
        "1.10",
        "-0",
        "1234567890123456789012345678901234567890123456789012345678901234567890"};
    for (size_t i = 0; i < LENGTH(members); i++) {
        struct envelope envelope;
        char record[128], expected[128];
        snprintf(record, sizeof record, "{\"userID\":1,\"a\":%s}", members[i]);
        snprintf(expected, sizeof expected, "{\n  \"userID\": 1,\n  \"a\": %s\n}\n",
                 members[i]);
        assert_row(record, decode_record(&envelope, record) == 0);
        assert_int_equal(envelope.records[0]->size, strlen(expected));
        assert_memory_equal(envelope.records[0]->bytes, expected, strlen(expected));
        envelope_finish(&envelope);
    }
}

TEST(decoder_shows_the_others_beside_a_lone_surrogate)
{
    struct envelope envelope;
    assert_int_equal(decode(&envelope, "{\"response\":[{\"userID\":1,\"a\":\"\\ud83d\"},"
                                       "{\"userID\":2,\"a\":\"x\"}]}"),
                     0);
    assert_int_equal(envelope.count, 2);
    assert_int_equal(envelope.records[1]->id, 2);
    envelope_finish(&envelope);
}

TEST(decoder_refuses_long_junk_in_place_of_a_number)
{
    struct envelope envelope;
    assert_int_equal(decode(&envelope, "{\"response\":[],\"pagination\":{\"totalItems\":"
                                       "-----------------------------------------}}"),
                     -EBADMSG);
    envelope_finish(&envelope);
}

TEST(decoder_takes_the_day_from_the_record)
{
    static const struct {
        const char *record;
        uint32_t day;
    } rows[] = {
        {"{\"userID\":1,\"creationDate\":\"2019-12-18\",\"licenseStartDate\":\"2020-01-01\"}",
         1576627200},
        {"{\"userID\":1,\"licenseStartDate\":\"2019-12-18\"}", 1576627200},
        {"{\"userID\":1,\"creationDate\":\"\",\"licenseStartDate\":\"2019-12-18\"}",
         1576627200},
        {"{\"userID\":1,\"creationDate\":\"2019-12-18T04:05:06\"}", 1576627200},
        {"{\"userID\":1,\"licenseStartDate\":\"2020-01-01\",\"creationDate\":\"2019-12-18\"}",
         1576627200},
        {"{\"userID\":1,\"creationDate\":\"2019-12-18\",\"creationDate\":\"2020-01-01\"}",
         1576627200},
        {"{\"userID\":1,\"creationDate\":5,\"creationDate\":\"2019-12-18\"}",
         MTIME_DEFAULT_DAY},
        {"{\"userID\":1,\"creationDate\":\"1970-01-01\",\"licenseStartDate\":\"2020-01-01\"}",
         0},
        {"{\"userID\":1,\"a\":{\"creationDate\":\"2019-12-18\"}}", MTIME_DEFAULT_DAY},
        {"{\"userID\":1,\"creationDate\":\"2019-12-18\\u0000\"}", MTIME_DEFAULT_DAY},
        {"{\"userID\":1,\"creationDate\":null}", MTIME_DEFAULT_DAY},
        {"{\"userID\":1,\"creationDate\":20191218}", MTIME_DEFAULT_DAY},
        {"{\"userID\":1,\"creationDate\":\"2019-02-30\"}", MTIME_DEFAULT_DAY},
        {"{\"userID\":1}", MTIME_DEFAULT_DAY},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        assert_int_equal(decode_record(&envelope, rows[i].record), 0);
        uint32_t seconds = envelope.records[0]->mtime.seconds;
        assert_row(rows[i].record, seconds - seconds % 86400 == rows[i].day);
        envelope_finish(&envelope);
    }
}

TEST(decoder_reads_a_thousand_records)
{
    enum { COUNT = 1000 };
    char *body = calloc(COUNT, 64), *at = body;
    assert_non_null(body);
    at += sprintf(at, "{\"response\":[");
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "%s{\"userID\":%d}", i ? "," : "", i + 1);
    sprintf(at, "]}");
    struct envelope envelope;
    assert_int_equal(decode(&envelope, body), 0);
    free(body);
    assert_int_equal(envelope.count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(envelope.records[i]->id, i + 1);
    envelope_finish(&envelope);
}

TEST(decoder_refuses_a_record_that_is_too_large)
{
    size_t size = RECORD_SIZE_MAX + 1000;
    char *body = malloc(size);
    assert_non_null(body);
    int start = sprintf(body, "{\"response\":[{\"userID\":1,\"a\":\"");
    memset(body + start, 'x', size - (size_t)start - 5);
    memcpy(body + size - 5, "\"}]}", 5);
    struct envelope envelope;
    assert_int_equal(decode_bytes(&envelope, body, size - 1, ENVELOPE_LIST), -EBADMSG);
    free(body);
    assert_string_equal(envelope.why, "record 1: too large");
}

/* Elements at some depth take thirty times their room when they are laid out. */
TEST(decoder_refuses_a_page_that_would_take_too_much_memory)
{
    enum { RECORDS = 9, ELEMENTS = 260000, DEPTH = 28 };
    char *body = malloc(RECORDS * (2 * (ELEMENTS + DEPTH) + 64)), *at = body;
    assert_non_null(body);
    at += sprintf(at, "{\"response\":[");
    for (int i = 0; i < RECORDS; i++) {
        at += sprintf(at, "%s{\"userID\":%d,\"a\":", i ? "," : "", i + 1);
        at = (char *)memset(at, '[', DEPTH) + DEPTH;
        for (int j = 0; j < ELEMENTS; j++)
            at = (char *)memcpy(at, "1,", 2) + 2;
        at = (char *)memset(at - 1, ']', DEPTH) + DEPTH;
        *at++ = '}';
    }
    strcpy(at, "]}");
    struct envelope envelope;
    int error = decode(&envelope, body);
    free(body);
    assert_int_equal(error, -EBADMSG);
    assert_string_equal(envelope.why, "record 9: too large");
}

TEST(decoder_takes_the_id_of_the_record_itself)
{
    static const struct {
        const char *record;
        uint64_t id;
    } rows[] = {
        {"{\"a\":{\"userID\":1},\"userID\":7,\"b\":[{\"userID\":2}]}", 7},
        {"{\"user\\u0049D\":7.0}", 7},
        {"{\"userID\":9223372036854775807}", INT64_MAX},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct envelope envelope;
        assert_row(rows[i].record, decode_record(&envelope, rows[i].record) == 0);
        assert_row(rows[i].record, envelope.records[0]->id == rows[i].id);
        envelope_finish(&envelope);
    }
}

/* DEPTH arrays around a number, as a member of an object that is the member OUTER of the
 * answer, and a list without records. */
static int decode_nested(const char *outer, size_t depth)
{
    struct envelope envelope;
    char body[4096];
    int at = sprintf(body, "{\"response\":[],\"%s\":{\"a\":", outer);
    memset(body + at, '[', depth);
    body[at + (int)depth] = '1';
    memset(body + at + depth + 1, ']', depth);
    strcpy(body + at + 2 * depth + 1, "}}");
    return decode(&envelope, body);
}

TEST(decoder_takes_what_is_nested_as_deeply_as_cjson_does)
{
    assert_int_equal(decode_nested("x", 999), 0);
    assert_int_equal(decode_nested("x", 1000), -EBADMSG);
    assert_int_equal(decode_nested("pagination", 999), 0);
    assert_int_equal(decode_nested("pagination", 1000), -EBADMSG);
}

/* -------- in steps -------- */

/* A page of 1,000 users with as many fields and bytes as the service's have. */
static char *page_text(void)
{
    size_t room = (size_t)USERS * 512 + 64;
    char *text = malloc(room);
    assert_non_null(text);
    size_t size = (size_t)snprintf(text, room, "{\"response\":[");
    for (int i = 0; i < USERS; i++)
        size += (size_t)snprintf(
            text + size, room - size,
            "%s{\"userID\":%d,\"departmentID\":1237,\"organizationID\":2345678,\"firstName\":"
            "\"Γιώργος\",\"lastName\":\"Βασιλείου\",\"emailAddress\":\"user%d@example.com\","
            "\"phone\":\"+1 555.010.7263 ext. 7\",\"licenseType\":\"Enterprise Sub Account "
            "Annual\",\"licenseStartDate\":\"2016-10-15\",\"creationDate\":\"2016-10-19\","
            "\"userType\":\"License\"}",
            i ? "," : "", 11000000 + i, i);
    snprintf(text + size, room - size, "]}");
    return text;
}

TEST(decoder_takes_some_records_a_step)
{
    char *text = page_text();
    struct envelope envelope;
    struct decoder *decoder =
        decoder_create(&envelope, text, strlen(text), ENVELOPE_LIST, "userID", NULL);
    assert_non_null(decoder);
    size_t before = 0;
    int left;
    while ((left = decoder_step(decoder)) > 0) {
        assert_between(envelope.count - before, 0, DECODER_STEP);
        before = envelope.count;
    }
    assert_int_equal(left, 0);
    assert_int_equal(envelope.count, USERS);
    decoder_destroy(decoder);
    envelope_finish(&envelope);
    free(text);
}

TEST(decoder_can_be_given_up_after_any_step)
{
    static const char text[] =
        "{\"a\":1,\"response\":[{\"userID\":1},{\"userID\":2}],\"b\":[]}";
    int left = 1;
    for (int steps = 0; left > 0; steps++) {
        struct envelope envelope;
        struct decoder *decoder =
            decoder_create(&envelope, text, strlen(text), ENVELOPE_LIST, "userID", NULL);
        assert_non_null(decoder);
        for (int i = 0; i < steps && left > 0; i++)
            left = decoder_step(decoder);
        decoder_destroy(decoder);
        envelope_finish(&envelope);
        assert_true(steps < 20);
    }
    assert_int_equal(left, 0);
}

TEST(decoder_gives_all_back_where_a_later_step_fails)
{
    char *text = page_text();
    strcpy(strrchr(text, ']'), "}");
    struct envelope envelope;
    assert_int_equal(decode(&envelope, text), -EBADMSG);
    assert_int_equal(envelope.count, 0);
    assert_null(envelope.records);
    free(text);
}

static int64_t time_decode(const char *text)
{
    struct envelope envelope;
    int64_t begin = clock_us();
    assert_int_equal(decode(&envelope, text), 0);
    int64_t end = clock_us();
    envelope_finish(&envelope);
    return end - begin;
}

static int64_t time_cjson(const char *text)
{
    int64_t begin = clock_us();
    cJSON *value = cJSON_Parse(text);
    char *printed = cJSON_Print(value);
    int64_t end = clock_us();
    assert_non_null(printed);
    free(printed);
    cJSON_Delete(value);
    return end - begin;
}

/* Strictness must not cost more than a few times what cJSON needs to read the same page and to
 * print it. Both in the same run, the quickest of several: the machine may be busy. */
TEST(decoder_needs_a_few_times_as_long_as_cjson)
{
    char *text = page_text();
    int64_t ours = INT64_MAX, theirs = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t decode = time_decode(text), cjson = time_cjson(text);
        ours = decode < ours ? decode : ours;
        theirs = cjson < theirs ? cjson : theirs;
    }
    print_message("%d users: %lld us, cJSON %lld us\n", USERS, (long long)ours,
                  (long long)theirs);
    assert_between(ours, 1, theirs * DECODER_TIMES);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_reads_a_list),
        cmocka_unit_test(decoder_reads_what_stands_beside_the_list),
        cmocka_unit_test(decoder_reads_a_single_record),
        cmocka_unit_test(decoder_reads_the_spellings_that_are_known),
        cmocka_unit_test(decoder_reads_a_pagination_that_stands_beside_the_list),
        cmocka_unit_test(decoder_reads_all_of_a_pagination_beside_the_list),
        cmocka_unit_test(decoder_reads_which_page_it_is),
        cmocka_unit_test(decoder_reads_where_links_lead),
        cmocka_unit_test(decoder_cuts_off_no_address_that_is_too_long),
        cmocka_unit_test(decoder_refuses_every_beginning_of_a_page),
        cmocka_unit_test(decoder_refuses_every_beginning_of_a_single_record),
        cmocka_unit_test(decoder_says_what_is_wrong),
        cmocka_unit_test(decoder_takes_an_error_that_says_nothing_for_none),
        cmocka_unit_test(decoder_refuses_a_list_where_one_record_is_due),
        cmocka_unit_test(decoder_refuses_ids_that_are_none),
        cmocka_unit_test(decoder_leaves_doubles_of_an_id_to_the_pager),
        cmocka_unit_test(decoder_keeps_what_cjson_would_lose),
        cmocka_unit_test(decoder_shows_the_others_beside_a_lone_surrogate),
        cmocka_unit_test(decoder_refuses_long_junk_in_place_of_a_number),
        cmocka_unit_test(decoder_takes_the_day_from_the_record),
        cmocka_unit_test(decoder_reads_a_thousand_records),
        cmocka_unit_test(decoder_refuses_a_record_that_is_too_large),
        cmocka_unit_test(decoder_refuses_a_page_that_would_take_too_much_memory),
        cmocka_unit_test(decoder_takes_the_id_of_the_record_itself),
        cmocka_unit_test(decoder_takes_what_is_nested_as_deeply_as_cjson_does),
        cmocka_unit_test(decoder_takes_some_records_a_step),
        cmocka_unit_test(decoder_can_be_given_up_after_any_step),
        cmocka_unit_test(decoder_gives_all_back_where_a_later_step_fails),
        cmocka_unit_test(decoder_needs_a_few_times_as_long_as_cjson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
