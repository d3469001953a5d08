/* Makes one file of all records of a snapshot. */
#ifndef QPFS_VIEW_EXPORT_H
#define QPFS_VIEW_EXPORT_H

#include "cache/snapshot.h"

/*
 * The file is made in two passes: the first one finds how large it can be, and the columns; the
 * second one writes it. The file is a record like any other, and so a node of the
 * kernel's. It is made anew for another snapshot unless the records are all the same.
 */

/* One compact JSON object a line. */
extern const struct derived_kind export_jsonl;

/*
 * CSV by RFC 4180, with a header line: the names of all members in the order in which they are
 * first met. A record without a member, or with null, has an empty cell there. Where a record
 * has several members of one name the last one counts, as everywhere where JSON is read.
 */
extern const struct derived_kind export_csv;

/* No file is larger, in bytes: making it ends with -EFBIG. */
#define EXPORT_SIZE_MAX ((uint64_t)2 << 30)

/* Return the file, borrowed. DERIVED is of one of those kinds, and done. */
struct record *export_record(const struct derived *derived);

#endif
