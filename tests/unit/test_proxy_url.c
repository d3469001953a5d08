/* What may stand as a proxy, and what of it is shown. */

#include "unit.h"

#include <stdlib.h>

#include "api/url.h"

TEST(proxy_url_is_what_curl_takes_it_for)
{
    static const struct {
        const char *text, *url, *shown;
        bool has_user;
    } rows[] = {
        {"http://p.example.com:3128", "http://p.example.com:3128", "http://p.example.com:3128",
         false},
        {"http://p:3128/", "http://p:3128/", "http://p:3128", false},
        {"p:3128", "http://p:3128", "http://p:3128", false},
        {"jane:s3cret@p:3128", "http://jane:s3cret@p:3128", "http://p:3128", true},
        {"socks5h://jane@p:1080", "socks5h://jane@p:1080", "socks5h://p:1080", true},
        {"https://[::1]:8443", "https://[::1]:8443", "https://[::1]:8443", false},
        {"http://a%40b:s3cret%2F@p", "http://a%40b:s3cret%2F@p", "http://p", true},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *problem;
        char *url = proxy_url_read(rows[i].text, &problem);
        assert_row(rows[i].text, url && !problem);
        char *shown = proxy_url_shown(url);
        assert_string_equal(url, rows[i].url);
        assert_string_equal(shown, rows[i].shown);
        assert_row(rows[i].text, proxy_url_has_user(url) == rows[i].has_user);
        free(url);
        free(shown);
    }
}

TEST(proxy_url_problems_show_nothing_of_it)
{
    static const char *const texts[] = {
        "",
        "http://",
        "ftp://jane:s3cret@p:1",
        "http://jane:s3cret@p:99999",
        "http://jane:s3cret@a b",
        "http://jane:s3cret@p:1/path",
        "http://p:1?s3cret",
        "http://p:1#s3cret",
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const char *problem = NULL;
        assert_row(texts[i], !proxy_url_read(texts[i], &problem));
        assert_row(texts[i], problem && !strstr(problem, "s3cret") && !strstr(problem, "jane"));
    }
}

TEST(proxy_url_is_not_too_long)
{
    char text[700] = "http://";
    const char *problem;
    memset(text + 7, 'a', 600);
    assert_null(proxy_url_read(text, &problem));
    assert_string_equal(problem, "it is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proxy_url_is_what_curl_takes_it_for),
        cmocka_unit_test(proxy_url_problems_show_nothing_of_it),
        cmocka_unit_test(proxy_url_is_not_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
