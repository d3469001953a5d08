#ifndef QPFS_PROGRAM_DAEMON_H
#define QPFS_PROGRAM_DAEMON_H

/*
 * Going to the background. daemon_start() forks: in the child it returns 0, with stderr still
 * that of whoever called; the parent waits for daemon_ready() there, and until MOUNT_POINT
 * answers, and exits with 0; or with 1 if the child ends before. -errno if it can't fork.
 */
int daemon_start(const char *mount_point);

/* In the child: lets the parent go, and lets go of the terminal; from here on logs go to
 * the journal or to syslog. */
void daemon_ready(void);

#endif
