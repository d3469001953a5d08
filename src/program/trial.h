#ifndef QPFS_PROGRAM_TRIAL_H
#define QPFS_PROGRAM_TRIAL_H

#include "options/options.h"

/* Logs what to do when the key was tried and that failed with ERROR (-errno). */
void trial_explain(const struct options *options, int error);

#endif
