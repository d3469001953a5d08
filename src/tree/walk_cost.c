/* What a walk through everything costs, before anyone makes it. */
#include "tree/walk_cost.h"

#include <string.h>

#include "json/members.h"

struct walk_cost walk_cost_of_users(uint64_t departments, uint64_t users, bool partly,
                                    uint64_t per_page, enum plan_sizes sizes)
{
    struct walk_cost cost = {departments, WALK_COST_UNKNOWN};
    if (departments == 0)
        cost.most = 0;
    if (departments == 0 || users == WALK_COST_UNKNOWN || users > INT64_MAX)
        return cost;
    uint64_t pages = plan_pages(users, per_page);
    if (!partly && pages > departments)
        cost.least = pages;
    cost.most = plan_most_calls(departments, users, per_page, sizes);
    return cost;
}

uint64_t walk_cost_user_count(const struct record *organization)
{
    static const char name[] = "\"userCount\"";
    struct member member;
    if (!members_find(members_of_record(organization), name, strlen(name), &member))
        return WALK_COST_UNKNOWN;
    int64_t count = member_count(&member);
    return count < 0 || count == INT64_MAX ? WALK_COST_UNKNOWN : (uint64_t)count;
}

void walk_cost_add(struct walk_cost *walk, const struct walk_cost *more)
{
    walk->least += more->least;
    walk->most = walk->most == WALK_COST_UNKNOWN || more->most == WALK_COST_UNKNOWN
                     ? WALK_COST_UNKNOWN
                     : walk->most + more->most;
}
