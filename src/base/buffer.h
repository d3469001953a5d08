/* Grows a run of bytes up to a maximum. */
#ifndef QPFS_BASE_BUFFER_H
#define QPFS_BASE_BUFFER_H

#include <stddef.h>

/* It can't be made without its maximum. So nothing that comes from outside makes the process
 * grow without end. */
struct buffer {
    char *data; /* owned; NULL while empty */
    size_t size;
    size_t capacity;
    size_t max;
};

/* Prepare an empty buffer in memory that the caller owns. MAX is in bytes. */
void buffer_init(struct buffer *buffer, size_t max);

/* Wipe and free the bytes. Takes a zeroed buffer as well; the buffer may be filled again. */
void buffer_finish(struct buffer *buffer);

/* Return what BUFFER holds, which is the caller's to finish, and leave it empty. */
struct buffer buffer_take(struct buffer *buffer);

/* Forget the bytes and keep their memory. */
void buffer_clear(struct buffer *buffer);

/* Make room for MORE bytes, and for no more than those if the buffer is empty. Errors as of
 * buffer_append(). */
int buffer_reserve(struct buffer *buffer, size_t more);

/* Append SIZE bytes. Return 0; -EFBIG past the maximum, or -ENOMEM, and append nothing. */
int buffer_append(struct buffer *buffer, const char *bytes, size_t size);

/* Append COUNT times BYTE. Errors as above. */
int buffer_append_byte(struct buffer *buffer, char byte, size_t count);

#endif
