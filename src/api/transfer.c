#include "api/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "api/curl_failure.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/live.h"
#include "base/wipe.h"

/* A page of 1,000 users takes about 400 KB. Counted after decompression. */
#define TRANSFER_BODY_MAX ((size_t)32 << 20)

struct transfers {
    struct loop *loop;
    struct loop_timer timer;
    struct loop_work reap;
    CURLM *multi;
    const char *key;
    char *base_url;
    char *cacert;
    int64_t renewed_ms; /* clock_ms(): no connection from before serves. 0: all do */
};

struct transfer {
    struct transfers *transfers;
    CURL *easy;
    struct curl_slist *headers; /* its own: the key may change while it is under way */
    transfer_done_fn *done;
    void *data;
    struct buffer body;
    struct freshness freshness;
    bool header_whole;         /* the empty line behind it was seen */
    int receive_error;         /* what buffer_append() said of the body */
    struct loop_timer starved; /* runs when its socket could not be watched */
    char url[1024];
    char error[CURL_ERROR_SIZE];
};

static void transfer_fail(const struct transfer *transfer, CURLcode code, struct answer *answer)
{
    if (transfer->receive_error == -EFBIG)
        answer_fail(answer, -EBADMSG, false, "an answer of more than 32 MiB");
    else if (transfer->receive_error)
        answer_fail(answer, transfer->receive_error, false, "out of memory");
    else
        curl_failure(transfer->easy, code, transfer->error, answer);
    /* The times that curl keeps do not tell: newer ones are set where the connection failed. */
    long request_size = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_size);
    answer->unsent = request_size == 0;
}

static void transfer_free(struct transfer *transfer)
{
    loop_timer_stop(&transfer->starved);
    if (transfer->easy) {
        curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    if (transfer->headers)
        explicit_bzero(transfer->headers->data, strlen(transfer->headers->data));
    curl_slist_free_all(transfer->headers);
    buffer_finish(&transfer->body);
    free(transfer);
    live_gone(LIVE_TRANSFER);
}

static time_t transfer_date(const struct transfer *transfer)
{
    struct curl_header *header;
    if (curl_easy_header(transfer->easy, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    time_t date = curl_getdate(header->value, NULL);
    return date > 0 ? date : 0;
}

static void transfers_reap(struct transfers *transfers);

static void transfer_finish(struct transfer *transfer, CURLcode code)
{
    struct answer answer = {.error = 0};
    if (code != CURLE_OK) {
        transfer_fail(transfer, code, &answer);
    } else if (!transfer->header_whole) {
        /* curl takes the end of the connection for the end of the header. */
        answer_fail(&answer, -EBADMSG, true, "the connection was closed in the header");
    } else {
        curl_off_t retry_after = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &answer.status);
        curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
        answer.wait_ms = retry_after > 0 && retry_after < 1000000 ? retry_after * 1000 : 0;
        answer.body = transfer->body.data ? transfer->body.data : "";
        answer.size = transfer->body.size;
        answer.freshness = transfer->freshness;
        answer.date = transfer_date(transfer);
        answer_judge(&answer);
    }
    transfer->done(transfer->data, &answer);
    transfer_free(transfer);
}

/* One at a time: what is done with an answer takes milliseconds, and eight may come at once. */
static void transfers_reap_one(void *data)
{
    struct transfers *transfers = data;
    char *transfer = NULL;
    int left;
    CURLMsg *message = curl_multi_info_read(transfers->multi, &left);
    if (left > 0)
        transfers_reap(transfers);
    if (!message || message->msg != CURLMSG_DONE)
        return;
    CURLcode code = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer_finish((struct transfer *)(void *)transfer, code);
}

static void transfers_reap(struct transfers *transfers)
{
    loop_work_start(transfers->loop, &transfers->reap, transfers_reap_one, transfers);
}

static void transfers_on_timer(void *data)
{
    struct transfers *transfers = data;
    int running;
    curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    transfers_reap(transfers);
}

static int transfers_set_timer(CURLM *multi, long delay_ms, void *data)
{
    struct transfers *transfers = data;
    (void)multi;
    if (delay_ms < 0)
        loop_timer_stop(&transfers->timer);
    else
        loop_timer_start(transfers->loop, &transfers->timer, delay_ms, transfers_on_timer,
                         transfers);
    return 0;
}

/* What the loop hands back is the transfers; the descriptor is asked for again through curl's
 * own pointer for it, hence this little struct a socket. */
struct transfer_socket {
    struct transfers *transfers;
    curl_socket_t fd;
};

static void transfer_socket_ready(void *data, uint32_t events)
{
    const struct transfer_socket *sock = data;
    struct transfers *transfers = sock->transfers;
    int running;
    int ready = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(transfers->multi, sock->fd, ready, &running);
    transfers_reap(transfers);
}

static void transfer_on_starved(void *data)
{
    struct transfer *transfer = data;
    struct answer answer;
    answer_fail(&answer, -ENOMEM, false, "out of memory");
    transfer->done(transfer->data, &answer);
    transfer_free(transfer);
}

/* Not by an error from the callback: curl would give up all transfers of this mount, for ever.
 */
static void transfers_starve(struct transfers *transfers, CURL *easy)
{
    char *private = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    struct transfer *transfer = (struct transfer *)(void *)private;
    if (transfer)
        loop_timer_start(transfers->loop, &transfer->starved, 0, transfer_on_starved, transfer);
}

static int transfers_set_socket(CURL *easy, curl_socket_t fd, int what, void *data,
                                void *socket_data)
{
    struct transfers *transfers = data;
    struct transfer_socket *sock = socket_data;
    if (what == CURL_POLL_REMOVE) {
        loop_fd_remove(transfers->loop, fd);
        curl_multi_assign(transfers->multi, fd, NULL);
        free(sock);
        return 0;
    }
    if (!sock) {
        sock = malloc(sizeof *sock);
        if (!sock) {
            transfers_starve(transfers, easy);
            return 0;
        }
        *sock = (struct transfer_socket){transfers, fd};
        curl_multi_assign(transfers->multi, fd, sock);
    }
    uint32_t events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                      (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    if (loop_fd_set(transfers->loop, fd, events, transfer_socket_ready, sock))
        transfers_starve(transfers, easy);
    return 0;
}

static struct curl_slist *transfer_headers(const char *key)
{
    static const char name[] = "api-key: ";
    size_t size = sizeof name + strlen(key);
    char *line = malloc(size);
    if (!line)
        return NULL;
    snprintf(line, size, "%s%s", name, key);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    explicit_bzero(line, size);
    free(line);
    struct curl_slist *all =
        headers ? curl_slist_append(headers, "Accept: application/json") : NULL;
    if (!all)
        curl_slist_free_all(headers);
    return all;
}

struct transfers *transfers_create(struct loop *loop, const struct transfers_options *options)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);
    if (!transfers)
        return NULL;
    transfers->loop = loop;
    /* What curl received, and the key in what it sent. */
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, realloc, strdup, calloc);
    transfers->multi = curl_multi_init();
    transfers->key = options->key;
    transfers->base_url = strdup(options->base_url);
    transfers->cacert = options->cacert ? strdup(options->cacert) : NULL;
    if (!transfers->multi || !transfers->base_url || (options->cacert && !transfers->cacert)) {
        transfers_destroy(transfers);
        return NULL;
    }
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, transfers_set_socket);
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, transfers_set_timer);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
    return transfers;
}

