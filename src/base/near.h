/* Finds what somebody may have meant who wrote a name that there is not. */
#ifndef QPFS_BASE_NEAR_H
#define QPFS_BASE_NEAR_H

#include <stddef.h>

struct near {
    const char *written;
    size_t size;
    const char *name; /* the nearest so far, or NULL */
    size_t name_size;
    size_t distance;
};

/* WRITTEN, SIZE bytes, and what is tried later are borrowed. */
void near_init(struct near *near, const char *written, size_t size);

/* Try NAME, SIZE bytes. It is near if a letter or two more, less, other or the other way round
 * make it what was written, and most of it stays. Capitals and _ or - make no difference. */
void near_try(struct near *near, const char *name, size_t size);

#define NEAR_HINT_SIZE 64

/* Write into HINT "did you mean …? ", or nothing. */
const char *near_hint(const struct near *near, char hint[static NEAR_HINT_SIZE]);

#endif
