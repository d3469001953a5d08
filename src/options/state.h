#ifndef QPFS_OPTIONS_STATE_H
#define QPFS_OPTIONS_STATE_H

/* The directory for what is kept from one mount to the next: $XDG_STATE_HOME/qpfs, else
 * ~/.local/state/qpfs. It need not exist. The caller frees it; NULL if nothing says where home
 * is, or memory is out. */
char *state_directory(void);

#endif
