/* Judges whether the windows of a list show where it ends, where their totals don't tell. */
#ifndef QPFS_API_LIST_END_H
#define QPFS_API_LIST_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/flight.h"
#include "api/plan.h"
#include "api/stitch.h"

/*
 * Window INDEX of a flight is there, is not empty, and stands right behind the chain: the
 * window before it is the last one of the chain. OVERLAP is what these two share. A window that
 * gives no total may be short for other reasons than the end: it was cut, or another machine
 * with smaller pages gave it.
 */

/* Return whether window INDEX gives no total, and ends before TOTAL, which page 1 gave. */
bool list_end_is_before(const struct flight *flight, size_t index, uint64_t total);

/* Return whether the first person of the list comes once more in window INDEX, behind others.
 */
bool list_end_begins_again(const struct flight *flight, size_t index,
                           const struct overlap *overlap);

/* Window INDEX holds nobody who is not in the chain. Return whether more may come all the same:
 * it is short, gives no total, and ends before the chain does or says that there are more. */
bool list_end_is_doubtful(const struct flight *flight, size_t index,
                          const struct overlap *overlap);

/* Return whether window INDEX shows the same end as the chain. Or it is a bridge, and shows the
 * same end as the window for which it was asked. */
bool list_end_is_seen_twice(const struct flight *flight, size_t index);

/* Window INDEX holds nobody who is not in the chain. Return whether it is the bridge for a
 * window that was just the same, ends with the chain, and only a link says that there are more.
 * A service that keeps to few SIZES has no other window there. */
bool list_end_is_asked_again(const struct flight *flight, size_t index, enum plan_sizes sizes,
                             const struct overlap *overlap);

/* Return whether window INDEX, a bridge, shows the end of the window for which it was asked. */
bool list_end_is_of_bridge(const struct flight *flight, size_t index);

/* Return whether window INDEX shows the last page again, as some services do behind the end:
 * its last person stands in a window before it; or it says that it is another page, and begins
 * in the window before it. Who is new there has come since. */
bool list_end_is_shown_again(const struct flight *flight, size_t index);

#endif
