#ifndef QPFS_PROGRAM_STATUS_VIEW_H
#define QPFS_PROGRAM_STATUS_VIEW_H

#include <stdint.h>

#include "base/buffer.h"
#include "json/value.h"
#include "program/terminal.h"

/*
 * STATUS, the text of a status.json, for people. NOW: seconds since 1970. As many lines as
 * TERMINAL is high, less one, or without a limit.
 */
void status_view_add(struct buffer *out, const struct value *status, int64_t now,
                     const struct terminal *terminal);

/* The same in one line, and one for each fetch: for a log. */
void status_view_add_short(struct buffer *out, const struct value *status);

#endif
