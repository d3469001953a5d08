#ifndef QPFS_TREE_WALK_COST_H
#define QPFS_TREE_WALK_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "api/plan.h"
#include "cache/snapshot.h"

/* What a walk through everything costs, before anyone makes it. */

/* Calls, from LEAST to MOST. */
struct walk_cost {
    uint64_t least;
    uint64_t most; /* WALK_COST_UNKNOWN: nothing says */
};

#define WALK_COST_UNKNOWN UINT64_MAX

/*
 * The lists of users of DEPARTMENTS departments that have USERS members together
 * (WALK_COST_UNKNOWN: it is not known how many), with PER_PAGE on a page. How the users are
 * spread is not known, so it is a range: each list is a page at least; a page more needs
 * PER_PAGE users more, and windows overlap as plan.h says. PARTLY: the users of other
 * departments may be among them. SIZES: those that the service keeps to.
 */
struct walk_cost walk_cost_of_users(uint64_t departments, uint64_t users, bool partly,
                                    uint64_t per_page, enum plan_sizes sizes);

/* The userCount of an organization's record, WALK_COST_UNKNOWN if it has none. */
uint64_t walk_cost_user_count(const struct record *organization);

/* Add MORE to WALK. What is not known of one is not known of both. */
void walk_cost_add(struct walk_cost *walk, const struct walk_cost *more);

#endif
