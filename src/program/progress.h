/* Draws how far a fetch has come. */
#ifndef QPFS_PROGRAM_PROGRESS_H
#define QPFS_PROGRAM_PROGRESS_H

#include "base/buffer.h"
#include "program/terminal.h"

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
