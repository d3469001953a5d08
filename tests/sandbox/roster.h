/* The account that tests change: what was planned, and what they made of it. */
#ifndef SANDBOX_ROSTER_H
#define SANDBOX_ROSTER_H

#include <cjson/cJSON.h>

#include "sandbox/api.h"
#include "sandbox/blueprint.h"

struct roster;

/* NULL: out of memory. */
struct roster *roster_create(const struct blueprint *plan);
void roster_destroy(struct roster *roster);

/* Forgets all changes. 0 or -ENOMEM. */
int roster_reset(struct roster *roster);

/*
 * Applies an array of changes in order: all of them or, with -EINVAL or -ENOMEM, none; then
 * `why` says which one cannot be applied and why.
 */
int roster_change(struct roster *roster, const cJSON *changes, struct draft *why);

/* Answers with what a roster holds, which is its data. */
extern const struct api_source roster_source;

#endif
