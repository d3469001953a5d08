#include "api/curl_failure.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    CURLcode code;
    int error;
    bool passing;
} curl_failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, true},
    {CURLE_COULDNT_RESOLVE_PROXY, -EHOSTUNREACH, true},
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, true},
    {CURLE_SEND_ERROR, -ECONNRESET, true},
    {CURLE_RECV_ERROR, -ECONNRESET, true},
    {CURLE_GOT_NOTHING, -ECONNRESET, true},
    {CURLE_HTTP2, -ECONNRESET, true},
    {CURLE_HTTP2_STREAM, -ECONNRESET, true},
    {CURLE_PARTIAL_FILE, -EBADMSG, true},
    {CURLE_WEIRD_SERVER_REPLY, -EBADMSG, false},
    {CURLE_BAD_CONTENT_ENCODING, -EBADMSG, false},
    {CURLE_WRITE_ERROR, -EBADMSG, false},
    {CURLE_UNSUPPORTED_PROTOCOL, -EBADMSG, false},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, false},
    {CURLE_PEER_FAILED_VERIFICATION, -EPROTO, false},
    {CURLE_SSL_CERTPROBLEM, -EPROTO, false},
    {CURLE_SSL_CIPHER, -EPROTO, false},
    {CURLE_SSL_CACERT_BADFILE, -EPROTO, false},
    {CURLE_SSL_ISSUER_ERROR, -EPROTO, false},
    {CURLE_SSL_ENGINE_NOTFOUND, -EPROTO, false},
    {CURLE_SSL_INVALIDCERTSTATUS, -EPROTO, false},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, -EPROTO, false},
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

/* What curl 7.88 says under another code than it should. */
static bool curl_failure_is_special(CURL *easy, CURLcode code, const char *why,
                                    struct answer *answer)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_SSL_CONNECT_ERROR && curl_failure_system_error(easy) == ECONNRESET)
        answer_fail(answer, -ECONNRESET, true, why);
    else if (code == CURLE_OUT_OF_MEMORY && status != 0) /* a header line of more than 100 KB */
        answer_fail(answer, -EBADMSG, false, "a header that is too large, or out of memory");
    else if (code == CURLE_RECV_ERROR && strstr(why, "chunk"))
        answer_fail(answer, -EBADMSG, true, why);
    else
        return false;
    return true;
}

void curl_failure(CURL *easy, CURLcode code, const char *message, struct answer *answer)
{
    const char *why = *message ? message : curl_easy_strerror(code);
    if (code == CURLE_COULDNT_CONNECT) {
        answer_fail(answer, curl_failure_of_connect(easy), true, why);
        return;
    }
    if (curl_failure_is_special(easy, code, why, answer))
        return;
    for (size_t i = 0; i < sizeof curl_failures / sizeof *curl_failures; i++) {
        if (curl_failures[i].code == code) {
            answer_fail(answer, curl_failures[i].error, curl_failures[i].passing, why);
            return;
        }
    }
    answer_fail(answer, -EIO, false, why);
}
