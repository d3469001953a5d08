#include "api/habits.h"

#include <inttypes.h>

#include "base/log.h"

void habits_learn(struct habits *habits, uint64_t per_page, bool no_overlap)
{
    if (per_page != habits->per_page)
        log_info("the service refuses perPage=%" PRIu64 "; asking for %" PRIu64 " from now on",
                 habits->per_page, per_page);
    habits->per_page = per_page;
    habits->no_overlap = no_overlap;
}
