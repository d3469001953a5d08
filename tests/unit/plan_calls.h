/* Counts the calls that a list takes where nothing moves, for tests. */
#ifndef QPFS_TESTS_PLAN_CALLS_H
#define QPFS_TESTS_PLAN_CALLS_H

#include "api/plan.h"

/*
 * Return how many calls a list of TOTAL records takes, with SIZE on a page: the windows that
 * reach its end, or each page twice where pages can't overlap. At least 1.
 */
uint64_t plan_calls(uint64_t total, uint64_t size, enum plan_sizes sizes);

#endif
