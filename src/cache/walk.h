/* Lets a program that walks find each name as it read it, although the list is over. */
#ifndef QPFS_CACHE_WALK_H
#define QPFS_CACHE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/snapshot.h"

/*
 * A backup of many departments takes longer than the TTL. It lists a department, goes on, and
 * comes back to read the files when the list is over: fetching it again for that would double
 * what a backup costs. So a process that has read a list is a walker, and finds each name of it
 * as it read it, however late, as long as it keeps walking: twice, to list it and to read it.
 *
 * Nobody else is given anything old. The kernel is told that such an answer holds for no time
 * at all, so it asks again for the next program that looks. The walker itself begins anew
 *   - when it reads the directory again;
 *   - when it has paused for a TTL;
 *   - when it looks at a file a third time.
 * As soon as there is a fresh list, fetched for any program, the walker goes on in that one. A
 * name that leads to a directory is found as often as it is needed, for every path goes through
 * it.
 *
 * However steadily it goes on, it finds nothing of a list any more that has been over for
 * WALK_LATE_MAX_MS: a web server or Samba never pauses, and shows to others what it finds. Then
 * its next look has the list fetched, or the one user, as anybody's does; and through that list
 * it walks on. So a backup of a department that takes longer is complete, and costs that list
 * once more every so often.
 *
 * A list is shown by two directories, one by IDs and one of links by names. A walker that has
 * read one of them may read the other one for the first time as well, however late, and finds
 * that list there; and it may look at each link as often as at each file. When it reads one of
 * them again, it begins anew with both.
 */
struct walker;
struct listing;

#define WALK_LATE_MAX_MS ((int64_t)10 * 60 * 1000)

/* A walker that asks for nothing for longer is not active meanwhile. */
#define WALKER_REST_MS ((int64_t)1000)

/* The directory that shows a list. */
enum walk_way { WALK_BY_ID, WALK_BY_NAME };

/* What a name leads to that is looked up. */
enum walk_goal { WALK_FILE, WALK_LINK, WALK_DIRECTORY };

/* All walkers of a mount. */
struct walkers;

/* A process that pauses for longer than PAUSE_MS begins anew. Return NULL when memory is out.
 */
struct walkers *walkers_create(int64_t pause_ms);

/* Take NULL. */
void walkers_destroy(struct walkers *walkers);

/* End the walks that have paused or been late for too long. */
void walkers_sweep(struct walkers *walkers);

/* End all walks through LISTING. */
void walks_end(struct listing *listing);

/* A newer list came: those who walk through LISTING walk on through that. */
void walks_renew(struct listing *listing);

/* Return the walker that process PROCESS is, or NULL; 0 is no process. Borrowed: it may be gone
 * after the next turn of the loop unless it is held. */
struct walker *walker_find(struct walkers *walkers, uint64_t process);

/* The same, and if it is none it becomes one. Return NULL when memory is out. */
struct walker *walker_make(struct walkers *walkers, uint64_t process);

/* WALKER waits for an answer, which is no pause, until it is released. Both take NULL. */
void walker_hold(struct walker *walker);
void walker_release(struct walker *walker);

/* WALKER walks on. Take NULL. */
void walker_step(struct walker *walker);

/* Return since when (clock_ms()) WALKER has asked for something at least every WALKER_REST_MS,
 * or waited for an answer. */
int64_t walker_active_since_ms(const struct walker *walker);

/* It has read LISTING as SNAPSHOT. Take NULL for a walker. */
void walk_begin(struct walker *walker, struct listing *listing, struct snapshot *snapshot,
                enum walk_way way);

/* Return the snapshot, borrowed, as which WALKER may read LISTING in this way although its
 * time is over: it has done so in the other way, and not in this one. NULL: it may not. */
struct snapshot *walk_other_way(struct walker *walker, const struct listing *listing,
                                enum walk_way way);

/* Return the snapshot, borrowed, as which WALKER read LISTING by name; NULL if it did not,
 * or paused. */
struct snapshot *walk_read_by_name(struct walker *walker, const struct listing *listing);

/* Return the snapshot, borrowed, in which WALKER may find record ID of LISTING although its
 * time is over; NULL if it is to be treated like everyone else. GOAL: a link only in what it
 * read by name. */
struct snapshot *walk_find(struct walker *walker, const struct listing *listing, uint64_t id,
                           enum walk_goal goal);

/* The same for the file that KIND makes of all of LISTING. */
struct snapshot *walk_find_export(struct walker *walker, const struct listing *listing,
                                  const struct derived_kind *kind);

#endif
