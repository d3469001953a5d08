/* Tests what a transfer leaves in memory, reads in headers, and does without memory. */
#include "unit.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/transfer.h"

static const char key[] = "s3cret-of-someone";

static unsigned headers_freed, blocks_with_key, past_caches;

void __real_free(void *memory);
void __wrap_free(void *memory);
void __real_curl_slist_free_all(struct curl_slist *list);
void __wrap_curl_slist_free_all(struct curl_slist *list);

void __wrap_free(void *memory)
{
    if (memory && memmem(memory, malloc_usable_size(memory), key, strlen(key)))
        blocks_with_key++;
    __real_free(memory);
}

void __wrap_curl_slist_free_all(struct curl_slist *list)
{
    for (const struct curl_slist *line = list; line; line = line->next) {
        headers_freed++;
        blocks_with_key += strstr(line->data, key) != NULL;
        past_caches += strcmp(line->data, "Cache-Control: no-cache") == 0;
    }
    __real_curl_slist_free_all(list);
}

static void on_done(void *data, struct answer *answer)
{
    (void)data;
    (void)answer;
}

static const struct transfer_events events = {.done = on_done};

/* What the test sees is what qpfs frees; that curl has it in buffers of its own meanwhile is
 * beyond it. */
TEST(transfers_leave_no_key_in_what_they_free)
{
    const struct transfers_options options = {.base_url = "http://127.0.0.1", .key = key};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    struct transfer *before = transfer_start(transfers, "users/1", false, &events, NULL);
    transfers_set_key(transfers, "another");
    struct transfer *after = transfer_start(transfers, "users/1", false, &events, NULL);
    transfer_cancel(before);
    transfer_cancel(after);
    assert_int_equal(blocks_with_key, 0);
    transfers_destroy(transfers);
    loop_destroy(loop);
    assert_int_equal(headers_freed, 4);
    assert_int_equal(blocks_with_key, 0);
}

TEST(a_transfer_asks_past_caches)
{
    const struct transfers_options options = {.base_url = "http://127.0.0.1", .key = key};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    transfer_cancel(transfer_start(transfers, "users/1", false, &events, NULL));
    assert_int_equal(past_caches, 0);
    transfer_cancel(transfer_start(transfers, "users/1", true, &events, NULL));
    assert_int_equal(past_caches, 1);
    transfers_destroy(transfers);
    loop_destroy(loop);
}

TEST(a_transfer_without_a_key_sends_none)
{
    const struct transfers_options options = {.base_url = "https://127.0.0.1"};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    assert_non_null(transfers);
    headers_freed = 0;
    transfer_cancel(transfer_start(transfers, "users/1", false, &events, NULL));
    assert_int_equal(headers_freed, 1);
    transfers_destroy(transfers);
    loop_destroy(loop);
}

/* -------- curl has no memory -------- */

static bool curl_starves;
static unsigned ended;
static int ended_with;
static struct transfers *asked;
static struct transfer *later;

CURLMcode __real_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int ready,
                                          int *running);
CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int ready,
                                          int *running);

CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int ready,
                                          int *running)
{
    CURLMcode code = __real_curl_multi_socket_action(multi, fd, ready, running);
    return curl_starves ? CURLM_OUT_OF_MEMORY : code;
}

CURLcode __real_curl_easy_pause(CURL *easy, int what);
CURLcode __wrap_curl_easy_pause(CURL *easy, int what);

static unsigned looks;

CURLcode __wrap_curl_easy_pause(CURL *easy, int what)
{
    looks++;
    return __real_curl_easy_pause(easy, what);
}

static void on_starved(void *data, struct answer *answer)
{
    struct loop *loop = data;
    ended++;
    ended_with = answer->error;
    if (ended < 2)
        return;
    curl_starves = false;
    later = transfer_start(asked, "users/3", false, &events, NULL);
    loop_stop(loop);
}

static const struct transfer_events starved_events = {.done = on_starved};

