#include "sandbox/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/request.h"

#define MAX_CONNECTIONS 8192u
#define BACKLOG         1024

struct server {
    struct sandbox *sandbox;
    struct MHD_Daemon *daemon;
    uint16_t port;
};

/* The only callback that sees the target as it was sent; what it returns is the request. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct server *server = cls;

    (void)connection;
    return request_create(server->sandbox, target);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    (void)cls;
    (void)url;
    (void)version;
    if (!*context)
        return MHD_NO;
    return request_step(*context, connection, method, upload, upload_size);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    request_destroy(*context);
    *context = NULL;
}

/* A connection's context is a flag: has it been used for a call? */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)cls;
    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = calloc(1, sizeof(bool));
    } else {
        free(*context);
        *context = NULL;
    }
}

/* Our own socket, because libmicrohttpd does not say why it cannot listen. */
static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0)
        return -errno;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return 0;
    return ntohs(address.sin_port);
}

static struct MHD_Daemon *daemon_start(struct server *server, int fd)
{
    return MHD_start_daemon(
        MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL,
        NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        MAX_CONNECTIONS, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
}

struct server *server_start(struct sandbox *sandbox, uint16_t port)
{
    struct server *server = calloc(1, sizeof *server);
    int fd = server ? listen_on(port) : -ENOMEM;

    if (fd < 0) {
        fprintf(
            stderr,
            "qpfs-sandbox: cannot listen on 127.0.0.1:%u: %s; give another --port, or 0 for "
            "any free one\n",
            port, strerror(-fd));
        free(server);
        return NULL;
    }
    server->sandbox = sandbox;
    server->port = port_of(fd);
    server->daemon = daemon_start(server, fd);
    if (!server->daemon) {
        fputs("qpfs-sandbox: cannot start the server; are there limits on threads (ulimit -u) "
              "or files (ulimit -n)?\n",
              stderr);
        close(fd);
        free(server);
        return NULL;
    }
    return server;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    halt_raise(server->sandbox->halt);
    MHD_stop_daemon(server->daemon);
    free(server);
}
