/* Writes the log. */
#include "base/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log_entry.h"
#include "base/log_socket.h"
#include "base/utf8.h"

#define LOG_JOURNAL    "/run/systemd/journal/socket"
#define LOG_SYSLOG     "/dev/log"
#define LOG_LINE_MAX   2048
#define LOG_PATH_MAX   256
#define LOG_SECRET_MAX (3 * 1024) /* percent-encoded */
#define LOG_SECRET_MIN 8          /* a shorter one would be found in ordinary words */
#define LOG_SECRETS    4

/* Enough to find a secret in a text, but not to show it. */
struct log_secret {
    size_t size; /* 0: there is none */
    uint64_t hash;
};

static struct {
    bool debug;
    enum { TO_STDERR, TO_MANAGER, TO_JOURNAL, TO_SYSLOG } to; /* MANAGER: through stderr */
    struct log_socket socket;                                 /* of the journal or of syslog */
    struct log_secret secrets[LOG_SECRETS];
    size_t next_secret; /* where the next one goes; it replaces the oldest */
    const char *lead;
} log_state = {.lead = ""};

void log_set_debug(bool debug)
{
    log_state.debug = debug;
}

/* JOURNAL_STREAM is the device and inode of the stream that leads to the journal, which may be
 * what stderr was before it was redirected: see systemd.exec(5). */
static bool log_stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    char *end;
    struct stat attr;
    if (!stream || fstat(STDERR_FILENO, &attr) < 0)
        return false;
    device = strtoumax(stream, &end, 10);
    if (end == stream || *end != ':')
        return false;
    stream = end + 1;
    inode = strtoumax(stream, &end, 10);
    return end > stream && !*end && device == attr.st_dev && inode == attr.st_ino;
}

void log_begin(void)
{
    if (!log_stderr_is_journal())
        return;
    log_state.to =
        log_socket_init(&log_state.socket, LOG_JOURNAL) == 0 ? TO_JOURNAL : TO_MANAGER;
}

void log_to_background(void)
{
    if (log_state.to == TO_JOURNAL)
        return;
    log_state.to = TO_JOURNAL;
    if (log_socket_init(&log_state.socket, LOG_JOURNAL) == 0)
        return;
    log_state.to = TO_SYSLOG;
    log_socket_init(&log_state.socket, LOG_SYSLOG);
}

void log_set_lead(const char *lead)
{
    log_state.lead = lead;
}

/* FNV-1a. */
#define LOG_HASH_BEGIN 0xcbf29ce484222325U

static uint64_t log_hash(uint64_t hash, int byte)
{
    return (hash ^ (uint64_t)byte) * 0x100000001b3U;
}

void log_redact(const char *secret)
{
    struct log_secret known = {secret ? strlen(secret) : 0, LOG_HASH_BEGIN};
    if (!secret)
        memset(log_state.secrets, 0, sizeof log_state.secrets);
    if (known.size < LOG_SECRET_MIN)
        return;
    for (; *secret; secret++)
        known.hash = log_hash(known.hash, (unsigned char)*secret);
    log_state.secrets[log_state.next_secret] = known;
    log_state.next_secret = (log_state.next_secret + 1) % LOG_SECRETS;
}

/* Return the value of a hexadecimal digit, or -1. */
static int log_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Return the byte that the %XX at TEXT stands for, or -1. */
static int log_encoded(const char *text)
{
    int high = *text == '%' ? log_digit(text[1]) : -1;
    int low = high >= 0 ? log_digit(text[2]) : -1;
    return low >= 0 ? high * 16 + low : -1;
}

/* Return how many bytes at TEXT are SECRET; 0: it is not there. Where ENCODED, some of its
 * bytes may stand there as %XX, as in a URL. */
static size_t log_secret_size(const struct log_secret *secret, const char *text, bool encoded)
{
    uint64_t hash = LOG_HASH_BEGIN;
    const char *at = text;
    for (size_t i = 0; i < secret->size; i++) {
        int byte = encoded ? log_encoded(at) : -1;
        if (!*at)
            return 0;
        hash = log_hash(hash, byte >= 0 ? byte : (unsigned char)*at);
        at += byte >= 0 ? 3 : 1;
    }
    return hash == secret->hash ? (size_t)(at - text) : 0;
}

/* Return the same for any of the secrets. */
static size_t log_any_secret_size(const char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < LOG_SECRETS && size == 0; i++) {
        const struct log_secret *secret = &log_state.secrets[i];
        if (secret->size > 0)
            size = log_secret_size(secret, text, false);
        if (secret->size > 0 && size == 0)
            size = log_secret_size(secret, text, true);
    }
    return size;
}

void log_hide_secret(char *text)
{
    for (char *at = text; *at; at++) {
        size_t size = log_any_secret_size(at);
        if (size == 0)
            continue;
        memset(at, '*', 3);
        memmove(at + 3, at + size, strlen(at + size) + 1);
        at += 2;
    }
}

/* A pipe that nobody reads must not stop the loop, so what does not fit is lost. A pipe that
 * can be written to takes PIPE_BUF bytes at once, and a line is shorter. */
static void log_to_stderr(const char *text, size_t size)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&out, 1, 0) == 1 && write(STDERR_FILENO, text, size) < 0)
        return; /* there is nowhere to say so */
}

static void log_send(const struct log_entry *entry)
{
    char out[LOG_LEAD_MAX + LOG_ENTRY_SIZE];
    size_t lead = strlen(log_state.lead);
    switch (log_state.to) {
    case TO_STDERR:
        memcpy(out, log_state.lead, lead);
        log_to_stderr(out, lead + log_entry_plain(entry, out + lead));
        break;
    case TO_MANAGER:
        log_to_stderr(out, log_entry_prefixed(entry, out));
        break;
    case TO_JOURNAL:
        log_socket_send(&log_state.socket, out, log_entry_journal(entry, out));
        break;
    case TO_SYSLOG:
        log_socket_send(&log_state.socket, out, log_entry_syslog(entry, out));
        break;
    }
}

__attribute__((format(printf, 3, 0))) static void log_format(enum log_level level,
                                                             const struct log_about *about,
                                                             const char *format,
                                                             va_list arguments)
{
    char line[LOG_LINE_MAX + LOG_SECRET_MAX], path[LOG_PATH_MAX + LOG_SECRET_MAX];
    struct log_entry entry = {.level = level, .text = line, .about = *about};
    vsnprintf(line, sizeof line, format, arguments);
    log_hide_secret(line);
    line[LOG_LINE_MAX - 1] = '\0'; /* not before: a cut secret would not be found */
    utf8_make_printable(line);
    if (about->path) {
        snprintf(path, sizeof path, "%s", about->path);
        log_hide_secret(path);
        path[LOG_PATH_MAX - 1] = '\0';
        utf8_make_printable(path);
        entry.about.path = path;
    }
    log_send(&entry);
}

void log_line(enum log_level level, const char *format, ...)
{
    const struct log_about nothing = {NULL, 0, 0};
    if (level == LOG_LEVEL_DEBUG && !log_state.debug)
        return;
    va_list arguments;
    va_start(arguments, format);
    log_format(level, &nothing, format, arguments);
    va_end(arguments);
}

void log_line_about(enum log_level level, const struct log_about *about, const char *format,
                    ...)
{
    if (level == LOG_LEVEL_DEBUG && !log_state.debug)
        return;
    va_list arguments;
    va_start(arguments, format);
    log_format(level, about, format, arguments);
    va_end(arguments);
}
