/* Counts objects of each kind, so that a leak is logged at the end of a mount. */
#ifndef QPFS_BASE_OBJECTS_H
#define QPFS_BASE_OBJECTS_H

enum objects_kind {
    OBJECTS_RECORD,
    OBJECTS_SNAPSHOT,
    OBJECTS_LISTING,
    OBJECTS_SINGLE,
    OBJECTS_DIRECTORY,
    OBJECTS_HANDLE,
    OBJECTS_WALKER,
    OBJECTS_MAKING,
    OBJECTS_WAITING,
    OBJECTS_CALL,
    OBJECTS_TRANSFER,
    OBJECTS_KINDS
};

/* Count one more, or one less. */
void objects_add(enum objects_kind kind);
void objects_remove(enum objects_kind kind);

/* Log what is left, at the end, where nothing should be: as a warning if something is. */
void objects_log_left(void);

#endif
