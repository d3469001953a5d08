/* Finds the struct in which another one is embedded. */
#ifndef QPFS_BASE_CONTAINER_H
#define QPFS_BASE_CONTAINER_H

#include <stddef.h>

/* Return the TYPE whose MEMBER POINTER points to. A pointer to something else than such a
 * member is an error of the compiler: that is what the sizeof is for, which adds nothing. */
#define container_of(pointer, type, member)                                                    \
    ((type *)(void *)(((char *)(pointer)) - offsetof(type, member) +                           \
                      0 * sizeof(1 ? (pointer) : &((type *)NULL)->member)))

#endif
