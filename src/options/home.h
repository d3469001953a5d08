/* Where a user's files are. */
#ifndef QPFS_OPTIONS_HOME_H
#define QPFS_OPTIONS_HOME_H

/*
 * The home of the user who mounts: $HOME, unless it is not set or is someone else's (mount(8),
 * called by a user, leaves root's there); then what passwd(5) says. Absolute, or NULL. Borrowed
 * until the next call.
 */
const char *home_directory(void);

/* The directory for what is kept from one mount to the next: $XDG_STATE_HOME/qpfs, else
 * ~/.local/state/qpfs. It need not exist. The caller frees it; NULL if nothing says where home
 * is, or memory is out. */
char *home_state_directory(void);

#endif
