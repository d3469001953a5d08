/* qpfs-sandbox: the QuestionPro API v2 of a made-up account, for demos, tests and benchmarks.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sandbox/request.h"
#include "sandbox/server.h"

enum { EXIT_USAGE = 2 };

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

static int run(const struct options *options, struct sandbox *sandbox, int signals)
{
    struct server *server = server_start(sandbox, options->port);

    if (!server)
        return EXIT_FAILURE;
    printf("http://127.0.0.1:%u" REQUEST_API_PREFIX "\n", server_port(server));
    int status = EXIT_SUCCESS;
    if (fflush(stdout) == 0) {
        wait_for_end(signals, options->until_eof);
    } else {
        perror("qpfs-sandbox: cannot print the URL; is standard output open?");
        status = EXIT_FAILURE;
    }
    server_stop(server);
    return status;
}

int main(int argc, char *argv[])
{
    struct options options;
    enum options_verdict verdict = options_parse(&options, argc, argv);

    if (verdict != OPTIONS_RUN)
        return verdict == OPTIONS_HELP ? EXIT_SUCCESS : EXIT_USAGE;
    int signals = catch_signals();
    if (signals < 0) {
        perror("qpfs-sandbox: cannot catch signals");
        return EXIT_FAILURE;
    }
    allow_many_files();
    struct sandbox *sandbox = sandbox_create(&options);
    int status = EXIT_FAILURE;
    if (sandbox)
        status = run(&options, sandbox, signals);
    else
        fputs("qpfs-sandbox: out of memory; lower --rate\n", stderr);
    sandbox_destroy(sandbox);
    close(signals);
    return status;
}
