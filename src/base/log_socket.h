#ifndef QPFS_BASE_LOG_SOCKET_H
#define QPFS_BASE_LOG_SOCKET_H

#include <stddef.h>

/* The socket of a log daemon, which may be restarted, or too busy to take a line. Nothing
 * waits for it: syslog(3) would. */
struct log_socket {
    const char *path; /* borrowed */
    int fd;           /* -1: not connected */
};

/* Connects. 0 or -errno; either way it can be sent to, which tries again. */
int log_socket_init(struct log_socket *log, const char *path);

/* One datagram. 0; or -errno: it is lost. */
int log_socket_send(struct log_socket *log, const char *bytes, size_t size);

void log_socket_finish(struct log_socket *log);

#endif
