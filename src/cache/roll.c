/* Sorts the people of an organization by their departments. */
#include "cache/roll.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/objects.h"
#include "json/members.h"

/* People a step, some tenths of a millisecond. */
#define ROLL_STEP 256

/* The people of a group for whom there is room at first. */
#define ROLL_ROOM 16

struct roll {
    struct derived derived;
    size_t next;              /* the person to be sorted next */
    void *groups;             /* a search tree, see tsearch(3) */
    struct roll_group *first; /* of all groups */
};

uint64_t roll_department(const struct record *record)
{
    return members_loose_id(members_of_record(record), "departmentID");
}

struct roll_group *roll_group(const struct roll *roll, uint64_t department)
{
    const struct roll_group wanted = {.department = department};
    void *found = tfind(&wanted, &roll->groups, number_compare);
    return found ? *(struct roll_group **)found : NULL;
}

static struct roll_group *roll_add(struct roll *roll, uint64_t department)
{
    struct roll_group *group = calloc(1, sizeof *group);
    if (!group)
        return NULL;
    group->department = department;
    if (!tsearch(group, &roll->groups, number_compare)) {
        free(group);
        return NULL;
    }
    group->next = roll->first;
    roll->first = group;
    return group;
}

static bool roll_put(struct roll_group *group, struct record *record)
{
    if (group->count == group->room) {
        size_t room = group->room ? 2 * group->room : ROLL_ROOM;
        struct record **records = reallocarray(group->records, room, sizeof(struct record *));
        if (!records)
            return false;
        group->records = records;
        group->room = room;
    }
    group->records[group->count++] = record;
    return true;
}

static int roll_step(struct derived *derived)
{
    struct roll *roll = container_of(derived, struct roll, derived);
    const struct snapshot *snapshot = derived->snapshot;
    for (int i = 0; i < ROLL_STEP && roll->next < snapshot->count; i++) {
        struct record *record = snapshot->records[roll->next++];
        uint64_t department = roll_department(record);
        struct roll_group *group = roll_group(roll, department);
        if (!group)
            group = roll_add(roll, department);
        if (!group || !roll_put(group, record))
            return -ENOMEM;
    }
    return roll->next < snapshot->count;
}

static void roll_finish(struct derived *derived)
{
    struct roll *roll = container_of(derived, struct roll, derived);
    struct roll_group *group;
    while ((group = roll->first)) {
        roll->first = group->next;
        tdelete(group, &roll->groups, number_compare);
        free(group->records);
        free(group);
    }
}

const struct derived_kind roll_kind = {
    .size = sizeof(struct roll),
    .step = roll_step,
    .finish = roll_finish,
};

const struct roll *roll_find(const struct snapshot *snapshot)
{
    struct derived *derived = derived_find(snapshot, &roll_kind);
    return derived ? container_of(derived, struct roll, derived) : NULL;
}

const struct roll_group *roll_first(const struct roll *roll)
{
    return roll->first;
}
