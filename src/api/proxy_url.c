/* What may stand as a proxy, and what of it may be shown. */

#include "api/proxy_url.h"

#include <curl/curl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

#define PROXY_URL_SIZE_MAX 512

static CURLU *proxy_url_parse(const char *url)
{
    CURLU *parts = curl_url();
    if (parts && curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME)) {
        curl_url_cleanup(parts);
        return NULL;
    }
    return parts;
}

static bool proxy_url_has(CURLU *parts, CURLUPart what)
{
    char *part = NULL;
    bool has = curl_url_get(parts, what, &part, 0) == CURLUE_OK;
    wipe_free(part);
    return has;
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
    if (!problem &&
        ((path && strcmp(path, "/") != 0) || proxy_url_has(parts, CURLUPART_QUERY) ||
         proxy_url_has(parts, CURLUPART_FRAGMENT)))
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
    bool has = !parts || proxy_url_has(parts, CURLUPART_USER) ||
               proxy_url_has(parts, CURLUPART_PASSWORD);
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
