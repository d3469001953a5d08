#ifndef QPFS_PROGRAM_DEMO_H
#define QPFS_PROGRAM_DEMO_H

#include "options/options.h"

/*
 * The sample account: starts qpfs-sandbox, which lies beside this program, in QPFS_LIBEXECDIR
 * or in the PATH, and fills the account, key and URL of OPTIONS. The sandbox ends when this
 * process does, however that happens. 0, or -errno after the reason was logged.
 */
int demo_start(struct options *options);

#endif
