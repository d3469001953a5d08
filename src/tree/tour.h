/* Asks ahead for the lists to which a process will come that reads them in their order. */
#ifndef QPFS_TREE_TOUR_H
#define QPFS_TREE_TOUR_H

#include <stdint.h>
#include <sys/types.h>

#include "cache/walk.h"
#include "tree/dir.h"

/*
 * A tour: a process reads a list in one department after the other, in the order in which the
 * list above shows the departments, or from its end. What it reads may be any directory that
 * has a list of its own, and stands in a list or lies in a directory that does.
 *
 * When it has read the third one, the lists that come next are asked for ahead of it:
 *   - no more than it has read so far, and no more than `parallel`. So a process that stops
 *     costs less than twice the calls that it needed;
 *   - one call of each. If a list takes two, the second one follows when the reader has gone
 *     on. What a longer list needs waits for the reader;
 *   - so few that each is fresh when the reader comes, and no call is given up, even if the
 *     service answers one after the other;
 *   - only while calls are free, and the service answers. See cache_ask_ahead().
 *
 * Nothing is asked for but when the reader has read a list. So a process that pauses costs
 * nothing more. A tour ends when its process pauses (WALKER_REST_MS), at a SIGHUP, and when a
 * list can't be had because the service fails.
 *
 * A process with several threads, such as ripgrep, is a party. Each thread may be on a tour of
 * its own, or all are on one: then they read as many places out of order as they are.
 */
#define TOUR_READS_MIN 3
#define TOUR_THREADS   8

struct tour {
    uint64_t id;     /* in the list above, of the furthest that was read */
    int way;         /* 1: as that list goes; -1: from its end; 0: not known so far */
    unsigned reads;  /* one after the other; 0: there is no tour */
    int64_t read_ms; /* clock_ms() of the last one */
    int64_t pace_ms; /* between two of them, on an average */
};

struct party {
    const struct walker *walker; /* to know it again; NULL: there is none */
    uint64_t above;              /* inode number of the directory whose list gives the order */
    const struct dir_kind *kind; /* of the directories that are read */
    pid_t threads[TOUR_THREADS];
    unsigned thread_count;
    struct tour tours[TOUR_THREADS];
    int64_t read_ms; /* clock_ms() of the last one */
    int64_t anew_ms; /* as of struct fetch_source */
};

/* Embedded in its owner, and zeroed at first. */
struct tours {
    struct party parties[8];
};

/* THREAD of the process that WALKER is has read DIR, whose listing is SNAPSHOT. May ask for
 * other lists. Take NULL for WALKER, and do nothing. */
void tours_read(struct tours *tours, const struct walker *walker, pid_t thread,
                const struct dir *dir, const struct snapshot *snapshot);

#endif
