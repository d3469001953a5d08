#ifndef QPFS_PROGRAM_STATUS_H
#define QPFS_PROGRAM_STATUS_H

#include "options/options.h"

/*
 * --status: tells on stdout what the mount on OPTIONS' mount point is doing, once; with --watch
 * again each second, until ^C or the end of the mount; with --json as it is in status.json.
 * Returns the exit status: 0; 1 after the reason was logged.
 */
int status_run(const struct options *options);

#endif
