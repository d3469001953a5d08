/* Makes single HTTP requests over connections that are kept and shared. */
#include "api/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "api/curl_failure.h"
#include "api/pool.h"
#include "api/route.h"
#include "api/silence.h"
#include "base/buffer.h"
#include "base/objects.h"
#include "base/wipe.h"

/* A page of 1,000 users takes about 400 KB. Counted after decompression. */
#define TRANSFER_BODY_MAX ((size_t)32 << 20)

/* A body is expected to be as large as its header says, but no memory is taken for more than
 * this before it comes. */
#define TRANSFER_EXPECT_MAX ((size_t)1 << 20)

/* Of all headers together, trailers and those of a "100 Continue" included. curl keeps them
 * all, and not every version has a limit, or one for trailers. */
#define TRANSFER_HEADERS_MAX ((size_t)256 << 10)

/* So many headers of a name are looked at, for curl goes through all headers to find each. */
#define TRANSFER_NAMESAKES_MAX 16

/* How often a connection is looked at that takes long to make. */
#define TRANSFER_LOOK_MS 100

struct transfers {
    struct loop *loop;
    struct pool *pool; /* for what is started from here on */
    LIST_HEAD(transfer_list, transfer) all;
    struct silences silences;
    struct route route;
    const char *key;
    char *base_url;
    transfer_sending_fn *sending; /* NULL: nobody wants to know */
    void *sending_data;
};

struct transfer {
    LIST_ENTRY(transfer) link;
    struct transfers *transfers;
    struct pool *pool; /* NULL: not in one */
    CURL *easy;
    struct curl_slist *headers; /* its own: the key may change while it is under way */
    const struct transfer_events *events;
    void *data;
    struct silence silence;
    unsigned times_sent; /* curl itself sends again what a closed connection did not answer */
    long connections;    /* that were made for it */
    bool doubted;        /* events->again was called */
    struct buffer body;
    size_t header_bytes;    /* of all headers so far */
    bool header_whole;      /* the empty line behind it was seen */
    int receive_error;      /* what buffer_append() said of the body */
    struct loop_timer slow; /* runs while no connection comes about */
    char url[1024];
    char error[CURL_ERROR_SIZE];
};

static void transfer_fail(const struct transfer *transfer, CURLcode code, struct answer *answer)
{
    if (transfer->receive_error == -EFBIG)
        answer_fail(answer, -EBADMSG, false, "an answer of more than 32 MiB");
    else if (transfer->receive_error)
        answer_fail(answer, transfer->receive_error, false, "out of memory");
    else if (transfer->header_bytes > TRANSFER_HEADERS_MAX)
        answer_fail(answer, -EBADMSG, false, "headers of more than 256 KiB");
    else
        curl_failure(transfer->easy, code, transfer->error,
                     transfer->transfers->route.proxy_shown, answer);
    answer->too_large = transfer->receive_error == -EFBIG;
    /* Neither the times nor the bytes that curl keeps tell it: they are set where a connection
     * failed, and of what goes to a proxy. */
    answer->unsent = transfer->times_sent == 0;
}

