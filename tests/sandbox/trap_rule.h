/* One rule of planted faults, for the files trap*.c alone. */
#ifndef SANDBOX_TRAP_RULE_H
#define SANDBOX_TRAP_RULE_H

#include "trap.h"

struct trap {
    cJSON *source; /* what the strings below are borrowed from */
    unsigned references;
    const char *path;
    const char *path_prefix;
    const char *query;
    uint64_t after;
    uint64_t times;
    double probability;
    uint64_t seed;
    struct trap_effect effect;
    uint64_t matched;
    uint64_t hit;
    char problem[200];
};

/* Fills in a rule from a JSON object, of which it takes a copy. 0, -EINVAL or -ENOMEM. */
int trap_rule_parse(struct trap *rule, const cJSON *source, struct draft *why);

#endif
