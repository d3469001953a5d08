/* Says when the departments of an organization show fewer people than there are. */
#include "tree/headcount.h"

#include <inttypes.h>

#include "base/log.h"
#include "tree/cost.h"

/* What DIR's directory of that KIND lists; NULL: it is not held. */
static const struct snapshot *headcount_held(struct dir *dir, enum dir_kind_name kind)
{
    const struct dir *child = dir ? dir_find(dir, kind, 0) : NULL;
    return child && child->listing ? cache_held(child->listing) : NULL;
}

/* The users of all that are LISTED together; COST_UNKNOWN if some are not held. This is asked
 * at each department of a walk. So it begins with the department that was missing the last
 * time, and goes round from there. */
static uint64_t headcount_shown(struct dir *organization, struct dir *departments,
                                const struct snapshot *listed)
{
    uint64_t count = 0;
    size_t first;
    snapshot_place(listed, organization->uncounted, &first);
    for (size_t i = 0; i < listed->count; i++) {
        uint64_t id = listed->records[(first + i) % listed->count]->id;
        struct dir *department = dir_find(departments, DIR_DEPARTMENT, id);
        const struct snapshot *users = headcount_held(department, DIR_USERS);
        if (!users) {
            organization->uncounted = id;
            return COST_UNKNOWN;
        }
        count += users->count;
    }
    return count;
}

static void headcount_compare(struct dir *organization, uint64_t shown, uint64_t all)
{
    organization->counted = true;
    if (shown < all)
        log_warning("organizations/%" PRIu64 ": userCount says %" PRIu64
                    ", and the users of all departments are %" PRIu64
                    ". People in no department are in organizations/%" PRIu64
                    "/users/ alone, which show_organization_users lists",
                    organization->ids[0], all, shown, organization->ids[0]);
}

void headcount_look(const struct dir *dir)
{
    struct dir *organization = (struct dir *)dir;
    while (organization && organization->kind != dir_kind_of(DIR_ORGANIZATION))
        organization = organization->parent;
    if (!organization || organization->counted || dir->tree->options->show_everybody)
        return;
    const struct snapshot *owner = cache_held(organization->owner);
    uint64_t all =
        owner && owner->count == 1 ? cost_user_count(owner->records[0]) : COST_UNKNOWN;
    struct dir *departments = dir_find(organization, DIR_DEPARTMENTS, 0);
    const struct snapshot *listed = headcount_held(organization, DIR_DEPARTMENTS);
    if (all == COST_UNKNOWN || !listed)
        return;
    uint64_t shown = headcount_shown(organization, departments, listed);
    if (shown != COST_UNKNOWN)
        headcount_compare(organization, shown, all);
}
