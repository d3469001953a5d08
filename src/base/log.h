#ifndef QPFS_BASE_LOG_H
#define QPFS_BASE_LOG_H

#include <stdbool.h>

/*
 * One line an event. Where it goes:
 *   - to stderr, as "qpfs: warning: …";
 *   - under systemd, where stderr leads to the journal: to the journal's own socket, with
 * fields; or to stderr with priorities ("<4>…") where that socket can't be reached;
 *   - in the background: to the journal, or to syslog where there is none.
 * Control characters in a line become "?", for much of what is logged was written by a server
 * that nobody here vouches for. A line that can't be taken at once is lost: the log must not
 * stop the loop.
 */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Debug lines are dropped unless this was called with true. */
void log_set_debug(bool debug);

/* Before the first line: looks at what stderr is. */
void log_begin(void);

/* From here on there is no stderr. */
void log_to_background(void);

/* Written before each line to stderr, in one go with it: what clears away a line of progress
 * that stands there. At most LOG_LEAD_MAX bytes; borrowed; "" at first. */
void log_set_lead(const char *lead);

#define LOG_LEAD_MAX 8

/*
 * Write each occurrence of SECRET in any later line, percent-encoded or not, as "***". The last
 * four secrets are looked for, NULL forgets all. SECRET is not kept, only a hash of it: a key
 * that was replaced is hidden still, and wiped. The last line of defence, not the first:
 * nothing should pass the API key to the log at all. Secrets of less than 8 characters are not
 * looked for.
 */
void log_redact(const char *secret);

/* What log_redact() does for each line, for TEXT that is shown elsewhere. */
void log_hide_secret(char *text);

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What a line is about: fields beside the text, where the log keeps such. */
struct log_about {
    const char *path; /* as the API calls it, or NULL; borrowed */
    long status;      /* HTTP; 0 if there was none */
    int error;        /* an errno, or 0 */
};

void log_line_about(enum log_level level, const struct log_about *about, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
