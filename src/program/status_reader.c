/* Shows what a mount is doing: qpfs --status. */
#include "program/status_reader.h"

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

#define READER_PERIOD_MS  1000
#define READER_PATIENCE_S 10
#define READER_TEXT_MAX   ((size_t)1 << 20)

/* Larger than any mount writes it. */
#define READER_FILE_MAX ((size_t)16 << 20)

/* The reading child ends with an errno, or with this: another FUSE file system is there. */
#define READER_NOT_OURS 200

struct status_reader {
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

static void reader_end(struct status_reader *reader, int exit_status)
{
    reader->exit_status = exit_status;
    reader->ended = true;
}

/* -------- writing -------- */

static void reader_write_out(struct status_reader *reader, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            if (errno != EPIPE)
                log_error("cannot write: %s", strerror(errno));
            reader_end(reader, EXIT_FAILURE);
            return;
        }
        bytes += written;
        size -= (size_t)written;
    }
}

/* Draw over what was drawn before, line by line, so that nothing flickers. */
static void reader_draw(struct status_reader *reader, const struct buffer *text)
{
    struct buffer out;
    buffer_init(&out, 2 * READER_TEXT_MAX);
    if (reader->lines > 0)
        text_add(&out, "\033[%uA", reader->lines);
    reader->lines = 0;
    for (size_t at = 0; at < text->size;) {
        const char *line = text->data + at;
        const char *end = memchr(line, '\n', text->size - at);
        size_t size = end ? (size_t)(end - line) : text->size - at;
        text_add(&out, TERMINAL_LINE_CLEAR);
        (void)buffer_append(&out, line, size);
        text_add(&out, "\n");
        reader->lines++;
        at += size + 1;
    }
    text_add(&out, TERMINAL_BELOW_CLEAR);
    reader_write_out(reader, out.data, out.size);
    buffer_finish(&out);
}

static void reader_print_if_new(struct status_reader *reader, struct buffer *text)
{
    struct buffer *shown = &reader->shown;
    bool same = text->size == shown->size &&
                (text->size == 0 || memcmp(text->data, shown->data, text->size) == 0);
    if (same)
        return;
    reader_write_out(reader, text->data, text->size);
    buffer_clear(shown);
    (void)buffer_append(shown, text->data, text->size);
}

static void reader_show(struct status_reader *reader)
{
    const struct options *options = reader->options;
    struct buffer text;
    struct value *value;
    buffer_init(&text, READER_TEXT_MAX);
    if (value_parse(reader->text.data, reader->text.size, &value)) {
        log_error("%s: what it tells of itself can't be read: was it mounted by another qpfs?",
                  options->mount_point);
        reader_end(reader, EXIT_FAILURE);
    } else if (options->watch && !reader->terminal.redraws) {
        status_view_add_short(&text, value);
        reader_print_if_new(reader, &text);
    } else {
        status_view_add(&text, value, time(NULL), &reader->terminal);
        if (options->watch)
            reader_draw(reader, &text);
        else
            reader_write_out(reader, text.data, text.size);
    }
    value_destroy(value);
    buffer_finish(&text);
}

/* -------- reading, in a child -------- */

/* Return 0, an errno, or READER_NOT_OURS. */
static int reader_child_read(const struct options *options, int out)
{
    char path[PATH_MAX], part[1 << 14];
    ssize_t got;
    int size = snprintf(path, sizeof path, "%s/.qpfs/%s", options->mount_point,
                        options->metrics ? "metrics" : "status.json");
    if (size < 0 || (size_t)size >= sizeof path)
        return ENAMETOOLONG;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return mount_point_answers(options->mount_point) ? READER_NOT_OURS : ENOENT;
    if (file < 0)
        return errno;
    while ((got = read(file, part, sizeof part)) > 0) {
        if (write(out, part, (size_t)got) != got)
            return EPIPE;
    }
    return got < 0 ? errno : 0;
}

/* It must not hold on to the caller's output: a mount that hangs may keep it from ending. */
_Noreturn static void reader_child(const struct options *options, int out)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(null, fd);
    _exit(reader_child_read(options, out));
}

/* A program that reads from a mount which hangs can't even be killed, so a child does it, and
 * nobody waits for that one. */
static void reader_ask(struct status_reader *reader)
{
    int pipe[2] = {-1, -1};
    if (pipe2(pipe, O_CLOEXEC) == 0)
        reader->child = fork();
    if (pipe[0] < 0 || reader->child < 0) {
        log_error("cannot start: %s", strerror(errno));
        reader_end(reader, EXIT_FAILURE);
        if (pipe[0] >= 0)
            close(pipe[0]);
        pipe[0] = -1; /* without a child there is none to let go of */
    } else if (reader->child == 0) {
        reader_child(reader->options, pipe[1]);
    }
    if (pipe[1] >= 0)
        close(pipe[1]);
    reader->pipe = pipe[0];
    reader->due_ms = clock_ms() + (int64_t)READER_PATIENCE_S * 1000;
    buffer_clear(&reader->text);
}

/* Let go of the child, which has closed its end of the pipe if it HAS_ENDED. Return 0, an
 * errno, or READER_NOT_OURS. */
static int reader_release(struct status_reader *reader, bool has_ended)
{
    int how = 0;
    close(reader->pipe);
    reader->pipe = -1;
    if (!has_ended && reader->child > 0) /* -1 would be every process */
        kill(reader->child, SIGKILL);
    if (waitpid(reader->child, &how, has_ended ? 0 : WNOHANG) != reader->child)
        return ECHILD;
    return WIFEXITED(how) ? WEXITSTATUS(how) : EINTR;
}

/* -------- what came of it -------- */

