#include "tree/walk_cost.h"

#include "json/member.h"

/* From this size on, lists of less than ten pages take one page more at most if pages overlap:
 * with n pages of PER_PAGE it is so as long as PER_PAGE >= n * n + n. */
#define WALK_COST_ROOMY_PAGE 100

/* From so many pages on, overlaps may cost a tenth more. */
#define WALK_COST_LONG_PAGES 10

static uint64_t walk_cost_min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The most that lists take beyond their pages. */
static uint64_t walk_cost_extra(uint64_t departments, uint64_t users, uint64_t per_page,
                                bool overlap)
{
    /* How many lists can have more than one page, and more than nine. */
    uint64_t several = walk_cost_min(departments, users / (per_page + 1));
    uint64_t many =
        walk_cost_min(departments, users / ((WALK_COST_LONG_PAGES - 1) * per_page + 1));
    if (!overlap)
        return 2 * several;
    if (per_page < WALK_COST_ROOMY_PAGE)
        return 2 * several + (users / per_page + several) / 10;
    /* Two pages hold 2 * PER_PAGE - 2 users, their overlap included. */
    several = walk_cost_min(departments, users / (2 * per_page - 1));
    return several + many + (users / per_page + many) / 10;
}

struct walk_cost walk_cost_of_users(uint64_t departments, uint64_t users, bool partly,
                                    uint64_t per_page, bool overlap)
{
    struct walk_cost cost = {departments, WALK_COST_UNKNOWN};
    if (departments == 0)
        cost.most = 0;
    if (departments == 0 || users == WALK_COST_UNKNOWN || users > INT64_MAX)
        return cost;
    uint64_t pages = users / per_page + (users % per_page != 0);
    if (!partly && pages > departments)
        cost.least = pages;
    cost.most = departments + (users > 0 ? (users - 1) / per_page : 0) +
                walk_cost_extra(departments, users, per_page, overlap);
    return cost;
}

uint64_t walk_cost_user_count(const struct record *organization)
{
    int64_t count = member_count_of_text(organization->bytes, organization->size, "userCount");
    return count < 0 || count == INT64_MAX ? WALK_COST_UNKNOWN : (uint64_t)count;
}
