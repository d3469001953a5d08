/* Finds the name that a person may have meant, where there is none as they wrote it. */
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

/* Begin to look for names near to WRITTEN, SIZE bytes. It is borrowed, as are those names. */
void near_init(struct near *near, const char *written, size_t size);

/* Try NAME, SIZE bytes. It is near if a letter or two more, less, other or the other way round
 * make it what was written, and most of it stays. Capitals and _ or - make no difference. */
void near_try(struct near *near, const char *name, size_t size);

#define NEAR_HINT_SIZE 64

/* Write into HINT "did you mean …? ", or nothing. */
const char *near_hint(const struct near *near, char hint[static NEAR_HINT_SIZE]);

#endif
