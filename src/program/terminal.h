/* Tells what can be shown on a descriptor. */
#ifndef QPFS_PROGRAM_TERMINAL_H
#define QPFS_PROGRAM_TERMINAL_H

#include <stdbool.h>

struct terminal {
    bool redraws; /* it is a terminal on which lines can be written over (not TERM=dumb) */
    bool colors;  /* and NO_COLOR is not set (no-color.org) */
    unsigned width, height; /* 0: no limit */
};

/* Return what can be shown on FD. */
struct terminal terminal_of(int fd);

/* Escape sequences of ECMA-48, as every terminal since the VT100 has them. */
#define TERMINAL_BOLD        "\033[1m"
#define TERMINAL_RED         "\033[31m"
#define TERMINAL_GREEN       "\033[32m"
#define TERMINAL_PLAIN       "\033[m"
#define TERMINAL_LINE_CLEAR  "\r\033[K"
#define TERMINAL_BELOW_CLEAR "\033[J"
#define TERMINAL_CURSOR_HIDE "\033[?25l\033[?7l" /* and lines are cut, not wrapped */
#define TERMINAL_CURSOR_SHOW "\033[?7h\033[?25h"
#define TERMINAL_ALL_CLEAR   "\033[H\033[2J"

#endif
