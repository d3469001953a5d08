/* Checks the URL of the service and that of a proxy. */
#include "api/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/wipe.h"

/* Leaves room for a path in transfer.c. */
#define BASE_URL_SIZE_MAX  512
#define PROXY_URL_SIZE_MAX 512

static bool url_has(CURLU *url, CURLUPart what)
{
    char *part = NULL;
    bool has = curl_url_get(url, what, &part, 0) == CURLUE_OK;
    wipe_free(part);
    return has;
}

/* -------- the service -------- */

/* The first eight are the vendor's names. The others are in use for the same. */
static const struct {
    const char *env;
    const char *url;
} data_centres[] = {
    {"com", "https://api.questionpro.com/a/api/v2"},
    {"eu", "https://api.questionpro.eu/a/api/v2"},
    {"ca", "https://api.questionpro.ca/a/api/v2"},
    {"sg", "https://api.questionpro.sg/a/api/v2"},
    {"au", "https://api.questionpro.au/a/api/v2"},
    {"ae", "https://api.questionpro.ae/a/api/v2"},
    {"sa", "https://api.surveyanalytics.com/a/api/v2"},
    {"ksa", "https://api.questionprosa.com/a/api/v2"},
    {"us", "https://api.questionpro.com/a/api/v2"},
    {"com.au", "https://api.questionpro.com.au/a/api/v2"},
    {"surveyanalytics.com", "https://api.surveyanalytics.com/a/api/v2"},
};

const char *base_url_envs(void)
{
    return "com, eu, ca, sg, au, ae, sa, ksa";
}

const char *base_url_of(const char *env)
{
    for (size_t i = 0; i < sizeof data_centres / sizeof *data_centres; i++) {
        if (strcasecmp(data_centres[i].env, env) == 0)
            return data_centres[i].url;
    }
    return NULL;
}

const char *base_url_env(const char *url)
{
    for (size_t i = 0; i < sizeof data_centres / sizeof *data_centres; i++) {
        if (strcmp(data_centres[i].url, url) == 0)
            return data_centres[i].env;
    }
    return NULL;
}

static bool base_url_part_is(CURLU *url, CURLUPart what, const char *value)
{
    char *part = NULL;
    bool is = curl_url_get(url, what, &part, 0) == CURLUE_OK && strcmp(part, value) == 0;
    curl_free(part);
    return is;
}

/* Addresses, and the one name that curl itself never asks a name server for. */
static bool base_url_is_loopback(CURLU *url)
{
    char *host = NULL;
    struct in_addr address;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    bool is = strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
              (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
    curl_free(host);
    return is;
}

static const char *base_url_problem_of(CURLU *url)
{
    if (url_has(url, CURLUPART_USER) || url_has(url, CURLUPART_PASSWORD))
        return "it must not hold a user or a password";
    if (base_url_part_is(url, CURLUPART_SCHEME, "https"))
        return NULL;
    if (!base_url_part_is(url, CURLUPART_SCHEME, "http"))
        return "it must begin with https://";
    if (!base_url_is_loopback(url))
        return "http:// would send the key over the network unencrypted; use https://";
    return NULL;
}

const char *base_url_problem(const char *text)
{
    CURLU *url = curl_url();
    if (!url)
        return "out of memory";
    const char *problem = "it is not a URL";
    if (strlen(text) > BASE_URL_SIZE_MAX)
        problem = "it is too long";
    else if (strpbrk(text, "?#"))
        problem = "it must end in its path, with no ? or #";
    else if (strncmp(text + strcspn(text, ":"), "://", 3) == 0 &&
             curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        problem = base_url_problem_of(url);
    curl_url_cleanup(url);
    return problem;
}

/* -------- a proxy -------- */

static CURLU *proxy_url_parse(const char *url)
{
    CURLU *parts = curl_url();
    if (parts && curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME)) {
        curl_url_cleanup(parts);
        return NULL;
    }
    return parts;
}

static const char *proxy_url_problem(CURLU *parts)
{
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    char *scheme = NULL, *path = NULL;
    const char *problem = "a proxy is reached by http://, https://, socks4:// or socks5://";
    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
    curl_url_get(parts, CURLUPART_PATH, &path, 0);
    for (size_t i = 0; scheme && i < sizeof schemes / sizeof *schemes; i++) {
        if (strcmp(scheme, schemes[i]) == 0)
            problem = NULL;
    }
    if (!problem && ((path && strcmp(path, "/") != 0) || url_has(parts, CURLUPART_QUERY) ||
                     url_has(parts, CURLUPART_FRAGMENT)))
        problem = "nothing may stand behind its host and port";
    curl_free(scheme);
    curl_free(path);
    return problem;
}

char *proxy_url_read(const char *text, const char **problem)
{
    char *url = NULL;
    *problem = "it is too long";
    if (strlen(text) > PROXY_URL_SIZE_MAX)
        return NULL;
    *problem = "out of memory";
    if (asprintf(&url, "%s%s", strstr(text, "://") ? "" : "http://", text) < 0)
        return NULL;
    CURLU *parts = proxy_url_parse(url);
    *problem =
        parts ? proxy_url_problem(parts) : "it is no URL, as http://proxy.example.com:3128";
    curl_url_cleanup(parts);
    if (!*problem)
        return url;
    wipe_free(url);
    return NULL;
}

bool proxy_url_has_user(const char *url)
{
    CURLU *parts = proxy_url_parse(url);
    bool has = !parts || url_has(parts, CURLUPART_USER) || url_has(parts, CURLUPART_PASSWORD);
    curl_url_cleanup(parts);
    return has;
}

char *proxy_url_shown(const char *url)
{
    char *shown = NULL, *text = NULL;
    CURLU *parts = proxy_url_parse(url);
    if (parts && !curl_url_set(parts, CURLUPART_USER, NULL, 0) &&
        !curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) &&
        !curl_url_get(parts, CURLUPART_URL, &text, CURLU_NON_SUPPORT_SCHEME))
        shown = strndup(text, strlen(text) - (text[strlen(text) - 1] == '/'));
    curl_free(text);
    curl_url_cleanup(parts);
    return shown;
}
