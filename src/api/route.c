/* Keeps how the service is reached: by which proxy, and with which certificates. */
#include "api/route.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "api/url.h"
#include "base/wipe.h"

/* A packet or two may get lost. */
#define ROUTE_LOST_MIN_MS 5000

/* The caller gives up before curl does, so that what it says is the same in each case. */
#define ROUTE_CONNECT_MORE_MS 500

bool route_init(struct route *route, const char *cacert, const char *proxy, int64_t timeout_ms)
{
    *route = (struct route){.lost_ms = (unsigned)(timeout_ms / 2)};
    if (route->lost_ms < ROUTE_LOST_MIN_MS)
        route->lost_ms = ROUTE_LOST_MIN_MS;
    route->connect_ms = (long)timeout_ms + ROUTE_CONNECT_MORE_MS;
    route->cacert = cacert ? strdup(cacert) : NULL;
    route->proxy = proxy ? strdup(proxy) : NULL;
    route->proxy_shown = proxy ? proxy_url_shown(proxy) : NULL;
    return (!cacert || route->cacert) && (!proxy || (route->proxy && route->proxy_shown));
}

void route_finish(struct route *route)
{
    free(route->cacert);
    wipe_free(route->proxy);
    free(route->proxy_shown);
    *route = (struct route){.cacert = NULL};
}

/* The kernel would try for a quarter of an hour. */
static int route_set_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
    const struct route *route = data;
    (void)purpose;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &route->lost_ms, sizeof route->lost_ms);
    return CURL_SOCKOPT_OK;
}

/* Trust those alone: curl would go on to trust the directory of the system beside them. */
static bool route_trust(const char *cacert, CURL *easy)
{
    return !curl_easy_setopt(easy, CURLOPT_CAINFO, cacert) &&
           !curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) &&
           !curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, cacert) &&
           !curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
}

/* curl copies the texts. Else OpenSSL would ask for a passphrase on the terminal. */
static bool route_show(const char *chain_text, const char *key_text, CURL *easy)
{
    struct curl_blob chain = {(void *)chain_text, strlen(chain_text), CURL_BLOB_COPY};
    struct curl_blob key = {(void *)key_text, strlen(key_text), CURL_BLOB_COPY};
    return !curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &chain) &&
           !curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key) &&
           !curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

bool route_take(const struct route *route, CURL *easy, bool plain)
{
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, route_set_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, route);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
    /* "": none, not even that of the environment, at which the options have looked. */
    if (curl_easy_setopt(easy, CURLOPT_PROXY, route->proxy ? route->proxy : ""))
        return false;
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    /* A proxy would get the key in the clear. */
    if (plain && curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"))
        return false;
    /* A name may have several addresses, and the machine of the first one be down. curl's own
     * time is far longer than anybody waits. */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, route->connect_ms);
    if (route->certificates && !route_show(route->certificates, route->private_key, easy))
        return false;
    return !route->cacert || route_trust(route->cacert, easy);
}
