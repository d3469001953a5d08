/* Says which people something is for. */
#ifndef SANDBOX_CHOICE_H
#define SANDBOX_CHOICE_H

#include <cjson/cJSON.h>

#include "ids.h"

/* Embedded by value; a zeroed one is for nobody. */
struct choice {
    enum choice_kind {
        CHOICE_IDS,
        CHOICE_HALF, /* those whose ID divided by 4 is odd, which is every second planned one */
        CHOICE_ALL,
    } kind;
    struct ids ids; /* sorted */
};

/* Read an array of IDs, "half" or "all" into an empty choice. Return 0, -EINVAL or -ENOMEM. */
int choice_read(struct choice *choice, const cJSON *item);

/* Return 0 or -ENOMEM; then `to` is empty. */
int choice_copy(struct choice *to, const struct choice *from);
void choice_finish(struct choice *choice);

bool choice_has(const struct choice *choice, uint64_t id);

#endif
