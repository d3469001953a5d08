/* Knows the base URL of each data centre, and checks one that is given. */
#include "api/base_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Leaves room for a path in transfer.c. */
#define BASE_URL_SIZE_MAX 512

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

static bool base_url_has(CURLU *url, CURLUPart what)
{
    char *part = NULL;
    bool has = curl_url_get(url, what, &part, 0) == CURLUE_OK;
    curl_free(part);
    return has;
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
    if (base_url_has(url, CURLUPART_USER) || base_url_has(url, CURLUPART_PASSWORD))
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
