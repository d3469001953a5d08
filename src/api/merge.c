#include "api/merge.h"

#include <errno.h>
#include <stdlib.h>

#include "api/verdict.h"

bool merge_overlaps_agree(const struct plan *plan, struct page *const *pages)
{
    for (size_t i = 1; i < plan->count; i++) {
        const struct envelope *before = page_envelope(pages[i - 1]);
        const struct envelope *page = page_envelope(pages[i]);
        size_t shared = plan_overlap(plan, i);
        if (shared > before->count || shared > page->count ||
            !envelope_same_ids(before, before->count - shared, page, 0, shared))
            return false;
    }
    return true;
}

static int merge_compare(const void *a, const void *b)
{
    uint64_t first = (*(struct record *const *)a)->id,
             second = (*(struct record *const *)b)->id;
    return (first > second) - (first < second);
}

/* Most services answer in order of ID, and sorting a million records takes long enough to be
 * felt. */
static bool merge_is_sorted(struct record *const *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (records[i]->id < records[i - 1]->id)
            return false;
    }
    return true;
}

int merge_pages(const struct plan *plan, struct page *const *pages, struct record ***records,
                size_t *count)
{
    size_t room = 1;
    for (size_t i = 0; i < plan->count; i++)
        room += page_envelope(pages[i])->count;
    struct record **merged = calloc(room, sizeof(struct record *));
    if (!merged)
        return -ENOMEM;
    size_t used = 0;
    for (size_t i = 0; i < plan->count; i++) {
        struct envelope *envelope = page_envelope(pages[i]);
        for (size_t j = plan_overlap(plan, i); j < envelope->count; j++) {
            merged[used++] = envelope->records[j];
            envelope->records[j] = NULL;
        }
    }
    if (!merge_is_sorted(merged, used))
        qsort(merged, used, sizeof(struct record *), merge_compare);
    *records = merged;
    *count = used;
    return 0;
}

uint64_t merge_first_double(struct record *const *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (records[i]->id == records[i - 1]->id)
            return records[i]->id;
    }
    return 0;
}
