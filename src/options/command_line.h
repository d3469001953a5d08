/* Reads the command line, and prints --help. */
#ifndef QPFS_OPTIONS_COMMAND_LINE_H
#define QPFS_OPTIONS_COMMAND_LINE_H

#include <stdbool.h>

#include "options/options.h"

/* Read the command line into OPTIONS, then the configuration file and the environment. Return
 * 0, or -errno after the reason was logged. *USAGE is then whether the command line itself is
 * wrong, so that a hint at --help helps. The options borrow texts of ARGV. The caller calls
 * options_finish() in any case. */
int command_line_read(struct options *options, int argc, char **argv, bool *usage);

/* Print --help to stdout. */
void command_line_help(void);

#endif
