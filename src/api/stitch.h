/* Finds how two neighbouring windows of a list fit together: see plan.h. */
#ifndef QPFS_API_STITCH_H
#define QPFS_API_STITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/decoder.h"

/* What two windows share: the last records of the one before, the first ones of the other. */
struct overlap {
    size_t from;  /* the first one in the window before */
    size_t count; /* 0: they do not fit */
};

/*
 * Return what WINDOW shares with the one BEFORE it. They fit if BEFORE, from the first record
 * of WINDOW on, holds the records that WINDOW begins with, in the same order. Both must have
 * been cleaned with stitch_remove_doubles().
 */
struct overlap stitch_overlap(const struct envelope *before, const struct envelope *window);

/* Return whether ENVELOPE holds a record with this ID. */
bool stitch_holds(const struct envelope *envelope, uint64_t id);

/* Return whether both hold the same records in the same order. */
bool stitch_same(const struct envelope *a, const struct envelope *b);

/* Let both windows hold the same copies of the records that they share: those of WINDOW, if it
 * was asked for later, else those of BEFORE. The other copies go. */
void stitch_share(struct envelope *before, struct envelope *window,
                  const struct overlap *overlap, bool window_is_later);

/* Remove from ENVELOPE what it holds twice, byte for byte. Return 0; -EBADMSG if an ID stands
 * there twice with different bytes, which no moment can show; or -ENOMEM. */
int stitch_remove_doubles(struct envelope *envelope);

#endif
