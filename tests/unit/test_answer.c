/* Tests which errno and which message come of a status and a body. */
#include "unit.h"

#include <errno.h>

#include "api/answer.h"

static struct answer judge(long status, const char *body)
{
    struct answer answer = {.status = status, .body = body, .size = strlen(body)};
    answer_judge(&answer);
    return answer;
}

TEST(answer_status_decides)
{
    static const struct {
        long status;
        int error;
        bool transient;
    } rows[] = {
        {200, 0, false},        {201, -EBADMSG, false},  {204, -EBADMSG, false},
        {206, -EBADMSG, false}, {299, -EBADMSG, false},  {301, -EBADMSG, false},
        {302, -EBADMSG, false}, {304, -EBADMSG, false},  {400, -EINVAL, false},
        {401, -EACCES, false},  {403, -EACCES, false},   {404, -EIO, false},
        {405, -EIO, false},     {408, -ETIMEDOUT, true}, {410, -EIO, false},
        {418, -EIO, false},     {429, -EAGAIN, true},    {500, -EIO, true},
        {502, -EIO, true},      {503, -EIO, true},       {504, -EIO, true},
        {599, -EIO, true},      {600, -EIO, false},      {100, -EIO, false},
        {0, -EIO, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct answer answer = judge(rows[i].status, "{}");
        assert_int_equal(answer.error, rows[i].error);
        assert_int_equal(answer.transient, rows[i].transient);
        assert_int_equal(answer.over_rate, rows[i].status == 429);
    }
}

TEST(answer_is_never_that_a_thing_is_gone)
{
    for (long status = 0; status < 1000; status++)
        assert_int_not_equal(judge(status, "").error, -ENOENT);
}

TEST(answer_tells_the_allowance_from_the_rate)
{
    static const struct {
        const char *body;
        bool over_rate;
    } rows[] = {
        {"", true},
        {"<html>Too many requests</html>", true},
        {"{\"message\":\"slow down\",\"id\":1014}", true},
        {"{\"message\":\"x\",\"id\":1013}", false},
        {"{\"message\":\"x\",\"id\":\"1013\"}", false},
        {"{\"message\":\"API call limit exceeded. Please contact your account representative to"
         " extend the limits.\"}",
         false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct answer answer = judge(429, rows[i].body);
        assert_row(rows[i].body, answer.over_rate == rows[i].over_rate);
        assert_int_equal(answer.transient, rows[i].over_rate);
        assert_int_equal(answer.error, rows[i].over_rate ? -EAGAIN : -EDQUOT);
    }
}

TEST(answer_takes_1013_for_the_allowance_with_429_only)
{
    assert_int_equal(judge(403, "{\"id\":1013}").error, -EACCES);
    assert_int_equal(judge(200, "{\"id\":1013}").error, 0);
}

#define ERROR_IN(members) "{\"response\":{\"error\":{" members "}}}"

TEST(answer_takes_an_error_in_a_200_for_what_it_says)
{
    static const struct {
        const char *body;
        long status;
        int error;
        bool transient;
    } rows[] = {
        {ERROR_IN("\"httpStatusCode\":429,\"id\":1013"), 429, -EDQUOT, false},
        {ERROR_IN("\"httpStatusCode\":429,\"id\":1014"), 429, -EAGAIN, true},
        {ERROR_IN("\"httpStatusCode\":\"401\",\"id\":\"1010\""), 401, -EACCES, false},
        {ERROR_IN("\"httpStatusCode\":403"), 403, -EACCES, false},
        {ERROR_IN("\"httpStatusCode\":404"), 404, -EIO, false},
        {ERROR_IN("\"httpStatusCode\":503"), 503, -EIO, true},
        {ERROR_IN("\"message\":\"API call limit exceeded.\""), 429, -EDQUOT, false},
        {ERROR_IN("\"httpStatusCode\":200"), 200, -EBADMSG, false},
        {ERROR_IN("\"httpStatusCode\":302"), 200, -EBADMSG, false},
        {ERROR_IN("\"httpStatusCode\":70000"), 200, -EBADMSG, false},
        {ERROR_IN("\"httpStatusCode\":null"), 200, -EBADMSG, false},
        {ERROR_IN(""), 200, -EBADMSG, false},
        /* as the service's own pages show it: no JSON */
        {ERROR_IN("\"docs\": www.x.com \"name\": \"A\", \"httpStatusCode\": 401"), 401, -EACCES,
         false},
        {"{\"requestID\":\"r\",\"x\":[1,{}],\"error\":{\"httpStatusCode\":500}}", 500, -EIO,
         true},
        {" {\n\"response\" : { \"error\" :{\"httpStatusCode\":400", 400, -EINVAL, false},
        {"{\"response\":[ ],\"error\":{\"httpStatusCode\":503}}", 503, -EIO, true},
        {"{\"response\":null,\"error\":{\"httpStatusCode\":403}}", 403, -EACCES, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct answer answer = judge(200, rows[i].body);
        assert_row(rows[i].body, answer.error == rows[i].error);
        assert_row(rows[i].body, answer.status == rows[i].status);
        assert_row(rows[i].body, answer.transient == rows[i].transient);
    }
}

TEST(answer_takes_no_record_for_an_error)
{
    static const char *const bodies[] = {
        "{\"response\":[{\"error\":{\"httpStatusCode\":500}}]}",
        "{\"response\":{\"userID\":1,\"error\":{\"httpStatusCode\":500}}}",
        "{\"response\":{\"error\":null,\"userID\":1}}",
        "{\"response\":{\"error\":\"\",\"userID\":1}}",
        "{\"x\":{\"error\":{}},\"response\":[]}",
        "{\"error\":{ },\"response\":[]}",
        "{\"response\":[{}],\"error\":{\"httpStatusCode\":500}}",
        "{\"x\":\"{\\\"error\\\":{}\",\"response\":[]}",
        "[{\"error\":{}}]",
        "<html>",
    };
    for (size_t i = 0; i < LENGTH(bodies); i++)
        assert_row(bodies[i], judge(200, bodies[i]).error == 0);
}

TEST(answer_that_is_cut_off_may_come_whole_the_next_time)
{
    static const struct {
        const char *body;
        bool is_cut;
    } rows[] = {
        {"", false},
        {"\n", false},
        {"{", true},
        {"{\"", true},
        {"{\"response\":", true},
        {"{\"response\":{", true},
        {"{\"response\":[{\"error\":{}},\n", true},
        {"{}", false},
        {"{\"response\":[]} \r\n", false},
        {"{\"response\":[]}<!-- cached -->", false},
        {"[", false},
        {"<html>", false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct answer answer = judge(200, rows[i].body);
        assert_row(rows[i].body, answer.error == (rows[i].is_cut ? -EBADMSG : 0));
        assert_row(rows[i].body, answer.transient == rows[i].is_cut);
        assert_row(rows[i].body, !judge(404, rows[i].body).transient);
    }
}

TEST(answer_says_what_the_service_says)
{
    static const struct {
        long status;
        const char *body, *why;
    } rows[] = {
        {500, "", "HTTP 500"},
        {502, "<html>", "HTTP 502"},
        {401, "{\"id\":\"1010\",\"message\":\"Incorrect API Key\"}",
         "HTTP 401: Incorrect API Key, error 1010"},
        {403, "{\"name\":\"FORBIDDEN\"}", "HTTP 403: FORBIDDEN"},
        {500, "{\"message\":\"x\",\"id\":1026,\"requestID\":\"r-1\"}",
         "HTTP 500: x, error 1026, requestID r-1"},
        {302, "{\"message\":\"moved\"}",
         "HTTP 302: a redirect, which is not followed: the key must not go elsewhere"},
        {304, "", "HTTP 304: not modified, which nobody asked; look for a cache in between"},
        {200, ERROR_IN("\"httpStatusCode\":429,\"id\":1013,\"message\":\"No more\""),
         "HTTP 200 with an error of status 429: No more, error 1013"},
        {200, ERROR_IN("\"message\":\"Odd\""), "HTTP 200 with an error: Odd"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_string_equal(judge(rows[i].status, rows[i].body).why, rows[i].why);
}

TEST(answer_fails_without_a_status)
{
    struct answer answer = {.status = 500, .wait_ms = 7};
    answer_fail(&answer, -ECONNRESET, true, "reset");
    assert_int_equal(answer.error, -ECONNRESET);
    assert_true(answer.transient);
    assert_int_equal(answer.status, 0);
    assert_int_equal(answer.wait_ms, 0);
    assert_string_equal(answer.why, "reset");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_status_decides),
        cmocka_unit_test(answer_is_never_that_a_thing_is_gone),
        cmocka_unit_test(answer_tells_the_allowance_from_the_rate),
        cmocka_unit_test(answer_takes_1013_for_the_allowance_with_429_only),
        cmocka_unit_test(answer_takes_an_error_in_a_200_for_what_it_says),
        cmocka_unit_test(answer_takes_no_record_for_an_error),
        cmocka_unit_test(answer_that_is_cut_off_may_come_whole_the_next_time),
        cmocka_unit_test(answer_says_what_the_service_says),
        cmocka_unit_test(answer_fails_without_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
