/* One rule of faults: only for the files fault*.c. */
#ifndef SANDBOX_FAULT_RULE_H
#define SANDBOX_FAULT_RULE_H

#include "sandbox/fault.h"

struct fault {
    cJSON *source; /* what the strings below are borrowed from */
    unsigned references;
    const char *path;
    const char *path_prefix;
    const char *query;
    uint64_t after;
    uint64_t times;
    double probability;
    uint64_t seed;
    struct fault_effect effect;
    uint64_t matched;
    uint64_t hit;
    char problem[200];
};

/* Fills in a rule from a JSON object, of which it takes a copy. 0, -EINVAL or -ENOMEM. */
int fault_rule_parse(struct fault *rule, const cJSON *source, struct text *why);

#endif
