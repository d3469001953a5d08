/* Reckons what it costs to read everything, before anyone does. */
#ifndef QPFS_TREE_COST_H
#define QPFS_TREE_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/plan.h"
#include "cache/snapshot.h"

/* Calls, from LEAST to MOST. */
struct cost {
    uint64_t least;
    uint64_t most; /* COST_UNKNOWN: nothing says */
};

#define COST_UNKNOWN UINT64_MAX

/*
 * Return what the lists of users of DEPARTMENTS departments cost that have USERS members
 * together (COST_UNKNOWN: it is not known how many), with PER_PAGE on a page. How the users are
 * spread is not known, so it is a range. Each list is a page at least. A page more needs
 * PER_PAGE users more, and windows overlap as plan.h says. PARTLY: the users of other
 * departments may be among them. SIZES: those that the service keeps to.
 */
struct cost cost_of_users(uint64_t departments, uint64_t users, bool partly, uint64_t per_page,
                          enum plan_sizes sizes);

/* Return the userCount of an organization's record, COST_UNKNOWN if it has none. */
uint64_t cost_user_count(const struct record *organization);

/* Add MORE to COST. What is not known of one is not known of both. */
void cost_add(struct cost *cost, const struct cost *more);

#endif
