/* Says how the organization's list tells of people otherwise than their department's list. */
#ifndef SANDBOX_RETELLING_H
#define SANDBOX_RETELLING_H

#include "choice.h"
#include "sandbox/draft.h"

enum retelling_way {
    RETELLING_MISSING,   /* they are not in the list */
    RETELLING_ZERO,      /* their departmentID is 0 */
    RETELLING_FOREIGN,   /* their organizationID is another one */
    RETELLING_LONGER,    /* their record has a member more, "isActive" */
    RETELLING_REORDERED, /* the first member of their record stands last */
    RETELLING_WAYS,
};

/* Embedded by value; a zeroed one tells all as the departments' lists do. */
struct retelling {
    struct choice people[RETELLING_WAYS];
    bool shuffled; /* the list is in an order that has nothing to do with anything */
};

/*
 * Read {"missing": PEOPLE, "zero": …, "foreign": …, "longer": …, "reordered": …, "shuffled":
 * BOOL}, with PEOPLE as choice_read() takes them. What is not named stays. Return 0, -EINVAL
 * with WHY written, or -ENOMEM.
 */
int retelling_read(struct retelling *retelling, const cJSON *object, struct draft *why);

/* Return 0 or -ENOMEM; then `to` is only good to be finished. */
int retelling_copy(struct retelling *to, const struct retelling *from);
void retelling_finish(struct retelling *retelling);

/* Does the list leave this person out? */
bool retelling_omits(const struct retelling *retelling, uint64_t id);

/* Is this person's record another one in the list? */
bool retelling_changes(const struct retelling *retelling, uint64_t id);

/* Write RECORD as the list tells it. What is no JSON object is written as it is. */
void retelling_write(const struct retelling *retelling, uint64_t id, const char *record,
                     struct draft *out);

#endif
