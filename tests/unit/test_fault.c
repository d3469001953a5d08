/* Tests the reading of the body of an error, whatever it is. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/utf8.h"
#include "json/fault.h"

static struct fault fault_of(const char *body)
{
    struct fault fault;
    size_t size = strlen(body);
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, body, size);
    fault_read(&fault, copy, size);
    free(copy);
    return fault;
}

TEST(fault_reads_the_body_of_the_documentation)
{
    struct fault fault = fault_of("{ \"response\": { \"error\": {\n"
                                  " \"docs\": www.questionpro.com/api/error-codes.html\n"
                                  " \"name\": \"UNAUTHORIZED\", \"httpStatusCode\": 401,"
                                  " \"id\": \"1010\",\n \"message\": \"Incorrect API Key\","
                                  " \"resourceUrl\": \"resource_url\" } } }");
    assert_string_equal(fault.message, "Incorrect API Key");
    assert_string_equal(fault.name, "UNAUTHORIZED");
    assert_int_equal(fault.id, 1010);
    assert_string_equal(fault.request_id, "");
}

TEST(fault_reads_valid_json)
{
    struct fault fault = fault_of("{\"response\":{\"error\":{\"id\":1013,\"name\":\"X\","
                                  "\"message\":\"caf\\u00e9\"}},\"requestID\":\"r-1\"}");
    assert_string_equal(fault.message, "caf\xc3\xa9");
    assert_int_equal(fault.id, 1013);
    assert_string_equal(fault.request_id, "r-1");
}

TEST(fault_reads_an_id_as_number_or_string)
{
    static const struct {
        const char *body;
        uint64_t id;
    } rows[] = {
        {"\"id\":1013", 1013},   {"\"id\" : \"1013\"", 1013},
        {"\"id\":\"x\"", 0},     {"\"id\":-1", 0},
        {"\"id\":1e300", 0},     {"\"id\":null", 0},
        {"\"id\":\"1013 \"", 0}, {"\"id\"", 0},
        {"\"id\":", 0},          {"{\"id\":99999999999999999999999999999999999999999}", 0}};
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].body, fault_of(rows[i].body).id == rows[i].id);
}

TEST(fault_takes_any_body)
{
    static const char *const bodies[] = {"",
                                         "<html><h1>502 Bad Gateway</h1></html>",
                                         "{",
                                         "\"message\"",
                                         "\"message\":",
                                         "\"message\":\"cut",
                                         "{\"message\":{\"x\":1}}",
                                         "\xff\xfe\"message\"",
                                         "\"message\" x \"message\"",
                                         "[[[[[[[["};
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        struct fault fault = fault_of(bodies[i]);
        assert_row(bodies[i], *fault.message == '\0' && fault.id == 0);
    }
}

TEST(fault_takes_no_nul_for_the_end)
{
    struct fault fault;
    static const char body[] = "x\0{\"message\":\0 \"a\"} \"message\" ";
    fault_read(&fault, body, sizeof body - 1);
    fault_read(&fault, "\0\"id\":7", 7);
    assert_int_equal(fault.id, 7);
}

TEST(fault_cuts_a_long_message_at_a_character)
{
    char body[1024] = "{\"message\":\"x";
    for (int i = 0; i < 200; i++)
        strcat(body, "\xe2\x82\xac");
    strcat(body, "\"}");
    struct fault fault = fault_of(body);
    assert_int_equal(strlen(fault.message), 1 + 3 * 84);
    for (const char *at = fault.message; *at;) {
        size_t size = utf8_size(at, strlen(at));
        assert_int_not_equal(size, 0);
        at += size;
    }
}

TEST(fault_does_not_show_the_half_of_a_key_that_is_cut)
{
    char body[400] = "{\"message\":\"";
    size_t at = strlen(body) + sizeof((struct fault *)NULL)->message - 10;
    memset(body + strlen(body), 'a', at - strlen(body));
    strcpy(body + at, "s3cret-of-someone\", \"requestID\": \"s3cret-of-someone\"}");
    log_redact("s3cret-of-someone");
    struct fault fault = fault_of(body);
    log_redact(NULL);
    assert_non_null(strstr(fault.message, "aaa***"));
    assert_string_equal(fault.request_id, "***");
}

TEST(fault_reads_the_first_64_kib)
{
    size_t size = 64 * 1024 + 40;
    char *body = malloc(size + 1);
    assert_non_null(body);
    memset(body, ' ', size);
    strcpy(body + size - 30, "\"message\":\"too far\"");
    struct fault fault;
    fault_read(&fault, body, size);
    assert_string_equal(fault.message, "");
    fault_read(&fault, body + 60, size - 60);
    assert_string_equal(fault.message, "too far");
    free(body);
}

TEST(fault_skips_a_word_that_is_no_member)
{
    struct fault fault = fault_of("{\"name\":\"message\",\"message\":\"found\"}");
    assert_string_equal(fault.message, "found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_reads_the_body_of_the_documentation),
        cmocka_unit_test(fault_reads_valid_json),
        cmocka_unit_test(fault_reads_an_id_as_number_or_string),
        cmocka_unit_test(fault_takes_any_body),
        cmocka_unit_test(fault_takes_no_nul_for_the_end),
        cmocka_unit_test(fault_cuts_a_long_message_at_a_character),
        cmocka_unit_test(fault_does_not_show_the_half_of_a_key_that_is_cut),
        cmocka_unit_test(fault_reads_the_first_64_kib),
        cmocka_unit_test(fault_skips_a_word_that_is_no_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
