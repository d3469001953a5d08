/* Sends lines to a log daemon, and never waits for it. */
#ifndef QPFS_BASE_LOG_SOCKET_H
#define QPFS_BASE_LOG_SOCKET_H

#include <stddef.h>

/* The daemon may be restarted, or too busy to take a line. syslog(3) would wait for it. */
struct log_socket {
    const char *path; /* borrowed */
    int fd;           /* -1: not connected */
};

/* Connect to the socket at PATH. Return 0 or -errno; either way a line can be sent, which tries
 * again. */
int log_socket_init(struct log_socket *log, const char *path);

/* Send one datagram. Return 0; or -errno, and it is lost. */
int log_socket_send(struct log_socket *log, const char *bytes, size_t size);

void log_socket_finish(struct log_socket *log);

#endif
