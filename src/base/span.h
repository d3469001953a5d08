/* Looks at a part of a text that belongs to someone else. */
#ifndef QPFS_BASE_SPAN_H
#define QPFS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* Borrowed, and not terminated. */
struct span {
    const char *text;
    size_t size;
};

/* Return SPAN without the spaces, tabs and line ends around it. */
struct span span_trim(struct span span);

/* Return whether SPAN begins with PREFIX, in any case. Then REST is what comes behind it,
 * trimmed: as the value of a header line behind its name and colon. */
bool span_behind(struct span span, const char *prefix, struct span *rest);

#endif
