/* Puts a line of the log into the form that its reader wants. */
#include "base/log_entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *prefix;
    int priority;
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error: ", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning: ", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug: ", LOG_DEBUG},
};

/* Write at AT what fits. Return where the next part goes. */
__attribute__((format(printf, 3, 4))) static size_t
log_entry_put(char out[static LOG_ENTRY_SIZE], size_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(out + at, LOG_ENTRY_SIZE - at, format, arguments);
    va_end(arguments);
    if (size < 0)
        return at;
    return (size_t)size < LOG_ENTRY_SIZE - at ? at + (size_t)size : LOG_ENTRY_SIZE - 1;
}

size_t log_entry_plain(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    return log_entry_put(out, 0, "qpfs: %s%s\n", levels[entry->level].prefix, entry->text);
}

size_t log_entry_prefixed(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    return log_entry_put(out, 0, "<%d>%s\n", levels[entry->level].priority, entry->text);
}

size_t log_entry_syslog(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    char when[32];
    struct tm parts;
    time_t now = time(NULL);
    localtime_r(&now, &parts);
    /* RFC 3164 wants English months. strftime() gives them, since no locale is set. */
    strftime(when, sizeof when, "%b %e %H:%M:%S", &parts);
    return log_entry_put(out, 0, "<%d>%s qpfs[%d]: %s%s",
                         LOG_DAEMON | levels[entry->level].priority, when, (int)getpid(),
                         levels[entry->level].prefix, entry->text);
}

/* No value holds a line end, so each may stand as it is behind its name. */
size_t log_entry_journal(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE])
{
    const struct log_about *about = &entry->about;
    size_t at =
        log_entry_put(out, 0, "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=qpfs\n",
                      levels[entry->level].priority, LOG_DAEMON >> 3);
    if (about->path)
        at = log_entry_put(out, at, "QPFS_PATH=%s\n", about->path);
    if (about->status)
        at = log_entry_put(out, at, "QPFS_STATUS=%ld\n", about->status);
    if (about->error)
        at = log_entry_put(out, at, "QPFS_ERRNO=%d\n", about->error);
    return log_entry_put(out, at, "MESSAGE=%s\n", entry->text);
}
