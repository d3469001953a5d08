/* What is said to do about a call that failed. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "program/remedy.h"

static const char *remedy(int error, long status, const char *path)
{
    struct failure failure = {.error = -error, .status = status};
    snprintf(failure.path, sizeof failure.path, "%s", path);
    return remedy_for(&failure);
}

TEST(remedy_is_there_for_every_error_that_a_listing_ends_in)
{
    static const int errors[] = {EACCES,       EINVAL,    EIO,          EAGAIN,
                                 EDQUOT,       ETIMEDOUT, ECONNREFUSED, ECONNRESET,
                                 EHOSTUNREACH, EPROTO,    EBADMSG,      ENOENT};
    for (size_t i = 0; i < LENGTH(errors); i++)
        assert_string_not_equal(remedy(errors[i], 0, ""), "try again later");
    assert_string_equal(remedy(ENOMEM, 0, ""), "try again later");
}

TEST(remedy_goes_by_the_status_where_that_says_more)
{
    const char *communities = "micropanel/users/1/communities";
    assert_non_null(strstr(remedy(EACCES, 401, communities), "the key is not accepted"));
    assert_non_null(strstr(remedy(EACCES, 0, communities), "the key is not accepted"));
    assert_non_null(strstr(remedy(EACCES, 403, communities), "give communities=no"));
    assert_non_null(strstr(remedy(EACCES, 403, "users/1"), "the key may not read this"));
    assert_non_null(strstr(remedy(EIO, 404, "users/1"), "may need empty_lists=404"));
    assert_non_null(strstr(remedy(EIO, 405, "users/1"), "check user_id"));
    assert_non_null(strstr(remedy(EIO, 500, "users/1"), "the service failed"));
    assert_non_null(strstr(remedy(EIO, 503, "users/1"), "the service failed"));
    assert_non_null(strstr(remedy(EAGAIN, 429, "users/1"), "too many calls"));
    assert_non_null(strstr(remedy(EDQUOT, 429, "users/1"), "no calls left"));
}

TEST(remedy_for_a_list_that_may_be_empty)
{
    const struct failure failure = {.error = -EIO, .status = 404, .nobody = true};
    assert_non_null(strstr(remedy_for(&failure), "if there are none, give empty_lists=404"));
}

TEST(remedy_tells_what_a_mount_may_wait_for)
{
    static const struct {
        int error;
        long status;
        bool may_wait;
    } rows[] = {
        {EHOSTUNREACH, 0, true}, {ECONNREFUSED, 0, true}, {ECONNRESET, 0, true},
        {ETIMEDOUT, 0, true},    {EIO, 502, true},        {EIO, 404, false},
        {EACCES, 401, false},    {EDQUOT, 429, false},    {EBADMSG, 200, false},
        {EPROTO, 0, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct failure failure = {.error = -rows[i].error, .status = rows[i].status};
        assert_int_equal(remedy_may_wait(&failure), rows[i].may_wait);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remedy_is_there_for_every_error_that_a_listing_ends_in),
        cmocka_unit_test(remedy_goes_by_the_status_where_that_says_more),
        cmocka_unit_test(remedy_for_a_list_that_may_be_empty),
        cmocka_unit_test(remedy_tells_what_a_mount_may_wait_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
