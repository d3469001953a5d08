/* Grows a run of bytes up to a maximum. */
#include "base/buffer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

#define BUFFER_FIRST_CAPACITY 256

void buffer_init(struct buffer *buffer, size_t max)
{
    *buffer = (struct buffer){.max = max};
}

void buffer_finish(struct buffer *buffer)
{
    wipe_free(buffer->data);
    buffer_init(buffer, buffer->max);
}

struct buffer buffer_take(struct buffer *buffer)
{
    struct buffer taken = *buffer;
    buffer_init(buffer, buffer->max);
    return taken;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

int buffer_reserve(struct buffer *buffer, size_t more)
{
    if (more > buffer->max - buffer->size)
        return -EFBIG;
    size_t needed = buffer->size + more;
    if (needed <= buffer->capacity)
        return 0;
    size_t capacity = buffer->capacity ? 2 * buffer->capacity : BUFFER_FIRST_CAPACITY;
    if (capacity < needed)
        capacity = needed;
    if (capacity > buffer->max)
        capacity = buffer->max;
    /* realloc() would leave what it moves behind. */
    char *data = malloc(capacity);
    if (!data)
        return -ENOMEM;
    if (buffer->size > 0)
        memcpy(data, buffer->data, buffer->size);
    wipe_free(buffer->data);
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int buffer_append(struct buffer *buffer, const char *bytes, size_t size)
{
    bool fits = size <= buffer->capacity - buffer->size;
    int error = fits ? 0 : buffer_reserve(buffer, size);
    if (error || size == 0)
        return error;
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    return 0;
}

int buffer_append_byte(struct buffer *buffer, char byte, size_t count)
{
    bool fits = count <= buffer->capacity - buffer->size;
    int error = fits ? 0 : buffer_reserve(buffer, count);
    if (error || count == 0)
        return error;
    memset(buffer->data + buffer->size, byte, count);
    buffer->size += count;
    return 0;
}