static void reader_explain(const char *path, int error)
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
    case READER_NOT_OURS:
        log_error(
            "%s: it is a directory inside of a mount, or a mount of another program; give "
            "the mount point itself: mount shows it",
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

static void reader_say_gone(struct status_reader *reader, int error)
{
    const char *path = reader->options->mount_point;
    struct buffer text;
    buffer_init(&text, READER_TEXT_MAX);
    if (error == ENOTCONN || error == ECONNABORTED)
        text_add(&text, "The program of %s has died; do: fusermount3 -u %s\n", path, path);
    else
        text_add(&text, "%s is no longer mounted.\n", path);
    reader_write_out(reader, text.data, text.size);
    buffer_finish(&text);
    reader_end(reader, EXIT_SUCCESS);
}

/* Other errors do not tell that a mount has ended: memory may be out, or the child was killed.
 * What a mount has once shown it does not refuse: EACCES is of a directory beneath it. */
static bool reader_means_the_end(int error)
{
    return error == ENOENT || error == ENOTCONN || error == ECONNABORTED || error == EACCES ||
           error == READER_NOT_OURS;
}

static void reader_on_read(struct status_reader *reader, int error)
{
    if (reader->seen && reader_means_the_end(error)) {
        reader_say_gone(reader, error);
        return;
    }
    if (error) {
        reader_explain(reader->options->mount_point, error);
        reader_end(reader, EXIT_FAILURE);
        return;
    }
    reader->seen = true;
    if (reader->options->json || reader->options->metrics)
        reader_write_out(reader, reader->text.data, reader->text.size);
    else
        reader_show(reader);
    reader->due_ms = clock_ms() + READER_PERIOD_MS;
    if (!reader->options->watch)
        reader->ended = true;
}

/* -------- what is waited for -------- */

static void reader_on_data(struct status_reader *reader)
{
    char part[1 << 14];
    ssize_t got = read(reader->pipe, part, sizeof part);
    int error = got > 0 ? -buffer_append(&reader->text, part, (size_t)got) : 0;
    if (error)
        (void)reader_release(reader, false);
    else if (got == 0)
        error = reader_release(reader, true);
    else
        return;
    reader_on_read(reader, error);
}

/* On one terminal the message stands below what is drawn; if an answer comes, that is drawn
 * over both. */
static void reader_on_impatient(struct status_reader *reader)
{
    const char *path = reader->options->mount_point;
    log_error("%s: no answer for %d seconds: the program of this mount hangs or is stopped; to "
              "end it: fusermount3 -uz %s",
              path, READER_PATIENCE_S, path);
    reader->due_ms = -1;
    reader->lines += isatty(STDERR_FILENO) ? 1 : 0;
    if (!reader->options->watch)
        reader_end(reader, EXIT_FAILURE);
}

/* After SIGHUP the terminal may be gone; then the next write fails. After SIGWINCH only the
 * terminal knows where the lines stand, so all is drawn anew. */
static void reader_on_signal(struct status_reader *reader)
{
    struct signalfd_siginfo info;
    if (read(reader->signals, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGWINCH && reader->terminal.redraws) {
        reader->terminal = terminal_of(STDOUT_FILENO);
        reader->lines = 0;
        reader_write_out(reader, TERMINAL_ALL_CLEAR, strlen(TERMINAL_ALL_CLEAR));
    }
    if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGHUP)
        reader_end(reader, EXIT_SUCCESS);
    else if (reader->pipe < 0)
        reader_ask(reader);
}

static void reader_wait(struct status_reader *reader)
{
    struct pollfd ready[] = {{.fd = reader->pipe, .events = POLLIN},
                             {.fd = reader->signals, .events = POLLIN}};
    int64_t left = reader->due_ms - clock_ms();
    int timeout = reader->due_ms < 0 ? -1 : left > 0 ? (int)left : 0;
    int count = poll(ready, sizeof ready / sizeof *ready, timeout);
    if (count == 0 && reader->pipe >= 0)
        reader_on_impatient(reader);
    else if (count == 0)
        reader_ask(reader);
    if (count > 0 && ready[1].revents)
        reader_on_signal(reader);
    if (count > 0 && ready[0].revents && !reader->ended)
        reader_on_data(reader);
}

/* -------- all of it -------- */

/* Without --watch, ^C ends the program as it ends any. */
static int reader_watch(struct status_reader *reader)
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
    reader->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (reader->signals < 0)
        return -errno;
    if (reader->terminal.redraws)
        reader_write_out(reader, TERMINAL_CURSOR_HIDE, strlen(TERMINAL_CURSOR_HIDE));
    return 0;
}

static void reader_finish(struct status_reader *reader)
{
    if (reader->signals >= 0 && reader->terminal.redraws)
        reader_write_out(reader, TERMINAL_CURSOR_SHOW, strlen(TERMINAL_CURSOR_SHOW));
    if (reader->pipe >= 0)
        (void)reader_release(reader, false);
    if (reader->signals >= 0)
        close(reader->signals);
    buffer_finish(&reader->text);
    buffer_finish(&reader->shown);
}

int status_reader_run(const struct options *options)
{
    struct status_reader reader = {
        .options = options,
        .terminal = terminal_of(STDOUT_FILENO),
        .signals = -1,
        .pipe = -1,
    };
    buffer_init(&reader.text, READER_FILE_MAX);
    buffer_init(&reader.shown, READER_TEXT_MAX);
    if (!options->watch)
        reader.terminal.height = 0;
    int error = options->watch ? reader_watch(&reader) : 0;
    if (error) {
        log_error("cannot start: %s", strerror(-error));
        reader_end(&reader, EXIT_FAILURE);
    } else {
        reader_ask(&reader);
    }
    while (!reader.ended)
        reader_wait(&reader);
    reader_finish(&reader);
    return reader.exit_status;
}
