#ifndef QPFS_API_ETAG_H
#define QPFS_API_ETAG_H

#include <stdbool.h>
#include <stddef.h>

/* A longer one is not kept. With its quotes and its end. */
#define ETAG_MAX 128

/* The header ETag of one answer: a name that the service gives to just these bytes (RFC 9110).
 * Zeroed: none. */
struct etag {
    char text[ETAG_MAX]; /* "…" or W/"…", as it is sent back; "" if there is none */
    bool seen;           /* a header of that name */
};

/* Takes in one header line of SIZE bytes. Any other header is passed over. What is no ETag, is
 * too long or comes twice counts for none. */
void etag_read(struct etag *etag, const char *line, size_t size);

/* Whether both name the same, weak or not. */
bool etag_same(const char *a, const char *b);

#endif
