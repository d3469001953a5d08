#ifndef QPFS_PROGRAM_NOTIFY_H
#define QPFS_PROGRAM_NOTIFY_H

#include "base/loop.h"

/*
 * Tells a service manager how it goes, as sd_notify(3) does: variables in a datagram to the
 * socket that NOTIFY_SOCKET names. libsystemd would be one more library for these few lines.
 * Without NOTIFY_SOCKET nothing happens.
 */

/* Before anything is said: remembers the socket, and hides it from children. */
void notify_begin(void);

/* Says that it ends with ERROR (-errno). */
void notify_failure(int error);

/*
 * From a loop nothing may wait: what the manager can't take now is kept, and sent with what
 * comes next, or a little later. In memory that the caller owns.
 */
struct notify {
    struct loop *loop;
    struct loop_timer retry;
    char text[512]; /* not sent yet: lines, oldest first; the manager heeds the last */
};

void notify_init(struct notify *notify, struct loop *loop);

/* FORMAT: lines as "READY=1\n". */
void notify_say(struct notify *notify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void notify_finish(struct notify *notify);

#endif
