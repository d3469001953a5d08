/* Counts objects of each kind, to log a leak, and finds the one that another is a part of. */
#ifndef QPFS_BASE_OBJECTS_H
#define QPFS_BASE_OBJECTS_H

#include <stddef.h>

enum objects_kind {
    OBJECTS_RECORD,
    OBJECTS_SNAPSHOT,
    OBJECTS_LISTING,
    OBJECTS_SINGLE,
    OBJECTS_DIRECTORY,
    OBJECTS_HANDLE,
    OBJECTS_WALKER,
    OBJECTS_DERIVED,
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

/* Return the TYPE whose MEMBER POINTER points to. A pointer to something else than such a
 * member is an error of the compiler: that is what the sizeof is for, which adds nothing. */
#define container_of(pointer, type, member)                                                    \
    ((type *)(void *)(((char *)(pointer)) - offsetof(type, member) +                           \
                      0 * sizeof(1 ? (pointer) : &((type *)NULL)->member)))

#endif