static void transfer_free(struct transfer *transfer)
{
    LIST_REMOVE(transfer, link);
    loop_timer_stop(&transfer->slow);
    silence_end(&transfer->silence);
    if (transfer->pool)
        pool_remove(transfer->pool, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    if (transfer->headers)
        explicit_bzero(transfer->headers->data, strlen(transfer->headers->data));
    curl_slist_free_all(transfer->headers);
    buffer_finish(&transfer->body);
    free(transfer);
    objects_remove(OBJECTS_TRANSFER);
}

/* Return the value of the header NAME that stands at INDEX among those of its name, or NULL.
 * curl copies headers as they come, and ends the transfer where it has no memory for that. */
static const char *transfer_header(CURL *easy, const char *name, size_t index)
{
    struct curl_header *header;
    if (index < TRANSFER_NAMESAKES_MAX &&
        curl_easy_header(easy, name, index, CURLH_HEADER, -1, &header) == CURLHE_OK)
        return header->value;
    return NULL;
}

static void transfer_take_age(const struct transfer *transfer, struct answer *answer)
{
    const char *value;
    for (size_t i = 0; (value = transfer_header(transfer->easy, "Age", i)); i++)
        freshness_take_age(&answer->freshness, value);
    for (size_t i = 0; (value = transfer_header(transfer->easy, "Cache-Control", i)); i++)
        freshness_take_control(&answer->freshness, value);
}

/* Return what the header NAME says, or 0. */
static time_t transfer_time(const struct transfer *transfer, const char *name)
{
    const char *value = transfer_header(transfer->easy, name, 0);
    time_t time = value ? curl_getdate(value, NULL) : 0;
    return time > 0 ? time : 0;
}

/*
 * A cache that puts its own Date in the place of the first one, and says no Age, is nginx.
 * There max-age is what Expires and the first Date were apart, so Expires and the Date of now
 * tell how old it is. Dates are whole seconds, so it may be one older. Where the three do not
 * fit together they say nothing.
 */
static void transfer_take_dates(const struct transfer *transfer, struct answer *answer)
{
    const time_t date = transfer_time(transfer, "Date");
    const time_t expires = transfer_time(transfer, "Expires");
    const int64_t left_s = expires - date, limit_s = answer->freshness.max_age_s;
    answer->date = date;
    if (!date || left_s < 0 || left_s >= limit_s)
        return;
    int64_t age_s = limit_s - left_s;
    answer->date -= age_s;
    freshness_narrow(&answer->freshness, &(struct freshness){.age_s = age_s + 1});
}

static struct transfer *transfer_of(CURL *easy)
{
    char *private = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    return (struct transfer *)(void *)private;
}

void transfer_doubt(const struct transfer *transfer)
{
    if (transfer->pool == transfer->transfers->pool)
        transfers_renew_connections(transfer->transfers);
}

static void transfer_end(struct transfer *transfer, struct answer *answer)
{
    answer->doubted = transfer->doubted;
    transfer->events->done(transfer->data, answer);
    transfer_free(transfer);
}

/* Return what Retry-After says, in milliseconds; 0: nothing, or a time that is past. */
static int64_t transfer_wait_ms(CURL *easy)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > FRESHNESS_SECONDS_MAX)
        seconds = FRESHNESS_SECONDS_MAX;
    return seconds > 0 ? seconds * 1000 : 0;
}

static void transfer_on_end(CURL *easy, CURLcode code)
{
    struct transfer *transfer = transfer_of(easy);
    struct answer answer = {.error = 0};
    if (code != CURLE_OK) {
        transfer_fail(transfer, code, &answer);
        transfer_doubt(transfer);
    } else if (!transfer->header_whole) {
        /* curl takes the end of the connection for the end of the header. */
        answer_fail(&answer, -EBADMSG, true, "the connection was closed in the header");
    } else {
        curl_off_t took_us = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
        curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
        answer.wait_ms = transfer_wait_ms(easy);
        answer.took_us = took_us;
        answer.body = transfer->body.data ? transfer->body.data : "";
        answer.size = transfer->body.size;
        answer.holder = &transfer->body;
        transfer_take_age(transfer, &answer);
        transfer_take_dates(transfer, &answer);
        answer_judge(&answer);
    }
    transfer_end(transfer, &answer);
}

static struct transfer *transfers_in(const struct transfers *transfers, const struct pool *pool)
{
    struct transfer *transfer;
    LIST_FOREACH(transfer, &transfers->all, link) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list */
        if (transfer->pool == pool)
            return transfer;
    }
    return NULL;
}

