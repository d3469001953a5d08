/* Goes to the background. */
#ifndef QPFS_PROGRAM_DAEMON_H
#define QPFS_PROGRAM_DAEMON_H

/*
 * Fork. Return 0 in the child, whose stderr is still that of the caller; or -errno. The parent
 * does not return: it waits for daemon_ready() in the child, and until MOUNT_POINT answers, and
 * exits with 0; or with 1 if the child ends before.
 */
int daemon_start(const char *mount_point);

/* In the child: let the parent exit, and let go of the terminal. From here on the log goes to
 * the journal or to syslog. Does nothing where daemon_start() was not called. */
void daemon_ready(void);

#endif
