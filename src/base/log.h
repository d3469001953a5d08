#ifndef QPFS_BASE_LOG_H
#define QPFS_BASE_LOG_H

#include <stdbool.h>

/*
 * One line an event: to stderr as "qpfs: warning: …" until log_to_syslog() is called, to syslog
 * from then on. Control characters in a line become "?", for much of what is logged was written
 * by a server that nobody here vouches for. A line that stderr can't take at once is lost: the
 * log must not stop the loop.
 */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Debug lines are dropped unless this was called with true. */
void log_set_debug(bool debug);

void log_to_syslog(void);

/*
 * Each occurrence of SECRET in any later line is written as "***". SECRET is borrowed and must
 * outlive the log; NULL takes it back. The last line of defence, not the first: nothing should
 * pass the API key to the log at all. Secrets of less than 8 characters are not looked for.
 */
void log_redact(const char *secret);

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
