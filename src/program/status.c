/* Shows what a mount is doing: qpfs --status. */
#include "program/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "program/mount_point.h"
#include "program/status_view.h"
#include "program/text.h"

#define STATUS_PERIOD_MS  1000
#define STATUS_PATIENCE_S 10
#define STATUS_TEXT_MAX   ((size_t)1 << 20)

/* Larger than any mount writes it. */
#define STATUS_FILE_MAX ((size_t)16 << 20)

/* The reading child ends with an errno, or with this: another FUSE file system is there. */
#define STATUS_NOT_OURS 200

struct status {
    const struct options *options;
    struct terminal terminal;
    int signals;         /* a signalfd; -1: signals end the program as they end any */
    pid_t child;         /* reads the file */
    int pipe;            /* what it reads comes here; -1: there is no child */
    int64_t due_ms;      /* when the child takes too long, or is due; clock_ms(); -1: never */
    struct buffer text;  /* of the file, as far as it came */
    struct buffer shown; /* what was printed last */
    unsigned lines;      /* that stand on the terminal, above the cursor */
    bool seen;           /* the mount has answered once */
    bool ended;
    int exit_status;
};

static void status_end(struct status *status, int exit_status)
{
    status->exit_status = exit_status;
    status->ended = true;
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

/* Draw over what was drawn before, line by line, so that nothing flickers. */
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
    struct value *value;
    buffer_init(&text, STATUS_TEXT_MAX);
    if (value_parse(status->text.data, status->text.size, &value)) {
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

/* -------- reading, in a child -------- */

/* Return 0, an errno, or STATUS_NOT_OURS. */
static int status_child_read(const struct options *options, int out)
{
    char path[PATH_MAX], part[1 << 14];
    ssize_t got;
    int size = snprintf(path, sizeof path, "%s/.qpfs/%s", options->mount_point,
                        options->metrics ? "metrics" : "status.json");
    if (size < 0 || (size_t)size >= sizeof path)
        return ENAMETOOLONG;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return mount_point_answers(options->mount_point) ? STATUS_NOT_OURS : ENOENT;
    if (file < 0)
        return errno;
    while ((got = read(file, part, sizeof part)) > 0) {
        if (write(out, part, (size_t)got) != got)
            return EPIPE;
    }
    return got < 0 ? errno : 0;
}

/* It must not hold on to the caller's output: a mount that hangs may keep it from ending. */
_Noreturn static void status_child(const struct options *options, int out)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(null, fd);
    _exit(status_child_read(options, out));
}

/* A program that reads from a mount which hangs can't even be killed, so a child does it, and
 * nobody waits for that one. */
static void status_ask(struct status *status)
{
    int pipe[2] = {-1, -1};
    if (pipe2(pipe, O_CLOEXEC) == 0)
        status->child = fork();
    if (pipe[0] < 0 || status->child < 0) {
        log_error("cannot start: %s", strerror(errno));
        status_end(status, EXIT_FAILURE);
        if (pipe[0] >= 0)
            close(pipe[0]);
        pipe[0] = -1; /* without a child there is none to let go of */
    } else if (status->child == 0) {
        status_child(status->options, pipe[1]);
    }
    if (pipe[1] >= 0)
        close(pipe[1]);
    status->pipe = pipe[0];
    status->due_ms = clock_ms() + (int64_t)STATUS_PATIENCE_S * 1000;
    buffer_clear(&status->text);
}

/* Let go of the child, which has closed its end of the pipe if it HAS_ENDED. Return 0, an
 * errno, or STATUS_NOT_OURS. */
static int status_release(struct status *status, bool has_ended)
{
    int how = 0;
    close(status->pipe);
    status->pipe = -1;
    if (!has_ended && status->child > 0) /* -1 would be every process */
        kill(status->child, SIGKILL);
    if (waitpid(status->child, &how, has_ended ? 0 : WNOHANG) != status->child)
        return ECHILD;
    return WIFEXITED(how) ? WEXITSTATUS(how) : EINTR;
}

/* -------- what came of it -------- */

static void status_explain(const char *path, int error)
{
    switch (error) {
    case ENOTCONN:
    case ECONNABORTED:
    case ECONNREFUSED:
        log_error("%s: the program of this mount %s; do: fusermount3 -u %s, and mount it again",
                  path, error == ECONNREFUSED ? "was refused by the kernel" : "has died", path);
        break;
    case EACCES:
    case EPERM:
        log_error(
            "%s: only the user who mounted it may look: do it as that user, or mount with -o "
            "allow_other,umask=022",
            path);
        break;
    case STATUS_NOT_OURS:
        log_error("%s: something is mounted there, but not by qpfs, or by one that is too old "
                  "to tell; mount shows what it is",
                  path);
        break;
    case ENOENT:
        if (access(path, F_OK) < 0)
            log_error("%s: there is no such directory; mount lists what is mounted", path);
        else
            log_error("%s: nothing is mounted there by qpfs; give the mount point itself, or "
                      "do: qpfs -o ... %s",
                      path, path);
        break;
    default:
        log_error("%s: cannot read the status: %s", path, strerror(error));
    }
}

static void status_say_gone(struct status *status, int error)
{
    const char *path = status->options->mount_point;
    struct buffer text;
    buffer_init(&text, STATUS_TEXT_MAX);
    if (error == ENOTCONN || error == ECONNABORTED)
        text_add(&text, "The program of %s has died; do: fusermount3 -u %s\n", path, path);
    else
        text_add(&text, "%s is no longer mounted.\n", path);
    status_write_out(status, text.data, text.size);
    buffer_finish(&text);
    status_end(status, EXIT_SUCCESS);
}

static void status_on_read(struct status *status, int error)
{
    if (error && status->seen) {
        status_say_gone(status, error);
        return;
    }
    if (error) {
        status_explain(status->options->mount_point, error);
        status_end(status, EXIT_FAILURE);
        return;
    }
    status->seen = true;
    if (status->options->json || status->options->metrics)
        status_write_out(status, status->text.data, status->text.size);
    else
        status_show(status);
    status->due_ms = clock_ms() + STATUS_PERIOD_MS;
    if (!status->options->watch)
        status->ended = true;
}

/* -------- what is waited for -------- */

static void status_on_data(struct status *status)
{
    char part[1 << 14];
    ssize_t got = read(status->pipe, part, sizeof part);
    int error = got > 0 ? -buffer_append(&status->text, part, (size_t)got) : 0;
    if (error)
        (void)status_release(status, false);
    else if (got == 0)
        error = status_release(status, true);
    else
        return;
    status_on_read(status, error);
}

/* The message stands below what is drawn; if an answer comes, that is drawn over both. */
static void status_on_impatient(struct status *status)
{
    const char *path = status->options->mount_point;
    log_error("%s: no answer for %d seconds: the program of this mount hangs or is stopped; to "
              "end it: fusermount3 -uz %s",
              path, STATUS_PATIENCE_S, path);
    status->due_ms = -1;
    status->lines++;
    if (!status->options->watch)
        status_end(status, EXIT_FAILURE);
}

/* After SIGHUP the terminal may be gone; then the next write fails. After SIGWINCH only the
 * terminal knows where the lines stand, so all is drawn anew. */
static void status_on_signal(struct status *status)
{
    struct signalfd_siginfo info;
    if (read(status->signals, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGWINCH && status->terminal.redraws) {
        status->terminal = terminal_of(STDOUT_FILENO);
        status->lines = 0;
        status_write_out(status, TERMINAL_ALL_CLEAR, strlen(TERMINAL_ALL_CLEAR));
    }
    if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGHUP)
        status_end(status, EXIT_SUCCESS);
    else if (status->pipe < 0)
        status_ask(status);
}

static void status_wait(struct status *status)
{
    struct pollfd ready[] = {{.fd = status->pipe, .events = POLLIN},
                             {.fd = status->signals, .events = POLLIN}};
    int64_t left = status->due_ms - clock_ms();
    int timeout = status->due_ms < 0 ? -1 : left > 0 ? (int)left : 0;
    int count = poll(ready, sizeof ready / sizeof *ready, timeout);
    if (count == 0 && status->pipe >= 0)
        status_on_impatient(status);
    else if (count == 0)
        status_ask(status);
    if (count > 0 && ready[1].revents)
        status_on_signal(status);
    if (count > 0 && ready[0].revents && !status->ended)
        status_on_data(status);
}

/* -------- all of it -------- */

/* Without --watch, ^C ends the program as it ends any. */
static int status_watch(struct status *status)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGWINCH);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    status->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (status->signals < 0)
        return -errno;
    if (status->terminal.redraws)
        status_write_out(status, TERMINAL_CURSOR_HIDE, strlen(TERMINAL_CURSOR_HIDE));
    return 0;
}

static void status_finish(struct status *status)
{
    if (status->signals >= 0 && status->terminal.redraws)
        status_write_out(status, TERMINAL_CURSOR_SHOW, strlen(TERMINAL_CURSOR_SHOW));
    if (status->pipe >= 0)
        (void)status_release(status, false);
    if (status->signals >= 0)
        close(status->signals);
    buffer_finish(&status->text);
    buffer_finish(&status->shown);
}

int status_run(const struct options *options)
{
    struct status status = {
        .options = options,
        .terminal = terminal_of(STDOUT_FILENO),
        .signals = -1,
        .pipe = -1,
    };
    buffer_init(&status.text, STATUS_FILE_MAX);
    buffer_init(&status.shown, STATUS_TEXT_MAX);
    if (!options->watch)
        status.terminal.height = 0;
    int error = options->watch ? status_watch(&status) : 0;
    if (error) {
        log_error("cannot start: %s", strerror(-error));
        status_end(&status, EXIT_FAILURE);
    } else {
        status_ask(&status);
    }
    while (!status.ended)
        status_wait(&status);
    status_finish(&status);
    return status.exit_status;
}
