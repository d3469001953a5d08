/* Answers that are spoilt at random, over and above the planted faults, which win. */
#ifndef SANDBOX_NOISE_H
#define SANDBOX_NOISE_H

#include "trap.h"

struct noise;

/* NULL: out of memory. Quiet until it is set. */
struct noise *noise_create(void);
void noise_destroy(struct noise *noise);

/*
 * Reads {"seed": N, "probability": P, "most": M, "rules": […]}: each answer is spoilt by one of
 * the rules with the probability P, but no more than M in a row that were asked for by the same
 * target. What is counted stays. 0, or -EINVAL with `why` written, or -ENOMEM.
 */
int noise_set(struct noise *noise, const cJSON *input, struct draft *why);

/*
 * What spoils the answer to the next call of a target, or NULL; to be given back with
 * trap_release. `planted` is the fault that it has already, or NULL. Each target's calls are
 * drawn for by their number, so that the order in which several are made does not matter.
 */
struct trap *noise_pick(struct noise *noise, const char *target, const struct trap *planted);

/* A JSON object of how many answers could have been spoilt, how many were, and by which rules.
 */
int noise_write(const struct noise *noise, struct draft *out);

#endif
