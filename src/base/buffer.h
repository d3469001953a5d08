#ifndef QPFS_BASE_BUFFER_H
#define QPFS_BASE_BUFFER_H

#include <stddef.h>

/*
 * A growing run of bytes that cannot be made without its maximum, so that nothing which comes
 * from outside can make the process grow without end.
 */
struct buffer {
    char *data; /* owned; NULL while empty */
    size_t size;
    size_t capacity;
    size_t max;
};

/* Prepares an empty buffer in memory that the caller owns. MAX is in bytes. */
void buffer_init(struct buffer *buffer, size_t max);

/* Wipes and frees the bytes. Takes a zeroed buffer as well; the buffer may be filled again. */
void buffer_finish(struct buffer *buffer);

/* Forgets the bytes and keeps their memory. */
void buffer_clear(struct buffer *buffer);

/* Appends SIZE bytes. 0, -EFBIG past the maximum, -ENOMEM; on an error nothing is appended. */
int buffer_append(struct buffer *buffer, const char *bytes, size_t size);

/* Appends COUNT times BYTE. Errors as above. */
int buffer_append_byte(struct buffer *buffer, char byte, size_t count);

#endif
