#ifndef QPFS_BASE_LOG_ENTRY_H
#define QPFS_BASE_LOG_ENTRY_H

#include <stddef.h>

#include "base/log.h"

/* A line of the log in the words of those who take it. Only for log.c. */
struct log_entry {
    enum log_level level;
    const char *text; /* without control characters */
    struct log_about about;
};

#define LOG_ENTRY_SIZE 4096 /* takes any text that log.c makes */

/* Each writes ENTRY and returns its size in bytes: for people ("qpfs: warning: …"); for stderr
 * that a service manager reads, see sd-daemon(3) ("<4>…"); for syslog(3)'s socket; and for the
 * journal's, with fields. */
size_t log_entry_plain(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_prefixed(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_syslog(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);
size_t log_entry_journal(const struct log_entry *entry, char out[static LOG_ENTRY_SIZE]);

#endif
