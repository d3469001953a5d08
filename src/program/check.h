/* Tries what a mount needs, and tells what it would show and cost: qpfs --check. */
#ifndef QPFS_PROGRAM_CHECK_H
#define QPFS_PROGRAM_CHECK_H

#include "options/options.h"

/*
 * Look at what a mount with OPTIONS needs, of this machine and of the service. Print what it
 * would show and cost, and what to do where something is wrong. Makes the calls of a mount and
 * a walk, but for the lists of users. Return the exit status: 1 if there is a problem, else 0.
 */
int check_run(struct options *options);

#endif