/* One of them may be broken, and curl does not say which. What comes later goes elsewhere. */
TEST(all_transfers_end_where_curl_has_no_memory)
{
    const struct transfers_options options = {.base_url = "http://127.0.0.1", .key = key};
    struct loop *loop = loop_create();
    asked = transfers_create(loop, &options);
    curl_starves = true;
    assert_non_null(transfer_start(asked, "users/1", false, &starved_events, loop));
    assert_non_null(transfer_start(asked, "users/2", false, &starved_events, loop));
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(ended, 2);
    assert_int_equal(ended_with, -ENOMEM);
    assert_non_null(later);
    transfer_cancel(later);
    transfers_destroy(asked);
    loop_destroy(loop);
}

static int listen_at(const char *scheme, char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    snprintf(url, 64, "%s://127.0.0.1:%u", scheme, ntohs(address.sin_port));
    return listener;
}

/* Over https a second transfer waits until it is known whether it may share the connection of
 * the first one. It has none of its own then, and nothing is wrong. */
TEST(a_transfer_that_waits_for_the_connection_of_another_one_goes_on)
{
    char url[64];
    struct loop *loop = loop_create();
    int listener = listen_at("https", url);
    const struct transfers_options options = {.base_url = url, .timeout_ms = 1};
    struct transfers *transfers = transfers_create(loop, &options);
    ended = 0;
    struct transfer *one = transfer_start(transfers, "users/1", false, &starved_events, loop);
    struct transfer *two = transfer_start(transfers, "users/2", false, &starved_events, loop);
    while (looks < 4 && ended == 0)
        assert_int_equal(loop_turn(loop, 20), 0);
    assert_int_equal(loop_turn(loop, 20), 0);
    assert_int_equal(ended, 0);
    transfer_cancel(one);
    transfer_cancel(two);
    transfers_destroy(transfers);
    loop_destroy(loop);
    close(listener);
}

/* -------- what headers say -------- */

static struct freshness told;

static void on_told(void *data, struct answer *answer)
{
    assert_int_equal(answer->error, 0);
    told = answer->freshness;
    loop_stop(data);
}

static const struct transfer_events told_events = {.done = on_told};

/* A transfer's answer is TEXT, and then the end of the connection. */
static void hear(struct loop *loop, struct transfers *transfers, int listener, const char *text)
{
    char request[1024];
    int fd = -1;
    assert_non_null(transfer_start(transfers, "users/1", false, &told_events, loop));
    while (fd < 0 || recv(fd, request, sizeof request, MSG_DONTWAIT) <= 0) {
        assert_int_equal(loop_turn(loop, 20), 0);
        fd = fd < 0 ? accept(listener, NULL, NULL) : fd;
    }
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
    close(fd);
    assert_int_equal(loop_run(loop), 0);
}

#define FINAL   "HTTP/1.1 200 OK\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
#define AGED    "Age: 9\r\nCache-Control: max-age=5\r\n"

static const struct {
    const char *text;
    int64_t age_s, max_age_s;
} headers[] = {
    {FINAL "Age: 7\r\n\r\n{}", 7, 0},
    {FINAL "AGE:  \t7 \t\r\n\r\n{}", 7, 0},
    {FINAL "age:7\ncache-control:max-age=60\n\n{}", 7, 60},
    {FINAL "Age: 7\r\nAge: 90\r\n\r\n{}", 90, 0},
    {FINAL "Age: 90\r\nAge: 7\r\nAge:\r\n\r\n{}", 90, 0},
    {FINAL "Age: x\r\nAge: 7\r\n\r\n{}", 7, 0},
    {FINAL "Ages: 7\r\nPage: 7\r\nX-Age: 7\r\nX-Cache-Control: max-age=5\r\n\r\n{}", 0, 0},
    {FINAL "Cache-Control: max-age=60\r\nAge: 2\r\nCache-Control: max-age=30\r\n\r\n{}", 2, 30},
    {FINAL "Cache-Control: max-age=30\r\nCache-Control: max-age=60\r\n\r\n{}", 0, 30},
    {FINAL "Cache-Control: max-age=0\r\nCache-Control: max-age=60\r\n\r\n{}", 0, 60},
    {FINAL "Cache-Control: public,\r\n max-age=30\r\n\r\n{}", 0, 30},
    {FINAL "\r\nAge: 7", 0, 0},
    {"HTTP/1.1 103 Early\r\n" AGED "\r\n" FINAL "\r\n{}", 0, 0},
    {"HTTP/1.1 103 Early\r\n" AGED "\r\n" FINAL "Age: 7\r\n\r\n{}", 7, 0},
    {FINAL CHUNKED AGED "\r\n", 0, 0},
    {FINAL "Age: 7\r\n" CHUNKED AGED "\r\n", 7, 0},
};

