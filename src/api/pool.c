/* Keeps connections, and the names that were resolved for them. */
#include "api/pool.h"

#include <stdlib.h>
#include <sys/epoll.h>

struct pool {
    struct loop *loop;
    const struct pool_functions *functions;
    void *data;
    struct loop_timer timer;
    struct loop_work reap;
    CURLM *multi;
    unsigned transfers;
    bool starved;
    bool retired;
};

static void pool_reap(struct pool *pool);

/* One at a time: what is done with an answer takes milliseconds, and eight may come at once.
 * The pool may be gone when the last one has ended. */
static void pool_reap_one(void *data)
{
    struct pool *pool = data;
    int left;
    if (pool->starved) {
        pool->functions->starved(pool->data, pool);
        return;
    }
    CURLMsg *message = curl_multi_info_read(pool->multi, &left);
    if (left > 0)
        pool_reap(pool);
    if (message && message->msg == CURLMSG_DONE)
        pool->functions->ended(message->easy_handle, message->data.result);
}

static void pool_reap(struct pool *pool)
{
    loop_work_start(pool->loop, &pool->reap, pool_reap_one, pool);
}

/* Where curl 7.88 has no memory to note a socket, it divides by zero when it comes to that
 * again. So it comes to nothing any more. */
static void pool_act(struct pool *pool, curl_socket_t fd, int ready)
{
    int running;
    if (pool->starved) {
        loop_fd_remove(pool->loop, fd); /* else it would wake the loop in each turn */
        return;
    }
    if (curl_multi_socket_action(pool->multi, fd, ready, &running) != CURLM_OK)
        pool->starved = true;
    pool_reap(pool);
}

static void pool_on_timer(void *data)
{
    pool_act(data, CURL_SOCKET_TIMEOUT, 0);
}

static int pool_set_timer(CURLM *multi, long delay_ms, void *data)
{
    struct pool *pool = data;
    (void)multi;
    if (delay_ms < 0)
        loop_timer_stop(&pool->timer);
    else
        loop_timer_start(pool->loop, &pool->timer, delay_ms, pool_on_timer, pool);
    return 0;
}

static void pool_socket_ready(void *data, int fd, uint32_t events)
{
    int ready = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    pool_act(data, fd, ready);
}

/* Return no error: what curl does then is not the same in all of its versions. */
static int pool_set_socket(CURL *easy, curl_socket_t fd, int what, void *data,
                           void *socket_data)
{
    struct pool *pool = data;
    (void)easy, (void)socket_data;
    if (what == CURL_POLL_REMOVE) {
        loop_fd_remove(pool->loop, fd);
        return 0;
    }
    uint32_t events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                      (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    if (loop_fd_set(pool->loop, fd, events, pool_socket_ready, pool)) {
        pool->starved = true;
        pool_reap(pool);
    }
    return 0;
}

struct pool *pool_create(struct loop *loop, const struct pool_functions *functions, void *data)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->loop = loop;
    pool->functions = functions;
    pool->data = data;
    pool->multi = curl_multi_init();
    if (!pool->multi) {
        free(pool);
        return NULL;
    }
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, pool_set_socket);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, pool_set_timer);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    return pool;
}

static void pool_destroy_if_left(struct pool *pool)
{
    if (!pool->retired || pool->transfers > 0)
        return;
    curl_multi_cleanup(pool->multi);
    loop_timer_stop(&pool->timer);
    loop_work_stop(&pool->reap);
    free(pool);
}

void pool_retire(struct pool *pool)
{
    if (!pool)
        return;
    pool->retired = true;
    pool_destroy_if_left(pool);
}

bool pool_add(struct pool *pool, CURL *easy)
{
    if (pool->starved || curl_multi_add_handle(pool->multi, easy) != CURLM_OK)
        return false;
    pool->transfers++;
    return true;
}

bool pool_is_starved(const struct pool *pool)
{
    return pool->starved;
}

void pool_look(struct pool *pool, CURL *easy)
{
    if (pool->starved)
        return;
    CURLcode code = curl_easy_pause(easy, CURLPAUSE_ALL);
    if (code == CURLE_BAD_FUNCTION_ARGUMENT) /* it waits for the connection of another one */
        return;
    if (code || curl_easy_pause(easy, CURLPAUSE_CONT))
        pool->starved = true;
    pool_reap(pool);
}

void pool_remove(struct pool *pool, CURL *easy)
{
    curl_multi_remove_handle(pool->multi, easy);
    pool->transfers--;
    pool_destroy_if_left(pool);
}
