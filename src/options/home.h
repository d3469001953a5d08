#ifndef QPFS_OPTIONS_HOME_H
#define QPFS_OPTIONS_HOME_H

/*
 * The home of whoever mounts: $HOME, unless it is not set or is someone else's (mount(8),
 * called by a user, leaves root's there); then what passwd(5) says. Absolute, or NULL. Borrowed
 * until the next call.
 */
const char *home_directory(void);

#endif
