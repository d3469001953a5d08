#include "program/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void signals_on_signal(void *data, uint32_t events)
{
    const struct signals *signals = data;
    struct signalfd_siginfo info;
    (void)events;
    if (read(signals->fd, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGHUP)
        signals->refresh(signals->data);
    else
        signals->end(signals->data);
}

int signals_init(struct signals *signals, struct loop *loop, void (*end)(void *data),
                 void (*refresh)(void *data), void *data)
{
    sigset_t set;
    *signals = (struct signals){loop, -1, end, refresh, data};
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    signal(SIGPIPE, SIG_IGN);
    signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->fd < 0)
        return -errno;
    return loop_fd_set(loop, signals->fd, EPOLLIN, signals_on_signal, signals);
}

void signals_finish(struct signals *signals)
{
    if (signals->fd < 0)
        return;
    loop_fd_remove(signals->loop, signals->fd);
    close(signals->fd);
    signals->fd = -1;
}
