#ifndef QPFS_BASE_SPAN_H
#define QPFS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* A part of someone else's text, borrowed; not terminated. */
struct span {
    const char *text;
    size_t size;
};

/* SPAN without the spaces, tabs and line ends around it. */
struct span span_trim(struct span span);

/* Whether SPAN begins with PREFIX, in whatever case; then REST is what comes behind it,
 * trimmed: so the value of a header line is read with its name and colon. */
bool span_behind(struct span span, const char *prefix, struct span *rest);

#endif
