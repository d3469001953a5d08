/* Plans which parts of a long list to ask for, so that nobody who stays is missed. */
#include "api/plan.h"

/* From this size on, sizes are rounded as those of large pages. */
#define PLAN_LARGE_SIZE 251

/* A list with more moves in it than this allows is an error in the end. */
#define PLAN_EXTRA_LEAST 10
#define PLAN_EXTRA_SHARE 2 /* one window more for so many that were planned */

uint64_t window_start(const struct window *window)
{
    return window->page > 0 ? (window->page - 1) * window->size : 0;
}

uint64_t window_end(const struct window *window)
{
    return window_start(window) + window->size;
}

static uint64_t plan_step(uint64_t size, enum plan_sizes sizes)
{
    bool large = size >= PLAN_LARGE_SIZE;
    switch (sizes) {
    case PLAN_ANY_SIZE:
        return 1;
    case PLAN_ROUND_SIZES:
        return large ? 50 : 10;
    case PLAN_ROUNDER_SIZES:
        return large ? 100 : 25;
    case PLAN_ONE_SIZE:
        break;
    }
    return size;
}

/* Sizes are tried from the largest down. A window that holds AT ends at most its size behind
 * AT, so the search is over where the sizes left can't reach any further. */
bool plan_window(struct window *window, uint64_t at, uint64_t size, enum plan_sizes sizes)
{
    uint64_t step = plan_step(size, sizes), best = at + 1;
    if (sizes == PLAN_ONE_SIZE)
        return false;
    for (uint64_t s = size - size % step; s > 0 && at + s > best; s -= step) {
        uint64_t end = at - at % s + s;
        if (end > best) {
            best = end;
            *window = (struct window){.page = at / s + 1, .size = s};
        }
    }
    return best > at + 1;
}

bool plan_bridge(struct window *bridge, uint64_t end, uint64_t back, uint64_t size,
                 enum plan_sizes sizes)
{
    for (;; back /= 2) {
        uint64_t at = end > back + 1 ? end - 1 - back : 0;
        if (plan_window(bridge, at, size, sizes) && window_end(bridge) > end)
            return true;
        if (back == 0)
            return false;
    }
}

uint64_t plan_budget_extra(uint64_t planned)
{
    return planned / PLAN_EXTRA_SHARE + PLAN_EXTRA_LEAST;
}

void plan_budget_reach(struct plan_budget *budget, uint64_t end, uint64_t size,
                       enum plan_sizes sizes)
{
    struct window window;
    /* There may be no window where pages are small: none of at most four records reaches over
     * place 12, a multiple of 2, 3 and 4. */
    while (budget->end < end) {
        bool found = plan_window(&window, budget->end - 1, size, sizes);
        budget->end = found ? window_end(&window) : budget->end + size;
        budget->planned++;
    }
}

bool plan_budget_allows(const struct plan_budget *budget, uint64_t calls)
{
    uint64_t planned = budget->planned > budget->least ? budget->planned : budget->least;
    return calls < planned + plan_budget_extra(planned);
}

uint64_t plan_pages(uint64_t total, uint64_t size)
{
    return total / size + (total % size != 0);
}

/* The most calls beyond the first one that a list can take for each of its records. */
struct plan_rate {
    uint64_t calls, records;
};

static void plan_raise_rate(struct plan_rate *rate, uint64_t calls, uint64_t records)
{
    if (calls * rate->records > rate->calls * records)
        *rate = (struct plan_rate){calls, records};
}

/* A page 1 that is just full is looked behind: see verdict.h. */
static struct plan_rate plan_worst_rate(uint64_t total, uint64_t size, enum plan_sizes sizes)
{
    struct plan_rate rate = {1, size};
    struct window window;
    uint64_t end = size;
    for (uint64_t calls = 1; end < total && calls < PLAN_WINDOWS_MAX; calls++) {
        plan_raise_rate(&rate, calls, end + 1);
        if (!plan_window(&window, end - 1, size, sizes)) {
            plan_raise_rate(&rate, 2, size);
            plan_raise_rate(&rate, 3, size + 1);
            break;
        }
        end = window_end(&window);
    }
    return rate;
}

uint64_t plan_most_calls(uint64_t lists, uint64_t total, uint64_t size, enum plan_sizes sizes)
{
    struct plan_rate rate = plan_worst_rate(total, size, sizes);
    if (sizes == PLAN_ONE_SIZE)
        plan_raise_rate(&rate, 2, size);
    return lists + (uint64_t)((double)total * (double)rate.calls / (double)rate.records);
}
