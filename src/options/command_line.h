#ifndef QPFS_OPTIONS_COMMAND_LINE_H
#define QPFS_OPTIONS_COMMAND_LINE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "options/options.h"
#include "options/setting.h"

/* What the command line says, before it is put together with the rest. */
struct command_line {
    struct options *options;     /* gets the action, the mount point and the source; borrowed */
    struct settings *settings;   /* gets what -o says; borrowed */
    struct buffer mount_options; /* for the kernel, separated by commas */
    bool o_given;                /* there was some -o */
};

void command_line_init(struct command_line *line, struct options *options,
                       struct settings *settings);
void command_line_finish(struct command_line *line);

/* 0; -EINVAL or -EFBIG after the reason was logged; -ENOMEM. */
int command_line_read(struct command_line *line, int argc, char **argv);

#endif
