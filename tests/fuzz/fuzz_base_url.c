/* Fuzzes which URLs of a service are taken, and to where the key may go. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/url.h"

#define URL_SIZE_MAX 512

/* What the key may be sent to: nothing that a path can't be put behind. */
static void check(const char *url)
{
    const char *host = strstr(url, "://");
    HOLDS(strlen(url) <= URL_SIZE_MAX);
    HOLDS(host != NULL);
    HOLDS(strncasecmp(url, "https:", 6) == 0 || strncasecmp(url, "http:", 5) == 0);
    host += 3;
    HOLDS(memchr(host, '@', strcspn(host, "/")) == NULL);
    for (const char *at = url; *at; at++)
        HOLDS((unsigned char)*at > ' ' && *at != 0x7f && *at != '?' && *at != '#');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = fuzz_string(data, size);
    const char *problem = base_url_problem(url);
    if (problem)
        HOLDS(*problem);
    else
        check(url);
    free(url);
    return 0;
}
