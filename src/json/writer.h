/* Writes JSON of our own. */
#ifndef QPFS_JSON_WRITER_H
#define QPFS_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/* Lays it out as "jq ." does. After an error nothing more is written. */
struct writer {
    struct buffer *out; /* borrowed */
    unsigned depth;
    bool filled; /* the innermost object or array has something in it */
    int error;   /* the first -EFBIG or -ENOMEM of the buffer */
};

/* Open an object or an array, by its BRACKET, as the member NAME. NULL: in an array, or as the
 * whole text. Each has to be closed. */
void writer_open(struct writer *writer, const char *name, char bracket);
void writer_close(struct writer *writer, char bracket);

/* Write a value, as the member NAME or without one. TEXT may be anything: what is not UTF-8
 * becomes U+FFFD. NULL is null. */
void writer_string(struct writer *writer, const char *name, const char *text);
void writer_number(struct writer *writer, const char *name, uint64_t number);
void writer_tenths(struct writer *writer, const char *name, uint64_t tenths);
void writer_null(struct writer *writer, const char *name);

/* Write SECONDS since 1970 as a string, by RFC 3339 and in UTC. */
void writer_time(struct writer *writer, const char *name, int64_t seconds);

/* Write the line break at the end of the text. */
void writer_end(struct writer *writer);

/* Append TEXT as a JSON string, with its quotes, as above. Return 0; -EFBIG or -ENOMEM. */
int writer_quote(struct buffer *out, const char *text);

#endif
