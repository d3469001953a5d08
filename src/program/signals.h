#ifndef QPFS_PROGRAM_SIGNALS_H
#define QPFS_PROGRAM_SIGNALS_H

#include "base/loop.h"

/* Signals as events of the loop: SIGTERM and SIGINT ask for the end, SIGHUP for fresh data. */
struct signals {
    struct loop *loop;
    int fd;
    void (*end)(void *data);
    void (*refresh)(void *data);
    void *data;
};

/* 0 or -errno. From here on these signals do nothing but call END and REFRESH, from the loop.
 */
int signals_init(struct signals *signals, struct loop *loop, void (*end)(void *data),
                 void (*refresh)(void *data), void *data);
void signals_finish(struct signals *signals);

#endif
