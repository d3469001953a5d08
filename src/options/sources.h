/* Reads the options from all that may give them. */
#ifndef QPFS_OPTIONS_SOURCES_H
#define QPFS_OPTIONS_SOURCES_H

#include <stdbool.h>

#include "options/options.h"

/* Read the command line, the configuration file and the environment into OPTIONS. Return 0, or
 * -errno after the reason was logged. *USAGE is then whether the command line itself is wrong,
 * so that a hint at --help helps. The caller calls options_finish() in any case. */
int sources_read(struct options *options, int argc, char **argv, bool *usage);

#endif
