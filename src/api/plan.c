#include "api/plan.h"

#include <errno.h>
#include <stdlib.h>

/* Pages that overlap, needed to hold TOTAL items; 0 if it can't be done with LIMIT of them. */
static uint64_t plan_count_overlapping(uint64_t total, uint64_t size, uint64_t limit)
{
    for (uint64_t count = 1; count <= limit && count <= size / 2; count++) {
        if (count * (size - (count - 1)) >= total)
            return count;
    }
    return 0;
}

int plan_init(struct plan *plan, uint64_t total, uint64_t size, bool may_overlap)
{
    *plan = (struct plan){.count = 0};
    uint64_t plain = total / size + (total % size != 0);
    if (plain > PLAN_PAGES_MAX)
        return -EFBIG;
    uint64_t overlapping =
        may_overlap ? plan_count_overlapping(total, size, plain + plain / 10 + 1) : 0;
    uint64_t count = overlapping ? overlapping : plain;
    plan->windows = calloc(count, sizeof *plan->windows);
    if (!plan->windows)
        return -ENOMEM;
    plan->overlapping = overlapping > 0;
    plan->count = count;
    for (uint64_t i = 0; i < count; i++)
        plan->windows[i] = (struct window){i + 1, overlapping ? size - i : size};
    return 0;
}

void plan_finish(struct plan *plan)
{
    free(plan->windows);
    *plan = (struct plan){.count = 0};
}

int plan_extend(struct plan *plan, uint64_t size)
{
    if (plan->count >= PLAN_PAGES_MAX)
        return -EFBIG;
    struct window *windows =
        reallocarray(plan->windows, plan->count + 1, sizeof *plan->windows);
    if (!windows)
        return -ENOMEM;
    plan->windows = windows;
    plan->windows[plan->count] = (struct window){plan->count + 1, size};
    plan->count++;
    return 0;
}

uint64_t plan_start(const struct plan *plan, size_t index)
{
    const struct window *window = &plan->windows[index];
    return (window->page - 1) * window->per_page;
}

uint64_t plan_size(const struct plan *plan, size_t index, uint64_t total)
{
    uint64_t left = total - plan_start(plan, index);
    uint64_t per_page = plan->windows[index].per_page;
    return left < per_page ? left : per_page;
}

uint64_t plan_overlap(const struct plan *plan, size_t index)
{
    if (index == 0)
        return 0;
    uint64_t end_before = plan_start(plan, index - 1) + plan->windows[index - 1].per_page;
    return end_before - plan_start(plan, index);
}
