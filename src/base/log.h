/* Writes the log. */
#ifndef QPFS_BASE_LOG_H
#define QPFS_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One line an event. It goes
 *   - to stderr, as "qpfs: warning: …";
 *   - under systemd, where stderr leads to the journal: to the journal's own socket, with
 * fields; or to stderr with priorities ("<4>…") where that socket can't be reached;
 *   - in the background: to the journal, or to syslog where there is none.
 * Much of what is logged was written by a server that nobody vouches for, so control characters
 * become "?". A line that can't be taken at once is lost, for the log must not stop the loop.
 */

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* What a line is about: fields beside the text, where the log keeps such. */
struct log_about {
    const char *path; /* as the API calls it, or NULL; borrowed */
    long status;      /* HTTP; 0 if there was none */
    int error;        /* an errno, or 0 */
};

/* Write debug lines, or drop them; at first they are dropped. */
void log_set_debug(bool debug);

/* Look at what stderr is. To be called before the first line. */
void log_begin(void);

/* From here on write nothing to stderr. */
void log_to_background(void);

/* Write LEAD before each line to stderr, in one go with it, so that it clears away a line of
 * progress that stands there. LEAD is borrowed, and at most LOG_LEAD_MAX bytes; "" at first. */
void log_set_lead(const char *lead);

#define LOG_LEAD_MAX 8

/* Write TEXT, SIZE bytes, to stderr as it is. What stderr can't take at once is lost, for a
 * pipe that nobody reads must not stop the loop. Return false if writing has failed. */
bool log_write_stderr(const char *text, size_t size);

/*
 * Write each occurrence of SECRET in any later line, percent-encoded or not, as "***". Look for
 * the last four secrets; NULL forgets all. Only a hash of SECRET is kept, so a key that was
 * replaced is wiped, and is hidden still. Secrets of less than 8 characters are not looked for.
 * This is the last line of defence: nothing should pass the API key to the log at all.
 */
void log_redact(const char *secret);

/* Hide the secrets of log_redact() in TEXT, which is shown elsewhere. */
void log_hide_secret(char *text);

/* Write a line. ABOUT: its fields, or NULL. */
void log_line_about(enum log_level level, const struct log_about *about, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

#define log_line(level, ...) log_line_about(level, NULL, __VA_ARGS__)
#define log_error(...)       log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...)     log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)        log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)       log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
