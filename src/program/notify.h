/* Tells a service manager how a mount goes. */
#ifndef QPFS_PROGRAM_NOTIFY_H
#define QPFS_PROGRAM_NOTIFY_H

#include "base/loop.h"

/*
 * This does what sd_notify(3) does: it sends variables in a datagram to the socket that
 * NOTIFY_SOCKET names. libsystemd would be one more library for these few lines. Without
 * NOTIFY_SOCKET nothing happens.
 */

/* Remember the socket, and hide it from children. To be called before anything is said. */
void notify_begin(void);

/* Say that the program ends with ERROR (-errno). */
void notify_failure(int error);

/* Embedded in its owner. Nothing may wait for the manager: what it can't take now is kept, and
 * sent with what comes next, or a little later. */
struct notify {
    struct loop *loop;
    struct loop_timer retry;
    /* Not sent yet: lines, oldest first; the manager heeds the last. Half of it has room for a
     * URL of any length. */
    char text[2048];
};

void notify_init(struct notify *notify, struct loop *loop);

/* Say lines such as "READY=1\n". */
void notify_say(struct notify *notify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void notify_finish(struct notify *notify);

#endif
