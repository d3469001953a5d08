/* Starts the sample account of qpfs --demo. */
#ifndef QPFS_PROGRAM_DEMO_H
#define QPFS_PROGRAM_DEMO_H

#include "options/options.h"

/*
 * Start qpfs-sandbox, which lies beside this program, in QPFS_LIBEXECDIR or in the PATH. Fill
 * in the account, key and URL of OPTIONS. The sandbox ends when this process does, however that
 * happens. Return 0, or -errno after the reason was logged.
 */
int demo_start(struct options *options);

#endif
