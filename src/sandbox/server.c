/* The HTTP server: a thread for each connection, on the loopback device only. */
#include "sandbox/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/api.h"

#define MAX_CONNECTIONS 8192u
#define BACKLOG         1024

struct server {
    const struct server_site *site;
    struct MHD_Daemon *daemon;
    uint16_t port;
};

/* The only callback that sees the target as it was sent; what it returns is the request. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct server *server = cls;
    (void)connection;
    return server->site->begin(server->site->data, target);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    const struct server *server = cls;
    (void)url;
    (void)version;
    if (!*context)
        return MHD_NO;
    return server->site->step(*context, connection, method, upload, upload_size);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    const struct server *server = cls;
    (void)connection;
    (void)code;
    server->site->end(*context);
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
        int error = -errno;
        close(fd);
        return error;
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

static struct MHD_Daemon *server_listen(struct server *server, int fd)
{
    return MHD_start_daemon(
        MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL,
        NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        MAX_CONNECTIONS, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
}

static struct server *server_start(const struct server_site *site, uint16_t port)
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
    server->site = site;
    server->port = port_of(fd);
    server->daemon = server_listen(server, fd);
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

static void server_stop(struct server *server)
{
    if (server->site->halt)
        server->site->halt(server->site->data);
    MHD_stop_daemon(server->daemon);
    free(server);
}

/* Before any thread starts, so that all of them leave these signals to the file returned. */
static int catch_signals(void)
{
    sigset_t signals;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

/* Every connection is a file; where the limit cannot be raised, there are fewer. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static bool at_eof(int fd)
{
    char unread[4096];
    ssize_t length = read(fd, unread, sizeof unread);
    return length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN);
}

static void wait_for_end(int signals, bool until_eof)
{
    struct pollfd files[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = until_eof ? STDIN_FILENO : -1, .events = POLLIN},
    };
    for (;;) {
        if (poll(files, 2, -1) < 0 && errno != EINTR)
            return;
        if (files[0].revents || (files[1].revents && at_eof(STDIN_FILENO)))
            return;
    }
}

int server_run(const struct server_site *site, uint16_t port, bool until_eof)
{
    int signals = catch_signals();
    if (signals < 0) {
        perror("qpfs-sandbox: cannot catch signals");
        return EXIT_FAILURE;
    }
    allow_many_files();
    struct server *server = server_start(site, port);
    int status = server ? EXIT_SUCCESS : EXIT_FAILURE;
    if (server) {
        printf("http://127.0.0.1:%u" API_PREFIX "\n", server->port);
        if (fflush(stdout) == 0) {
            wait_for_end(signals, until_eof);
        } else {
            perror("qpfs-sandbox: cannot print the URL; is standard output open?");
            status = EXIT_FAILURE;
        }
        server_stop(server);
    }
    close(signals);
    return status;
}
