/* Puts text for people together in a buffer. */
#ifndef QPFS_PROGRAM_TEXT_H
#define QPFS_PROGRAM_TEXT_H

#include <stddef.h>

#include "base/buffer.h"

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

#endif
