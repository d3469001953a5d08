#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LOG_LINE_MAX   2048
#define LOG_SECRET_MAX 1024
#define LOG_SECRET_MIN 8 /* a shorter one would be found in ordinary words */

static struct {
    bool debug;
    bool syslog;
    const char *secret;
} log_state;

static const struct {
    const char *prefix;
    int priority;
} log_levels[] = {
    [LOG_LEVEL_ERROR] = {"error: ", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning: ", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug: ", LOG_DEBUG},
};

void log_set_debug(bool debug)
{
    log_state.debug = debug;
}

void log_to_syslog(void)
{
    openlog("qpfs", LOG_PID, LOG_DAEMON);
    log_state.syslog = true;
}

void log_redact(const char *secret)
{
    log_state.secret = secret && strlen(secret) >= LOG_SECRET_MIN ? secret : NULL;
}

static void log_hide_secret(char *line)
{
    if (!log_state.secret)
        return;
    size_t size = strlen(log_state.secret);
    for (char *at = line; (at = strstr(at, log_state.secret));) {
        memset(at, '*', 3);
        memmove(at + 3, at + size, strlen(at + size) + 1);
        at += 3;
    }
}

/* A pipe that nobody reads must not stop the loop: what does not fit is lost. A pipe that can
 * be written to takes PIPE_BUF bytes at once, and a line is shorter. */
static void log_to_stderr(const char *prefix, const char *line)
{
    char text[LOG_LINE_MAX + 32];
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    int size = snprintf(text, sizeof text, "qpfs: %s%s\n", prefix, line);
    if (poll(&out, 1, 0) == 1 && write(STDERR_FILENO, text, (size_t)size) < 0)
        return; /* there is nowhere to say so */
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level == LOG_LEVEL_DEBUG && !log_state.debug)
        return;
    char line[LOG_LINE_MAX + LOG_SECRET_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);

    log_hide_secret(line);
    line[LOG_LINE_MAX - 1] = '\0'; /* not before: a cut secret would not be found */
    for (char *at = line; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
    if (log_state.syslog)
        syslog(log_levels[level].priority, "%s%s", log_levels[level].prefix, line);
    else
        log_to_stderr(log_levels[level].prefix, line);
}
