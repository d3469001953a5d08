/* Sends lines to a log daemon, and never waits for it. */
#include "base/log_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int log_socket_connect(struct log_socket *log)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    log_socket_finish(log);
    if (strlen(log->path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", log->path);
    log->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (log->fd < 0)
        return -errno;
    if (connect(log->fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return 0;
    int error = -errno;
    log_socket_finish(log);
    return error;
}

int log_socket_init(struct log_socket *log, const char *path)
{
    *log = (struct log_socket){.path = path, .fd = -1};
    return log_socket_connect(log);
}

static int log_socket_try(const struct log_socket *log, const char *bytes, size_t size)
{
    if (log->fd < 0)
        return -ENOTCONN;
    return send(log->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int log_socket_send(struct log_socket *log, const char *bytes, size_t size)
{
    int error = log_socket_try(log, bytes, size);
    /* A daemon that was restarted has another socket at the same path. */
    if (error == -ENOTCONN || error == -ECONNREFUSED || error == -ECONNRESET) {
        error = log_socket_connect(log);
        if (!error)
            error = log_socket_try(log, bytes, size);
    }
    return error;
}

void log_socket_finish(struct log_socket *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}
