#include "fuse/stream.h"

#define STREAM_COUNT (sizeof((struct streams *)0)->streams / sizeof(struct stream))

/* Several readers of one row do not come in order, and some skip a file. */
#define STREAM_BEHIND 16
#define STREAM_AHEAD  4

/* Reads that a walk is left alone after the kernel did not keep what was stored for it. */
#define STREAM_REST 256

/* A window that is smaller has no marker. */
#define STREAM_MARKED_MIN 8

static bool stream_covers(const struct stream *stream, size_t rank)
{
    size_t reach = (stream->end > stream->next ? stream->end : stream->next) + STREAM_AHEAD;
    return stream->used && rank + STREAM_BEHIND >= stream->next && rank <= reach;
}

static void stream_start(struct stream *stream, size_t rank)
{
    *stream = (struct stream){.next = rank + 1, .end = rank + 1, .marker = rank + 1, .hits = 1};
}

/* The walk to which RANK belongs; or one that nothing is heard of, for a new one. NULL if each
 * has a window under way. */
static struct stream *streams_find(struct streams *streams, size_t rank)
{
    struct stream *oldest = NULL;
    for (size_t i = 0; i < STREAM_COUNT; i++) {
        struct stream *stream = &streams->streams[i];
        if (stream_covers(stream, rank))
            return stream;
        if (!stream->busy && (!oldest || stream->used < oldest->used))
            oldest = stream;
    }
    if (oldest)
        stream_start(oldest, rank);
    return oldest;
}

/* What was stored is asked for all the same: the kernel had to drop it. */
static bool stream_lost(const struct stream *stream, size_t rank)
{
    return stream->window && !stream->busy && rank < stream->end && rank != stream->marker;
}

static void stream_shrink(struct stream *stream, size_t rank)
{
    stream->end = stream->marker = rank + 1;
    stream->window /= 4;
    if (stream->window < STREAM_WINDOW_MIN) {
        stream->window = 0;
        stream->rest = STREAM_REST;
    }
}

static bool stream_is_due(const struct stream *stream)
{
    return !stream->busy && !stream->rest && stream->hits >= STREAM_READS_MIN &&
           (stream->next > stream->marker || stream->next >= stream->end);
}

struct stream *streams_read(struct streams *streams, size_t rank)
{
    struct stream *stream = streams_find(streams, rank);
    streams->reads++;
    if (!stream)
        return NULL;
    stream->used = streams->reads;
    if (rank < stream->next) /* he who is behind, or the same file again */
        return NULL;
    if (stream_lost(stream, rank))
        stream_shrink(stream, rank);
    stream->next = rank + 1;
    stream->hits++;
    if (stream->rest)
        stream->rest--;
    return stream_is_due(stream) ? stream : NULL;
}

size_t stream_from(const struct stream *stream)
{
    return stream->end > stream->next ? stream->end : stream->next;
}

size_t stream_count(const struct stream *stream)
{
    size_t count = stream->window * 2;
    if (count < STREAM_WINDOW_MIN)
        return STREAM_WINDOW_MIN;
    return count < STREAM_WINDOW_MAX ? count : STREAM_WINDOW_MAX;
}

void stream_begin(struct stream *stream, size_t end)
{
    size_t from = stream_from(stream), count = end - from;
    stream->window = stream_count(stream);
    stream->marker = count < STREAM_MARKED_MIN ? end : from + count / 2;
    stream->end = end;
    stream->busy = true;
}

bool stream_finish(struct stream *stream)
{
    stream->busy = false;
    return stream_is_due(stream);
}
