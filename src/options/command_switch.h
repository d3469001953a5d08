/* Switches of the command line, and the text of --help. */
#ifndef QPFS_OPTIONS_COMMAND_SWITCH_H
#define QPFS_OPTIONS_COMMAND_SWITCH_H

/* What may stand on the command line beside a mount point. A row of the table in
 * command_switch.c is all that a switch needs to be known to getopt and --help. */
enum command_switch_name {
    SWITCH_FOREGROUND,
    SWITCH_DEBUG,
    SWITCH_OPTIONS,
    SWITCH_DEMO,
    SWITCH_CHECK,
    SWITCH_STATUS,
    SWITCH_WATCH,
    SWITCH_JSON,
    SWITCH_RECORD,
    SWITCH_HELP,
    SWITCH_VERSION,
    SWITCH_COUNT,
    SWITCH_UNKNOWN, /* getopt has said so on stderr */
    SWITCH_END
};

struct command_switch {
    char letter;       /* 0: it has none */
    const char *word;  /* without the --; NULL: it has none */
    const char *value; /* what --help calls its value; NULL: it takes none */
    const char *help;
};

/* Return the row of NAME. */
const struct command_switch *command_switch_row(enum command_switch_name name);

/* Return the next switch of ARGV. optarg and optind are set as by getopt(3). */
enum command_switch_name command_switch_next(int argc, char **argv);

/* Print --help to stdout. */
void command_switch_help(void);

#endif
