/* Shows what a mount is doing: qpfs --status. */
#ifndef QPFS_PROGRAM_STATUS_READER_H
#define QPFS_PROGRAM_STATUS_READER_H

#include "options/options.h"

/* Print what the mount on OPTIONS' mount point is doing: once; with --watch again each second,
 * until ^C or the end of the mount; with --json or --metrics as it stands in the file. Return
 * the exit status: 0, or 1 after the reason was logged. */
int status_reader_run(const struct options *options);

#endif