TEST(the_headers_of_the_last_answer_tell_its_age)
{
    char url[64];
    int listener = listen_at("http", url);
    const struct transfers_options options = {.base_url = url, .timeout_ms = 5000};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    for (size_t i = 0; i < LENGTH(headers); i++) {
        hear(loop, transfers, listener, headers[i].text);
        assert_row(headers[i].text, told.age_s == headers[i].age_s);
        assert_row(headers[i].text, told.max_age_s == headers[i].max_age_s);
    }
    transfers_destroy(transfers);
    loop_destroy(loop);
    close(listener);
}

/* To look at all of them would take curl seconds, in which nobody else is served. */
TEST(a_header_that_comes_thousands_of_times_does_not_hold_up_the_rest)
{
    enum { LINES = 3000 };
    static char text[64 + LINES * 7];
    char url[64];
    int listener = listen_at("http", url);
    const struct transfers_options options = {.base_url = url, .timeout_ms = 5000};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    char *at = stpcpy(text, FINAL "Age:5\r\n");
    for (size_t i = 0; i < LINES; i++)
        at = stpcpy(at, "Age:7\r\n");
    stpcpy(at, "Age:9\r\n\r\n{}");
    hear(loop, transfers, listener, text);
    assert_int_equal(told.age_s, 7);
    transfers_destroy(transfers);
    loop_destroy(loop);
    close(listener);
}

static int flooded_with;

static void on_flooded(void *data, struct answer *answer)
{
    (void)data;
    flooded_with = answer->error;
}

static const struct transfer_events flooded_events = {.done = on_flooded};

/* Send START, and then LINE again and again, until the transfer has ended. */
static void flood(struct loop *loop, int listener, const char *start, const char *line)
{
    enum { FLOOD = 16 << 20 };
    size_t sent = 0, size = strlen(line);
    int fd = -1;
    while (!flooded_with && sent < FLOOD) {
        assert_int_equal(loop_turn(loop, 1), 0);
        if (fd < 0 && (fd = accept(listener, NULL, NULL)) >= 0)
            assert_int_equal(send(fd, start, strlen(start), 0), strlen(start));
        while (fd >= 0 && send(fd, line, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size)
            sent += size;
    }
    close(fd);
}

static const struct {
    const char *start, *line;
} floods[] = {
    {FINAL, "X-Other: 123456789\r\n"},
    {"", "HTTP/1.1 100 Continue\r\n\r\n"},
    {FINAL CHUNKED, "X-Other: 123456789\r\n"},
};

/* curl keeps them all, and has no limit for what comes behind a body. */
TEST(headers_without_an_end_are_given_up)
{
    char url[64];
    int listener = listen_at("http", url);
    const struct transfers_options options = {.base_url = url, .timeout_ms = 5000};
    struct loop *loop = loop_create();
    struct transfers *transfers = transfers_create(loop, &options);
    for (size_t i = 0; i < LENGTH(floods); i++) {
        flooded_with = 0;
        assert_non_null(transfer_start(transfers, "users/1", false, &flooded_events, NULL));
        flood(loop, listener, floods[i].start, floods[i].line);
        assert_int_equal(flooded_with, -EBADMSG);
    }
    transfers_destroy(transfers);
    loop_destroy(loop);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_leave_no_key_in_what_they_free),
        cmocka_unit_test(a_transfer_asks_past_caches),
        cmocka_unit_test(a_transfer_without_a_key_sends_none),
        cmocka_unit_test(all_transfers_end_where_curl_has_no_memory),
        cmocka_unit_test(a_transfer_that_waits_for_the_connection_of_another_one_goes_on),
        cmocka_unit_test(the_headers_of_the_last_answer_tell_its_age),
        cmocka_unit_test(a_header_that_comes_thousands_of_times_does_not_hold_up_the_rest),
        cmocka_unit_test(headers_without_an_end_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
