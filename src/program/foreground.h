#ifndef QPFS_PROGRAM_FOREGROUND_H
#define QPFS_PROGRAM_FOREGROUND_H

#include "cache/cache.h"
#include "program/terminal.h"

/* Shows on stderr, if that is a terminal, how far a fetch has come that takes longer than a
 * second: one line, written over, that makes way for what is logged. */
struct foreground {
    struct cache *cache; /* NULL: nothing is shown */
    struct terminal terminal;
    struct loop_timer timer; /* runs while there is a fetch */
    bool drawn;
};

/* CACHE must outlive it. */
void foreground_init(struct foreground *foreground, struct cache *cache);

/* Takes a zeroed one. */
void foreground_finish(struct foreground *foreground);

#endif
