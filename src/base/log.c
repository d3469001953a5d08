/* Writes the log. */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "base/utf8.h"

#define LOG_JOURNAL_PATH "/run/systemd/journal/socket"
#define LOG_SYSLOG_PATH  "/dev/log"
#define LOG_LINE_MAX     2048
#define LOG_PATH_MAX     256
#define LOG_SECRET_MAX   (3 * 1024) /* percent-encoded */
#define LOG_SECRET_MIN   8          /* a shorter one would be found in ordinary words */
#define LOG_SECRETS      4
#define LOG_ENTRY_SIZE   4096 /* takes any line */

/* A line of the log, whose text is without control characters. */
struct log_entry {
    enum log_level level;
    const char *text;
    struct log_about about;
};

static const struct {
    const char *prefix;
    int priority;
} log_levels[] = {
    [LOG_LEVEL_ERROR] = {"error: ", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning: ", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug: ", LOG_DEBUG},
};

/* Enough to find a secret in a text, but not to show it. */
struct log_secret {
    size_t size; /* 0: there is none */
    uint64_t hash;
};

static struct {
    bool debug;
    enum { TO_STDERR, TO_MANAGER, TO_JOURNAL, TO_SYSLOG } to; /* MANAGER: through stderr */
    int fd; /* the socket to the journal or to syslog; -1: not connected */
    struct log_secret secrets[LOG_SECRETS];
    size_t next_secret; /* where the next one goes; it replaces the oldest */
    const char *lead;
} log_state = {.fd = -1, .lead = ""};

void log_set_debug(bool debug)
{
    log_state.debug = debug;
}

void log_set_lead(const char *lead)
{
    log_state.lead = lead;
}

/* -------- the daemon that keeps the log -------- */

/* It may be restarted, or too busy to take a line. syslog(3) would wait for it. Return 0, or
 * -errno if it can't be reached now. */
static int log_connect(void)
{
    const char *path = log_state.to == TO_SYSLOG ? LOG_SYSLOG_PATH : LOG_JOURNAL_PATH;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (log_state.fd >= 0)
        close(log_state.fd);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    log_state.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (log_state.fd < 0)
        return -errno;
    if (connect(log_state.fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return 0;
    int error = -errno;
    close(log_state.fd);
    log_state.fd = -1;
    return error;
}

static int log_try(const char *bytes, size_t size)
{
    if (log_state.fd < 0)
        return -ENOTCONN;
    return send(log_state.fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* A daemon that was restarted has another socket at the same path. */
static void log_to_daemon(const char *bytes, size_t size)
{
    int error = log_try(bytes, size);
    if ((error == -ENOTCONN || error == -ECONNREFUSED || error == -ECONNRESET) &&
        log_connect() == 0)
        (void)log_try(bytes, size); /* what is lost now is lost */
}

/* -------- where lines go -------- */

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
    log_state.to = log_connect() == 0 ? TO_JOURNAL : TO_MANAGER;
}

void log_to_background(void)
{
    if (log_state.to == TO_JOURNAL)
        return;
    log_state.to = TO_JOURNAL;
    if (log_connect() == 0)
        return;
    log_state.to = TO_SYSLOG;
    (void)log_connect(); /* each line tries again */
}

/* -------- secrets -------- */

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

/* Return the byte that the %XX at TEXT stands for, or -1. */
static int log_encoded(const char *text)
{
    int high = *text == '%' ? number_hex_digit(text[1]) : -1;
    int low = high >= 0 ? number_hex_digit(text[2]) : -1;
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

/* -------- the form of a line -------- */

/* Write at AT what fits. Return where the next part goes. */
__attribute__((format(printf, 3, 4))) static size_t log_put(char out[static LOG_ENTRY_SIZE],
                                                            size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(out + at, LOG_ENTRY_SIZE - at, format, arguments);
    va_end(arguments);
    if (size < 0)
        return at;
    return (size_t)size < LOG_ENTRY_SIZE - at ? at + (size_t)size : LOG_ENTRY_SIZE - 1;
}

/* Write ENTRY to OUT for people. Return its size, as the three below. */
static size_t log_plain(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    return log_put(out, 0, "qpfs: %s%s\n", log_levels[entry->level].prefix, entry->text);
}

/* For stderr that a service manager reads: see sd-daemon(3). */
static size_t log_prefixed(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    return log_put(out, 0, "<%d>%s\n", log_levels[entry->level].priority, entry->text);
}

/* For the socket of syslog(3). */
static size_t log_for_syslog(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    char when[32];
    struct tm parts;
    time_t now = time(NULL);
    localtime_r(&now, &parts);
    /* RFC 3164 wants English months. strftime() gives them, since no locale is set. */
    strftime(when, sizeof when, "%b %e %H:%M:%S", &parts);
    return log_put(out, 0, "<%d>%s qpfs[%d]: %s%s",
                   LOG_DAEMON | log_levels[entry->level].priority, when, (int)getpid(),
                   log_levels[entry->level].prefix, entry->text);
}

/* For the socket of the journal. No value holds a line end, so each may stand as it is behind
 * its name. */
static size_t log_for_journal(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    const struct log_about *about = &entry->about;
    size_t at = log_put(out, 0, "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=qpfs\n",
                        log_levels[entry->level].priority, LOG_DAEMON >> 3);
    if (about->path)
        at = log_put(out, at, "QPFS_PATH=%s\n", about->path);
    if (about->status)
        at = log_put(out, at, "QPFS_STATUS=%ld\n", about->status);
    if (about->error)
        at = log_put(out, at, "QPFS_ERRNO=%d\n", about->error);
    return log_put(out, at, "MESSAGE=%s\n", entry->text);
}

/* -------- lines -------- */

/* A pipe that can be written to takes PIPE_BUF bytes at once, and a line is shorter. */
bool log_write_stderr(const char *text, size_t size)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) != 1 || write(STDERR_FILENO, text, size) >= 0;
}

static void log_send(const struct log_entry *entry)
{
    char out[LOG_LEAD_MAX + LOG_ENTRY_SIZE];
    size_t lead = strlen(log_state.lead);
    switch (log_state.to) {
    case TO_STDERR:
        memcpy(out, log_state.lead, lead);
        (void)log_write_stderr(out, lead + log_plain(entry, out + lead));
        break;
    case TO_MANAGER:
        (void)log_write_stderr(out, log_prefixed(entry, out));
        break;
    case TO_JOURNAL:
        log_to_daemon(out, log_for_journal(entry, out));
        break;
    case TO_SYSLOG:
        log_to_daemon(out, log_for_syslog(entry, out));
        break;
    }
}

void log_line_about(enum log_level level, const struct log_about *about, const char *format,
                    ...)
{
    char line[LOG_LINE_MAX + LOG_SECRET_MAX], path[LOG_PATH_MAX + LOG_SECRET_MAX];
    struct log_entry entry = {.level = level, .text = line};
    va_list arguments;
    if (level == LOG_LEVEL_DEBUG && !log_state.debug)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    log_hide_secret(line);
    line[LOG_LINE_MAX - 1] = '\0'; /* not before: a cut secret would not be found */
    utf8_make_printable(line);
    if (about)
        entry.about = *about;
    if (entry.about.path) {
        snprintf(path, sizeof path, "%s", entry.about.path);
        log_hide_secret(path);
        path[LOG_PATH_MAX - 1] = '\0';
        utf8_make_printable(path);
        entry.about.path = path;
    }
    log_send(&entry);
}
