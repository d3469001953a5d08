/* Reads the command line: switches, what stands behind -o, and the mount point. */
#ifndef QPFS_OPTIONS_COMMAND_LINE_H
#define QPFS_OPTIONS_COMMAND_LINE_H

#include "options/setting.h"

/* Put what ARGV says into SETTINGS and their options. 0; -EINVAL or -EFBIG after the reason was
 * logged; -ENOMEM. */
int command_line_read(struct settings *settings, int argc, char **argv);

#endif
