/* Counts what there is of each kind, so that a leak is logged at the end of a mount. */
#ifndef QPFS_BASE_LIVE_H
#define QPFS_BASE_LIVE_H

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

/* Count one more, or one less. */
void live_born(enum live_kind kind);
void live_gone(enum live_kind kind);

/* Log what is left, at the end, where nothing should be: as a warning if something is. */
void live_log_left(void);

#endif