void transfers_destroy(struct transfers *transfers)
{
    if (!transfers)
        return;
    curl_multi_cleanup(transfers->multi);
    loop_timer_stop(&transfers->timer);
    loop_work_stop(&transfers->reap);
    free(transfers->base_url);
    free(transfers->cacert);
    free(transfers);
    curl_global_cleanup();
}

static size_t transfer_receive(char *bytes, size_t one, size_t count, void *data)
{
    struct transfer *transfer = data;
    int error = buffer_append(&transfer->body, bytes, one * count);
    transfer->receive_error = error;
    return error ? 0 : one * count;
}

static size_t transfer_receive_header(char *line, size_t one, size_t size, void *data)
{
    struct transfer *transfer = data;
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        transfer->header_whole = false; /* so far there was only a "100 Continue" */
        transfer->freshness = (struct freshness){0};
    } else if (size > 0 && size <= 2 && line[size - 1] == '\n') {
        transfer->header_whole = true;
    } else if (!transfer->header_whole) { /* else a trailer, behind the body */
        freshness_read(&transfer->freshness, line, size);
    }
    return one * size;
}

/* Connections are only told apart by whole seconds of their age: within the first second, none
 * is used again. */
static void transfer_avoid_old_connections(const struct transfer *transfer)
{
    int64_t renewed_ms = transfer->transfers->renewed_ms;
    long seconds = (long)((clock_ms() - renewed_ms) / 1000);
    if (renewed_ms && seconds < 1)
        curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
    else if (renewed_ms)
        curl_easy_setopt(transfer->easy, CURLOPT_MAXLIFETIME_CONN, seconds);
}

void transfers_renew_connections(struct transfers *transfers)
{
    transfers->renewed_ms = clock_ms();
}

void transfers_set_key(struct transfers *transfers, const char *key)
{
    transfers->key = key;
    transfers_renew_connections(transfers);
}

/* The one place where a request is made up. No CURLOPT_VERBOSE here, ever: it prints headers,
 * and so the key. */
static bool transfer_set_up(struct transfer *transfer)
{
    const struct transfers *transfers = transfer->transfers;
    CURL *easy = transfer->easy;
    bool plain = strncasecmp(transfer->url, "http:", 5) == 0;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    transfer->headers = transfer_headers(transfers->key);
    if (!transfer->headers)
        return false;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "qpfs/" QPFS_VERSION);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Else cancelling waits for the thread that asks a dead name server, and the loop with it.
     */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, transfer_receive_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    transfer_avoid_old_connections(transfer);
    if (plain) /* a proxy from the environment would get the key in the clear */
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    else
        curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    /* Those alone: the system's directory would go on to be trusted beside them. */
    if (transfers->cacert && (curl_easy_setopt(easy, CURLOPT_CAINFO, transfers->cacert) ||
                              curl_easy_setopt(easy, CURLOPT_CAPATH, NULL)))
        return false;
    return curl_easy_setopt(easy, CURLOPT_URL, transfer->url) == CURLE_OK;
}

struct transfer *transfer_start(struct transfers *transfers, const char *path,
                                transfer_done_fn *done, void *data)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    live_born(LIVE_TRANSFER);
    transfer->transfers = transfers;
    transfer->done = done;
    transfer->data = data;
    buffer_init(&transfer->body, TRANSFER_BODY_MAX);
    int size =
        snprintf(transfer->url, sizeof transfer->url, "%s/%s", transfers->base_url, path);
    transfer->easy = curl_easy_init();
    if (!transfer->easy || size < 0 || (size_t)size >= sizeof transfer->url ||
        !transfer_set_up(transfer) ||
        curl_multi_add_handle(transfers->multi, transfer->easy) != CURLM_OK) {
        transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

void transfer_cancel(struct transfer *transfer)
{
    if (transfer)
        transfer_free(transfer);
}
