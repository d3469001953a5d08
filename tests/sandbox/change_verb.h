/* What the parts of a change share: only for the files change*.c. */
#ifndef SANDBOX_CHANGE_VERB_H
#define SANDBOX_CHANGE_VERB_H

#include <cjson/cJSON.h>

#include "overlay.h"

/* One change at work. `id` is the verb's own value, where that is a number. */
struct change {
    struct overlay *overlay;
    const cJSON *item;
    uint64_t id;
    struct draft *why;
};

/* Writes why and returns -EINVAL. */
int change_refuse(struct change *change, const char *reason);

/* NULL if the change has no such member. */
const cJSON *change_member(const struct change *change, const char *name);

/*
 * The record with `set` (NULL: nothing) merged into it, which the caller frees. Always takes
 * the record's bytes. 0, -EINVAL or -ENOMEM.
 */
int change_merge(struct change *change, struct draft *record, const cJSON *set, char **merged);

/* The verbs. 0, -EINVAL with `why` written, or -ENOMEM. */
int change_user(struct change *change);
int change_raw(struct change *change);
int change_remove(struct change *change);
int change_add(struct change *change);
int change_move(struct change *change);
int change_remove_department(struct change *change);
int change_add_department(struct change *change);
int change_rename_department(struct change *change);

#endif
