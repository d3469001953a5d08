/* Puts text for people together, as their terminal shows it. */
#ifndef QPFS_PROGRAM_TEXT_H
#define QPFS_PROGRAM_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"

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

/* Add text by FORMAT. Here and below, what has no room, or no memory, is left out. */
void text_add(struct buffer *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Add TEXT from outside. What a terminal obeys, and what is not UTF-8, is shown as "?". */
void text_add_plain(struct buffer *out, const char *text);

/* Add the same in lines of WIDTH columns at most (0: any), with a final line break. The first
 * one goes on where OUT ends, at column INDENT; the others are indented by INDENT. */
void text_add_wrapped(struct buffer *out, const char *text, unsigned indent, unsigned width);

/* Add "12 s", "5 min", "3 h 20 min", "2 d 5 h"; and "873 KiB". */
void text_add_duration(struct buffer *out, double seconds);
void text_add_size(struct buffer *out, double bytes);

/* A fetch under way. */
struct progress {
    const char *path; /* borrowed */
    double done;      /* pages */
    double pages;     /* of so many; 0: not known */
    double eta;       /* seconds; less than 0: not known */
};

/* Add one line, without a line break, of TERMINAL's width less one at most: the path, a bar
 * where there is room for one, and figures. Where it is no terminal there is no bar. */
void progress_add(struct buffer *out, const struct progress *progress,
                  const struct terminal *terminal);

#endif
