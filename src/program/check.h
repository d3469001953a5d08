#ifndef QPFS_PROGRAM_CHECK_H
#define QPFS_PROGRAM_CHECK_H

#include "options/options.h"

/*
 * --check: looks at what a mount with OPTIONS needs, of this machine and of the service, and
 * tells on stdout what it would show and cost, and what to do where something is wrong. Makes
 * the calls of a walk, but for those of the users of departments. Returns the exit status: 0, 1
 * if there is a problem.
 */
int check_run(struct options *options);

#endif
