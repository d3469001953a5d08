/* Tests the decoding of a page in steps, and that it can be given up. */
#include "unit.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/decoder.h"

#define USERS  1000
#define ROUNDS 15

#define DECODER_TIMES 3

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
        decoder_create(&envelope, text, strlen(text), ENVELOPE_LIST, "userID");
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
            decoder_create(&envelope, text, strlen(text), ENVELOPE_LIST, "userID");
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
    assert_int_equal(envelope_decode(&envelope, text, strlen(text), ENVELOPE_LIST, "userID"),
                     -EBADMSG);
    assert_int_equal(envelope.count, 0);
    assert_null(envelope.records);
    free(text);
}

static int64_t time_decode(const char *text)
{
    struct envelope envelope;
    int64_t begin = clock_us();
    assert_int_equal(envelope_decode(&envelope, text, strlen(text), ENVELOPE_LIST, "userID"),
                     0);
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
        cmocka_unit_test(decoder_takes_some_records_a_step),
        cmocka_unit_test(decoder_can_be_given_up_after_any_step),
        cmocka_unit_test(decoder_gives_all_back_where_a_later_step_fails),
        cmocka_unit_test(decoder_needs_a_few_times_as_long_as_cjson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
