/* Tests which URLs and data centres are taken, and where the key may not go. */
#include "unit.h"

#include "api/url.h"

static bool is_fine(const char *url)
{
    return base_url_problem(url) == NULL;
}

TEST(base_url_of_each_data_centre_can_be_used)
{
    static const char *const envs[] = {"com", "eu", "ca", "sg", "au", "ae", "sa", "ksa"};
    for (size_t i = 0; i < LENGTH(envs); i++) {
        assert_row(envs[i], base_url_of(envs[i]) && is_fine(base_url_of(envs[i])));
        assert_row(envs[i], strstr(base_url_envs(), envs[i]));
        assert_string_equal(base_url_env(base_url_of(envs[i])), envs[i]);
    }
    assert_string_equal(base_url_of("com"), "https://api.questionpro.com/a/api/v2");
    assert_string_equal(base_url_of("sa"), "https://api.surveyanalytics.com/a/api/v2");
    assert_string_equal(base_url_of("ksa"), "https://api.questionprosa.com/a/api/v2");
}

TEST(base_url_is_found_by_other_names_in_use)
{
    assert_string_equal(base_url_of("US"), base_url_of("com"));
    assert_string_equal(base_url_of("EU"), base_url_of("eu"));
    assert_string_equal(base_url_of("SurveyAnalytics.com"), base_url_of("sa"));
    assert_string_equal(base_url_of("com.au"), "https://api.questionpro.com.au/a/api/v2");
}

TEST(base_url_of_an_unknown_data_centre_is_none)
{
    assert_null(base_url_of("gov.com"));
    assert_null(base_url_of(""));
    assert_null(base_url_env("https://api.example.com/a/api/v2"));
}

TEST(base_url_may_be_https_anywhere)
{
    static const char *const urls[] = {
        "https://api.example.com",   "https://api.example.com/",
        "HTTPS://api.example.com/a", "https://api.example.com:8443/a/api/v2",
        "https://10.0.0.1/a",        "https://[2001:db8::1]/a"};
    for (size_t i = 0; i < LENGTH(urls); i++)
        assert_row(urls[i], is_fine(urls[i]));
}

TEST(base_url_may_be_http_on_this_machine)
{
    static const char *const urls[] = {"http://localhost/a", "http://localhost:8080/a",
                                       "http://127.0.0.1/a", "http://127.0.0.1:8080",
                                       "http://127.9.8.7/a", "http://[::1]:8080/a"};
    for (size_t i = 0; i < LENGTH(urls); i++)
        assert_row(urls[i], is_fine(urls[i]));
}

TEST(base_url_is_not_http_to_anywhere_else)
{
    static const char *const urls[] = {"http://api.example.com/a",
                                       "http://localhost.evil.com/a",
                                       "http://127.0.0.1.evil.com",
                                       "http://evil.com/127.0.0.1",
                                       "http://localhos/a",
                                       "http://localhost-a/",
                                       "http://128.0.0.1/",
                                       "http://0.0.0.0/",
                                       "http://10.0.0.1/",
                                       "http://[2001:db8::1]/",
                                       "http://[::]/",
                                       "http://2147483649/",
                                       "http://[::ffff:10.0.0.1]/",
                                       "HTTP://api.example.com/",
                                       "http://xlocalhost/",
                                       "http://127.0.0.evil/",
                                       "http://evil.com:127/"};
    for (size_t i = 0; i < LENGTH(urls); i++) {
        assert_row(urls[i], !is_fine(urls[i]));
        assert_string_equal(base_url_problem(urls[i]),
                            "http:// would send the key over the network unencrypted; use "
                            "https://");
    }
}

TEST(base_url_holds_no_user)
{
    static const char *const urls[] = {
        "https://user@api.example.com/", "https://user:pass@api.example.com/",
        "http://127.0.0.1@evil.com/",    "http://localhost:80@evil.com/",
        "http://localhost%20@evil.com/", "https://:pass@api.example.com/"};
    for (size_t i = 0; i < LENGTH(urls); i++) {
        assert_row(urls[i], !is_fine(urls[i]));
        assert_string_equal(base_url_problem(urls[i]), "it must not hold a user or a password");
    }
}

TEST(base_url_ends_in_its_path)
{
    static const char *const urls[] = {"https://api.example.com/a?x=1", "https://a.com/a#x",
                                       "https://a.com?x", "https://a.com/a?",
                                       "https://a.com/a#"};
    for (size_t i = 0; i < LENGTH(urls); i++) {
        assert_row(urls[i], !is_fine(urls[i]));
        assert_string_equal(base_url_problem(urls[i]),
                            "it must end in its path, with no ? or #");
    }
}

TEST(base_url_is_a_url_of_http)
{
    static const struct {
        const char *url, *problem;
    } rows[] = {
        {"", "it is not a URL"},
        {"api.example.com", "it is not a URL"},
        {"localhost:8080", "it is not a URL"},
        {"https://", "it is not a URL"},
        {"https://a b/", "it is not a URL"},
        {"https://a.com:99999/", "it is not a URL"},
        {"https://a.com/\n", "it is not a URL"},
        {"ftp://api.example.com/", "it must begin with https://"},
        {"file:///etc/passwd", "it must begin with https://"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_row(rows[i].url, !is_fine(rows[i].url));
        assert_string_equal(base_url_problem(rows[i].url), rows[i].problem);
    }
}

TEST(base_url_leaves_room_for_a_path)
{
    char url[600] = "https://api.example.com/";
    memset(url + strlen(url), 'a', 512 - strlen(url));
    assert_true(is_fine(url));
    strcat(url, "a");
    assert_string_equal(base_url_problem(url), "it is too long");
}

/* Other spellings of an address of this machine: whether they are taken does not matter, where
 * they lead does. curl reads both as 127.0.0.1. */
TEST(base_url_goes_by_what_curl_makes_of_a_host)
{
    assert_true(is_fine("http://127.1/"));
    assert_true(is_fine("http://2130706433/"));
    assert_false(is_fine("http://127.1@evil.com/"));
    assert_false(is_fine("http://127.0.0.1\\@evil.com/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_url_of_each_data_centre_can_be_used),
        cmocka_unit_test(base_url_is_found_by_other_names_in_use),
        cmocka_unit_test(base_url_of_an_unknown_data_centre_is_none),
        cmocka_unit_test(base_url_may_be_https_anywhere),
        cmocka_unit_test(base_url_may_be_http_on_this_machine),
        cmocka_unit_test(base_url_is_not_http_to_anywhere_else),
        cmocka_unit_test(base_url_holds_no_user),
        cmocka_unit_test(base_url_ends_in_its_path),
        cmocka_unit_test(base_url_is_a_url_of_http),
        cmocka_unit_test(base_url_leaves_room_for_a_path),
        cmocka_unit_test(base_url_goes_by_what_curl_makes_of_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
