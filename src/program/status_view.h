/* Puts a status.json into words for people. */
#ifndef QPFS_PROGRAM_STATUS_VIEW_H
#define QPFS_PROGRAM_STATUS_VIEW_H

#include <stdint.h>

#include "base/buffer.h"
#include "json/value.h"
#include "program/text.h"

/* Add STATUS, the text of a status.json, in as many lines as TERMINAL is high, less one, or
 * without a limit. NOW: seconds since 1970. */
void status_view_add(struct buffer *out, const struct value *status, int64_t now,
                     const struct terminal *terminal);

/* Add the same for a log: one line, and one for each fetch. */
void status_view_add_short(struct buffer *out, const struct value *status);

#endif
