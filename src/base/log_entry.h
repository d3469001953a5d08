/* Puts a line of the log into the form that its reader wants. */
#ifndef QPFS_BASE_LOG_ENTRY_H
#define QPFS_BASE_LOG_ENTRY_H

#include <stddef.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* What a line is about: fields beside the text, where the log keeps such. */
struct log_about {
    const char *path; /* as the API calls it, or NULL; borrowed */
    long status;      /* HTTP; 0 if there was none */
    int error;        /* an errno, or 0 */
};

/* A line of the log. Only log.c makes one. */
struct log_entry {
    enum log_level level;
    const char *text; /* without control characters */
    struct log_about about;
};

#define LOG_ENTRY_SIZE 4096 /* takes any text that log.c makes */

/* Write ENTRY to OUT, and return its size in bytes: for people ("qpfs: warning: …"); for stderr
 * that a service manager reads, see sd-daemon(3) ("<4>…"); for the socket of syslog(3); and for
 * that of the journal, with fields. */
size_t log_entry_plain(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_prefixed(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_syslog(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_journal(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);

#endif
