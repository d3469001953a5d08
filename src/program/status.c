#include "program/status.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "program/signals.h"
#include "program/status_source.h"
#include "program/status_view.h"
#include "program/text.h"

#define STATUS_PERIOD_MS  1000
#define STATUS_PATIENCE_S 10
#define STATUS_TEXT_MAX   ((size_t)1 << 20)

struct status {
    const struct options *options;
    struct loop *loop;
    struct worker *worker;
    struct signals signals;
    int resized; /* a signalfd of SIGWINCH; -1: none */
    struct status_source source;
    struct loop_timer next, patience;
    struct terminal terminal;
    struct buffer shown; /* what stands on the terminal, or was printed last */
    unsigned lines;      /* of it, above the cursor */
    bool seen;           /* the mount has answered once */
    int exit_status;
};

static void status_end(struct status *status, int exit_status)
{
    status->exit_status = exit_status;
    loop_stop(status->loop);
}

static void status_on_signal(void *data)
{
    status_end(data, EXIT_SUCCESS);
}

/* -------- writing -------- */

static void status_write_out(struct status *status, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            if (errno != EPIPE)
                log_error("cannot write: %s", strerror(errno));
            status_end(status, EXIT_FAILURE);
            return;
        }
        bytes += written;
        size -= (size_t)written;
    }
}

/* Over what was drawn before, line by line, so that nothing flickers. */
static void status_draw(struct status *status, const struct buffer *text)
{
    struct buffer out;
    buffer_init(&out, 2 * STATUS_TEXT_MAX);
    if (status->lines > 0)
        text_add(&out, "\033[%uA", status->lines);
    status->lines = 0;
    for (size_t at = 0; at < text->size;) {
        const char *line = text->data + at;
        const char *end = memchr(line, '\n', text->size - at);
        size_t size = end ? (size_t)(end - line) : text->size - at;
        text_add(&out, TERMINAL_LINE_CLEAR);
        (void)buffer_append(&out, line, size);
        text_add(&out, "\n");
        status->lines++;
        at += size + 1;
    }
    text_add(&out, TERMINAL_BELOW_CLEAR);
    status_write_out(status, out.data, out.size);
    buffer_finish(&out);
}

static void status_print_if_new(struct status *status, struct buffer *text)
{
    struct buffer *shown = &status->shown;
    bool same = text->size == shown->size &&
                (text->size == 0 || memcmp(text->data, shown->data, text->size) == 0);
    if (same)
        return;
    status_write_out(status, text->data, text->size);
    buffer_clear(shown);
    (void)buffer_append(shown, text->data, text->size);
}

static void status_show(struct status *status)
{
    const struct options *options = status->options;
    struct buffer text;
    struct value *value = value_parse(status->source.text, status->source.size);
    buffer_init(&text, STATUS_TEXT_MAX);
    if (!value) {
        log_error("%s: what it tells of itself can't be read: was it mounted by another qpfs?",
                  options->mount_point);
        status_end(status, EXIT_FAILURE);
    } else if (options->watch && !status->terminal.redraws) {
        status_view_add_short(&text, value);
        status_print_if_new(status, &text);
    } else {
        status_view_add(&text, value, time(NULL), &status->terminal);
        if (options->watch)
            status_draw(status, &text);
        else
            status_write_out(status, text.data, text.size);
    }
    value_destroy(value);
    buffer_finish(&text);
}

/* -------- reading -------- */

static void status_on_impatient(void *data)
{
    struct status *status = data;
    log_error("%s: no answer for %d seconds: the program of this mount hangs or is stopped; to "
              "end it: fusermount3 -uz %s",
              status->options->mount_point, STATUS_PATIENCE_S, status->options->mount_point);
    if (status->options->watch)
        status->lines++; /* the message stands below; if an answer comes, it is drawn over */
    else
        status_end(status, EXIT_FAILURE);
}

static void status_ask(void *data)
{
    struct status *status = data;
    loop_timer_start(status->loop, &status->patience, (int64_t)STATUS_PATIENCE_S * 1000,
                     status_on_impatient, status);
    status_source_start(&status->source, status->worker);
}

/* SIGHUP: the terminal may have gone, and then the next write fails. */
static void status_ask_now(void *data)
{
    struct status *status = data;
    if (worker_busy(status->worker) == 0)
        status_ask(status);
}

