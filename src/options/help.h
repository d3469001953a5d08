#ifndef QPFS_OPTIONS_HELP_H
#define QPFS_OPTIONS_HELP_H

/* Prints --help to stdout. */
void help_print(void);

#endif
