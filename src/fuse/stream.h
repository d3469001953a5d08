#ifndef QPFS_FUSE_STREAM_H
#define QPFS_FUSE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Tells from the reads that reach us whether someone walks along a row of files, and how far
 * ahead of him it pays to store. A file is known by its rank in the row.
 *
 * What is stored ahead is read without us, so how far he has come is not seen. Therefore one
 * file in the middle of each window is left out: when it is read, the next window is due, and
 * half of this one is left for the time that storing takes. There may be several walks at once:
 * of several processes, or of one that goes by names (1, 10, 100, 11, 2), which is a walk for
 * each number of digits.
 */
#define STREAM_READS_MIN  3 /* in a row, before anything is stored ahead */
#define STREAM_WINDOW_MIN 16
#define STREAM_WINDOW_MAX 512

struct stream {
    size_t next;   /* the rank behind the furthest read */
    size_t end;    /* everything before it was stored ahead, or read */
    size_t marker; /* the rank that was left out; END if none was */
    size_t window; /* files that were stored ahead the last time; 0: none so far */
    unsigned hits; /* reads in a row */
    unsigned rest; /* reads that are let pass: what was stored did not last */
    bool busy;     /* a window is being stored */
    uint64_t used; /* which read it was last; 0: never */
};

/* Zeroed before first use. */
struct streams {
    struct stream streams[8];
    uint64_t reads;
};

/* RANK was asked for. The walk for which more should be stored, from stream_from() on; or NULL.
 */
struct stream *streams_read(struct streams *streams, size_t rank);

/* The next window of STREAM: its first rank, and how many. */
size_t stream_from(const struct stream *stream);
size_t stream_count(const struct stream *stream);

/* It will be stored, from stream_from() to END, but for stream->marker. */
void stream_begin(struct stream *stream, size_t end);

/* It was. Whether more should be stored at once. */
bool stream_finish(struct stream *stream);

#endif