/* POOL goes with the last one, if there is another one by then. */
static void transfers_on_starved(void *data, struct pool *pool)
{
    const struct transfers *transfers = data;
    struct transfer *transfer;
    while ((transfer = transfers_in(transfers, pool))) {
        struct answer answer;
        answer_fail(&answer, -ENOMEM, false, "out of memory");
        answer.unsent = transfer->times_sent == 0;
        transfer_end(transfer, &answer);
    }
}

static const struct pool_functions transfer_functions = {transfer_on_end, transfers_on_starved};

/* With them goes what is known of the host's addresses. Where memory is out the old ones serve
 * on.
 */
void transfers_renew_connections(struct transfers *transfers)
{
    struct pool *pool = pool_create(transfers->loop, &transfer_functions, transfers);
    if (!pool)
        return;
    pool_retire(transfers->pool);
    transfers->pool = pool;
    silences_renew(&transfers->silences);
}

static void transfers_on_silence(void *data)
{
    transfers_renew_connections(data);
}

/* Return false when memory is out. */
static bool transfer_add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *headers = curl_slist_append(transfer->headers, line);
    if (headers)
        transfer->headers = headers;
    return headers != NULL;
}

static void transfer_on_slow(void *data)
{
    struct transfer *transfer = data;
    if (transfer->times_sent > 0)
        return;
    pool_look(transfer->pool, transfer->easy);
    loop_timer_start(transfer->transfers->loop, &transfer->slow, TRANSFER_LOOK_MS,
                     transfer_on_slow, transfer);
}

/* As the first header: transfer_free() wipes that line. */
static bool transfer_add_key(struct transfer *transfer, const char *key)
{
    static const char name[] = "api-key: ";
    size_t size = sizeof name + strlen(key);
    char *line = malloc(size);
    if (!line)
        return false;
    snprintf(line, size, "%s%s", name, key);
    bool added = transfer_add_header(transfer, line);
    explicit_bzero(line, size);
    free(line);
    return added;
}

static bool transfer_add_headers(struct transfer *transfer, bool anew)
{
    const char *key = transfer->transfers->key;
    return (!key || transfer_add_key(transfer, key)) &&
           transfer_add_header(transfer, "Accept: application/json") &&
           (!anew || transfer_add_header(transfer, "Cache-Control: no-cache"));
}

struct transfers *transfers_create(struct loop *loop, const struct transfers_options *options)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);
    if (!transfers)
        return NULL;
    transfers->loop = loop;
    /* What curl received, and the key in what it sent. */
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, realloc, strdup, calloc);
    transfers->pool = pool_create(loop, &transfer_functions, transfers);
    silences_init(&transfers->silences, loop, options->timeout_ms, transfers_on_silence,
                  transfers);
    transfers->key = options->key;
    transfers->sending = options->sending;
    transfers->sending_data = options->sending_data;
    transfers->base_url = strdup(options->base_url);
    if (!route_init(&transfers->route, options->cacert, options->proxy, options->timeout_ms) ||
        !transfers->pool || !transfers->base_url) {
        transfers_destroy(transfers);
        return NULL;
    }
    transfers->route.certificates = options->credentials.certificates;
    transfers->route.private_key = options->credentials.private_key;
    return transfers;
}

void transfers_destroy(struct transfers *transfers)
{
    if (!transfers)
        return;
    pool_retire(transfers->pool);
    free(transfers->base_url);
    route_finish(&transfers->route);
    free(transfers);
    curl_global_cleanup();
}

/* Of a compressed body the header says less. Where there is no memory, the body will tell. */
static void transfer_expect(struct transfer *transfer)
{
    curl_off_t size = -1;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    if (size > (curl_off_t)TRANSFER_EXPECT_MAX)
        size = TRANSFER_EXPECT_MAX;
    if (size > 0)
        (void)buffer_reserve(&transfer->body, (size_t)size);
}

static size_t transfer_receive(char *bytes, size_t one, size_t count, void *data)
{
    struct transfer *transfer = data;
    silence_heard(&transfer->silence);
    if (transfer->body.size == 0)
        transfer_expect(transfer);
    int error = buffer_append(&transfer->body, bytes, one * count);
    transfer->receive_error = error;
    return error ? 0 : one * count;
}

