/* Says what the end of a request of libcurl means. */
#include "api/curl_failure.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* CURLE_TOO_LARGE, which headers of curl have from 8.6 on. */
#define CURL_FAILURE_TOO_LARGE ((CURLcode)100)

static const struct {
    CURLcode code;
    int error;
    bool transient;
} curl_failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, true},
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, true},
    {CURLE_SEND_ERROR, -ECONNRESET, true},
    {CURLE_RECV_ERROR, -ECONNRESET, true},
    {CURLE_GOT_NOTHING, -ECONNRESET, true},
    {CURLE_HTTP2, -ECONNRESET, true},
    {CURLE_HTTP2_STREAM, -ECONNRESET, true},
    {CURLE_PARTIAL_FILE, -EBADMSG, true},
    {CURLE_BAD_CONTENT_ENCODING, -EBADMSG, false},
    {CURLE_WRITE_ERROR, -EBADMSG, false},
    {CURLE_UNSUPPORTED_PROTOCOL, -EBADMSG, false},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, false},
    {CURLE_PEER_FAILED_VERIFICATION, -EPROTO, false},
    {CURLE_SSL_CERTPROBLEM, -EPROTO, false},
    {CURLE_SSL_CIPHER, -EPROTO, false},
    {CURLE_SSL_CACERT_BADFILE, -EPROTO, false},
    {CURLE_OUT_OF_MEMORY, -ENOMEM, false},
};

static long curl_failure_system_error(CURL *easy)
{
    long error = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    return error;
}

static int curl_failure_of_connect(CURL *easy)
{
    switch (curl_failure_system_error(easy)) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
        return -EHOSTUNREACH;
    case ETIMEDOUT:
        return -ETIMEDOUT;
    default:
        return -ECONNREFUSED;
    }
}

/* What curl says under another code than it should, or so that only its authors know what it
 * means. Versions differ in both. */
static bool curl_failure_is_special(CURL *easy, CURLcode code, const char *why,
                                    struct answer *answer)
{
    char text[sizeof answer->why];
    snprintf(text, sizeof text, "the answer is against the rules of HTTP: %s", why);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_SSL_CONNECT_ERROR && curl_failure_system_error(easy) == ECONNRESET)
        answer_fail(answer, -ECONNRESET, true, why);
    else if (code == CURLE_OUT_OF_MEMORY && status != 0) /* a header line of more than 100 KB */
        answer_fail(answer, -EBADMSG, false, "a header that is too large, or out of memory");
    else if (code == CURL_FAILURE_TOO_LARGE)
        answer_fail(answer, -EBADMSG, false, "a header that is too large");
    else if (code == CURLE_WEIRD_SERVER_REPLY)
        answer_fail(answer, -EBADMSG, false, text);
    else if (code == CURLE_RECV_ERROR && strstr(why, "chunk"))
        answer_fail(answer, -EBADMSG, true, why);
    else if (code == CURLE_RECV_ERROR && strstr(why, " alert ")) /* of TLS, after a handshake */
        answer_fail(answer, -EPROTO, false, why);
    else
        return false;
    return true;
}

/* Return whether WHY names PROXY as what could not be connected to. Versions of curl say it in
 * three ways. Only curl knows whether no_proxy leaves the proxy out. */
static bool curl_failure_names(const char *why, const char *proxy)
{
    char texts[3][320];
    const char *start = strstr(proxy, "://");
    if (!start)
        return false;
    start += 3;
    const char *port = strrchr(start, ':');
    int size = port ? (int)(port - start) : (int)strlen(start);
    snprintf(texts[0], sizeof texts[0], " via %.*s ", size, start);
    snprintf(texts[1], sizeof texts[1], " over proxy %.*s ", size, start);
    snprintf(texts[2], sizeof texts[2], " %.*s port %s ", size, start, port ? port + 1 : "");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strstr(why, texts[i]))
            return true;
    }
    return false;
}

/* Return whether PROXY is at fault, and not what is behind it; then WHAT gets what it said or
 * did. */
static bool curl_failure_blames_proxy(CURL *easy, CURLcode code, const char *why,
                                      const char *proxy, char what[static 160])
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status == 407)
        snprintf(what, 160, "it wants a user and password, or others than it gets (HTTP 407)");
    else if (status >= 300)
        snprintf(what, 160, "it does not let calls through (HTTP %ld)", status);
    else if (code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
             (code == CURLE_COULDNT_CONNECT && curl_failure_names(why, proxy)))
        snprintf(what, 160, "%s", why);
    else
        return false;
    return true;
}

/* A user and password that are refused are not tried again at once: some proxies lock them out
 * for that. */
static bool curl_failure_of_proxy_passes(CURL *easy)
{
    long status = 0, detail = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &detail);
    if (detail == CURLPX_USER_REJECTED || detail == CURLPX_NO_AUTH)
        return false;
    return status < 400 || status >= 500;
}

static int curl_failure_of_proxy(CURL *easy, CURLcode code)
{
    if (code == CURLE_COULDNT_RESOLVE_PROXY)
        return -EHOSTUNREACH;
    return code == CURLE_COULDNT_CONNECT ? curl_failure_of_connect(easy) : -ECONNREFUSED;
}

void curl_failure(CURL *easy, CURLcode code, const char *message, const char *proxy,
                  struct answer *answer)
{
    const char *why = *message ? message : curl_easy_strerror(code);
    char what[160], text[sizeof answer->why];
    if (proxy && curl_failure_blames_proxy(easy, code, why, proxy, what)) {
        snprintf(text, sizeof text, "the proxy %.160s: %s; see the option proxy", proxy, what);
        answer_fail(answer, curl_failure_of_proxy(easy, code),
                    curl_failure_of_proxy_passes(easy), text);
        return;
    }
    if (code == CURLE_COULDNT_CONNECT) {
        answer_fail(answer, curl_failure_of_connect(easy), true, why);
        return;
    }
    if (curl_failure_is_special(easy, code, why, answer))
        return;
    for (size_t i = 0; i < sizeof curl_failures / sizeof *curl_failures; i++) {
        if (curl_failures[i].code == code) {
            answer_fail(answer, curl_failures[i].error, curl_failures[i].transient, why);
            return;
        }
    }
    answer_fail(answer, -EIO, false, why);
}
