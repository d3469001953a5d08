/* Lists everybody of the organization, whichever department they are in. */
#ifndef SANDBOX_EVERYBODY_H
#define SANDBOX_EVERYBODY_H

#include "overlay.h"

/*
 * The order is that of the departments' IDs, and within a department that of its own list. Who
 * is in no department comes last, and whom the overlay's retelling omits is missing. The list
 * is kept, so that a page far behind costs no more than the first.
 */
struct everybody;

/* NULL: out of memory. It is empty. */
struct everybody *everybody_create(void);
void everybody_destroy(struct everybody *everybody);

/* List the people of OVERLAY, unless the list is there. Return 0 or -ENOMEM. */
int everybody_fill(struct everybody *everybody, const struct overlay *overlay);

/* The overlay will be another one. */
void everybody_forget(struct everybody *everybody);

/* These two need a list that is filled; `position` must be below the count. */
uint64_t everybody_count(const struct everybody *everybody);
struct overlay_place everybody_at(const struct everybody *everybody, uint64_t position);

#endif
