#include "api/habits.h"

#include <inttypes.h>

#include "base/log.h"

#define HABITS_DISTRUST_MAX 3

void habits_learn(struct habits *habits, uint64_t per_page, bool no_overlap)
{
    if (per_page != habits->per_page)
        log_info("the service refuses perPage=%" PRIu64 "; asking for %" PRIu64 " from now on",
                 habits->per_page, per_page);
    habits->per_page = per_page;
    habits->no_overlap = no_overlap;
}

void habits_distrust_singles(struct habits *habits)
{
    habits->no_singles = ++habits->distrust >= HABITS_DISTRUST_MAX;
}

void habits_see_page(struct habits *habits, uint64_t asked, const struct envelope *page)
{
    bool there_are_more = page->total_items > 0 && (uint64_t)page->total_items > page->count;
    habits->page_size = asked;
    if (page->count > 0 && there_are_more)
        habits->page_size = page->count;
    else if (page->per_page > 0 && (uint64_t)page->per_page < asked)
        habits->page_size = (uint64_t)page->per_page;
}
