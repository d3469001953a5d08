#ifndef QPFS_BASE_LIVE_H
#define QPFS_BASE_LIVE_H

/* How many things of each kind there are, so that a mount can tell at its end that it let go of
 * all it took. */
enum live_kind {
    LIVE_RECORD,
    LIVE_SNAPSHOT,
    LIVE_LISTING,
    LIVE_DIRECTORY,
    LIVE_HANDLE,
    LIVE_WALKER,
    LIVE_MAKING,
    LIVE_WAITING,
    LIVE_CALL,
    LIVE_TRANSFER,
    LIVE_KINDS
};

void live_born(enum live_kind kind);
void live_gone(enum live_kind kind);

/* Logs what there is, where nothing should be: as a warning if something is. */
void live_log_left(void);

#endif