static void status_say_gone(struct status *status)
{
    const char *path = status->options->mount_point;
    struct buffer text;
    buffer_init(&text, STATUS_TEXT_MAX);
    if (status->source.error == -ENOTCONN || status->source.error == -ECONNABORTED)
        text_add(&text, "The program of %s has died; do: fusermount3 -u %s\n", path, path);
    else
        text_add(&text, "%s is no longer mounted.\n", path);
    status_write_out(status, text.data, text.size);
    buffer_finish(&text);
    status_end(status, EXIT_SUCCESS);
}

static void status_on_read(struct status_source *source)
{
    struct status *status =
        (struct status *)(void *)((char *)source - offsetof(struct status, source));
    char why[STATUS_SOURCE_WHY_SIZE];
    loop_timer_stop(&status->patience);
    if (source->error && status->seen) {
        status_say_gone(status);
        return;
    }
    if (source->error) {
        status_source_explain(source, why);
        log_error("%s", why);
        status_end(status, EXIT_FAILURE);
        return;
    }
    status->seen = true;
    if (status->options->json)
        status_write_out(status, source->text, source->size);
    else
        status_show(status);
    if (status->options->watch)
        loop_timer_start(status->loop, &status->next, STATUS_PERIOD_MS, status_ask, status);
    else
        loop_stop(status->loop);
}

/* -------- watching -------- */

/* Where lines stand after that is the terminal's secret, so all is drawn anew. */
static void status_on_resize(void *data, uint32_t events)
{
    struct status *status = data;
    struct signalfd_siginfo info;
    (void)events;
    if (read(status->resized, &info, sizeof info) != sizeof info)
        return;
    status->terminal = terminal_of(STDOUT_FILENO);
    status->lines = 0;
    status_write_out(status, TERMINAL_ALL_CLEAR, strlen(TERMINAL_ALL_CLEAR));
    if (status->source.text && worker_busy(status->worker) == 0)
        status_show(status);
}

static int status_watch_size(struct status *status)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    status->resized = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (status->resized < 0)
        return -errno;
    return loop_fd_set(status->loop, status->resized, EPOLLIN, status_on_resize, status);
}

/* Without it ^C ends the program as it ends any. */
static int status_watch_init(struct status *status)
{
    int error =
        signals_init(&status->signals, status->loop, status_on_signal, status_ask_now, status);
    if (!error && status->terminal.redraws)
        error = status_watch_size(status);
    if (!error && status->terminal.redraws)
        status_write_out(status, TERMINAL_CURSOR_HIDE, strlen(TERMINAL_CURSOR_HIDE));
    return error;
}

static int status_init(struct status *status)
{
    status->terminal = terminal_of(STDOUT_FILENO);
    if (!status->options->watch)
        status->terminal.height = 0;
    status->source.mount_point = status->options->mount_point;
    status->source.done = status_on_read;
    buffer_init(&status->shown, STATUS_TEXT_MAX);
    status->loop = loop_create();
    if (!status->loop)
        return -errno;
    int error = status->options->watch ? status_watch_init(status) : 0;
    if (error)
        return error;
    status->worker = worker_create(status->loop); /* after the signals, which it must not get */
    return status->worker ? 0 : -errno;
}

static void status_finish(struct status *status)
{
    if (status->options->watch && status->terminal.redraws)
        status_write_out(status, TERMINAL_CURSOR_SHOW, strlen(TERMINAL_CURSOR_SHOW));
    if (status->worker && worker_busy(status->worker) > 0)
        _exit(status->exit_status); /* its thread is held by the mount */
    loop_timer_stop(&status->next);
    loop_timer_stop(&status->patience);
    worker_destroy(status->worker);
    status_source_finish(&status->source);
    buffer_finish(&status->shown);
    signals_finish(&status->signals);
    if (status->resized >= 0) {
        loop_fd_remove(status->loop, status->resized);
        close(status->resized);
    }
    if (status->loop)
        loop_destroy(status->loop);
}

int status_run(const struct options *options)
{
    struct status status = {.options = options, .resized = -1, .signals.fd = -1};
    int error = status_init(&status);
    if (!error) {
        status_ask(&status);
        error = loop_run(status.loop);
    }
    if (error) {
        log_error("cannot start: %s", strerror(-error));
        status.exit_status = EXIT_FAILURE;
    }
    status_finish(&status);
    return status.exit_status;
}
