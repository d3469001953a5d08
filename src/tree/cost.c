/* Reckons what it costs to read everything, before anyone does. */
#include "tree/cost.h"

#include <string.h>

#include "json/members.h"

struct cost cost_of_users(uint64_t departments, uint64_t users, bool partly, uint64_t per_page,
                          enum plan_sizes sizes)
{
    struct cost cost = {departments, COST_UNKNOWN};
    if (departments == 0)
        cost.most = 0;
    if (departments == 0 || users == COST_UNKNOWN || users > INT64_MAX)
        return cost;
    uint64_t pages = plan_pages(users, per_page);
    if (!partly && pages > departments)
        cost.least = pages;
    cost.most = plan_most_calls(departments, users, per_page, sizes);
    return cost;
}

uint64_t cost_user_count(const struct record *organization)
{
    static const char name[] = "\"userCount\"";
    struct member member;
    if (!members_find(members_of_record(organization), name, strlen(name), &member))
        return COST_UNKNOWN;
    int64_t count = member_count(&member);
    return count < 0 || count == INT64_MAX ? COST_UNKNOWN : (uint64_t)count;
}

void cost_add(struct cost *cost, const struct cost *more)
{
    cost->least += more->least;
    cost->most = cost->most == COST_UNKNOWN || more->most == COST_UNKNOWN
                     ? COST_UNKNOWN
                     : cost->most + more->most;
}
