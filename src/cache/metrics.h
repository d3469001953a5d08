/* Writes what a mount is doing as OpenMetrics text, for Prometheus. */
#ifndef QPFS_CACHE_METRICS_H
#define QPFS_CACHE_METRICS_H

#include "cache/status.h"

/*
 * Write the metrics of docs/status.md. They are made of what is held in memory, without a call.
 * No label has an ID, a name or a message: a monitoring system keeps a series for each value.
 * Return 0; -ENOMEM; -EFBIG of OUT. After an error OUT holds a part.
 */
int metrics_write(const struct status_board *board, struct buffer *out);

#endif