static size_t transfer_receive_header(char *line, size_t one, size_t size, void *data)
{
    struct transfer *transfer = data;
    silence_heard(&transfer->silence);
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0)
        transfer->header_whole = false; /* so far there was only a "100 Continue" */
    else if (size > 0 && size <= 2 && line[size - 1] == '\n')
        transfer->header_whole = true;
    transfer->header_bytes += one * size;
    return transfer->header_bytes > TRANSFER_HEADERS_MAX ? 0 : one * size;
}

/* Called when the connection is there, just before the request goes out over it. */
static int transfer_on_sending(void *data, char *address, char *own_address, int port,
                               int own_port)
{
    struct transfer *transfer = data;
    long connections = 0;
    (void)own_address;
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connections);
    if (transfer->times_sent++ > 0)
        transfer->events->resent(transfer->data);
    if (transfer->transfers->sending)
        transfer->transfers->sending(transfer->transfers->sending_data, address, port);
    silence_sent(&transfer->silence, own_port, connections > transfer->connections);
    transfer->connections = connections;
    return CURL_PREREQFUNC_OK;
}

static void transfer_on_silence(void *data)
{
    struct transfer *transfer = data;
    transfer->doubted = true;
    transfer->events->again(transfer->data);
}

void transfers_set_key(struct transfers *transfers, const char *key)
{
    transfers->key = key;
    transfers_renew_connections(transfers);
}

void transfers_set_credentials(struct transfers *transfers,
                               const struct credentials *credentials)
{
    transfers->route.certificates = credentials->certificates;
    transfers->route.private_key = credentials->private_key;
    transfers_renew_connections(transfers);
}

/* The one place where a request is made up. No CURLOPT_VERBOSE here, ever: it prints headers,
 * and so the key. */
static bool transfer_set_up(struct transfer *transfer, bool anew)
{
    const struct transfers *transfers = transfer->transfers;
    CURL *easy = transfer->easy;
    bool plain = strncasecmp(transfer->url, "http:", 5) == 0;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    if (!transfer_add_headers(transfer, anew))
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
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, transfer_on_sending);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    if (!plain)
        curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    return route_take(&transfers->route, easy, plain) &&
           curl_easy_setopt(easy, CURLOPT_URL, transfer->url) == CURLE_OK;
}

struct transfer *transfer_start(struct transfers *transfers, const char *path, bool anew,
                                const struct transfer_events *events, void *data)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return NULL;
    objects_add(OBJECTS_TRANSFER);
    transfer->transfers = transfers;
    LIST_INSERT_HEAD(&transfers->all, transfer, link);
    transfer->events = events;
    transfer->data = data;
    buffer_init(&transfer->body, TRANSFER_BODY_MAX);
    silence_begin(&transfer->silence, &transfers->silences,
                  events->again ? transfer_on_silence : NULL, transfer);
    if (pool_is_starved(transfers->pool))
        transfers_renew_connections(transfers);
    int size =
        snprintf(transfer->url, sizeof transfer->url, "%s/%s", transfers->base_url, path);
    transfer->easy = curl_easy_init();
    if (transfer->easy && size >= 0 && (size_t)size < sizeof transfer->url &&
        transfer_set_up(transfer, anew) && pool_add(transfers->pool, transfer->easy))
        transfer->pool = transfers->pool;
    if (!transfer->pool) {
        transfer_free(transfer);
        return NULL;
    }
    loop_timer_start(transfers->loop, &transfer->slow, transfers->route.connect_ms / 2,
                     transfer_on_slow, transfer);
    return transfer;
}

bool transfer_cancel(struct transfer *transfer)
{
    if (!transfer)
        return true;
    bool sent = transfer->times_sent > 0;
    transfer_free(transfer);
    return sent;
}
