/* Shows on the terminal of a mount in the foreground how far a fetch has come. */
#ifndef QPFS_PROGRAM_FOREGROUND_H
#define QPFS_PROGRAM_FOREGROUND_H

#include "cache/cache.h"

/* One line on stderr, for a fetch that takes longer than a second. It is written over, and
 * makes way for what is logged. */
struct foreground {
    struct cache *cache;     /* NULL: nothing is shown */
    struct loop_timer timer; /* runs while there is a fetch */
    bool drawn;
};

/* CACHE must outlive it. Show nothing if stderr is no terminal. */
void foreground_init(struct foreground *foreground, struct cache *cache);

/* Take a zeroed one. */
void foreground_finish(struct foreground *foreground);

#endif
