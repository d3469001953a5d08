#include "api/merge.h"

#include <errno.h>
#include <stdlib.h>

#include "api/verdict.h"
#include "json/reaper.h"

/* Neighbours that are compared a step. */
#define MERGE_CHECKS 8192

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

int merge_init(struct merge *merge, const struct plan *plan, struct page *const *pages)
{
    size_t room = 1;
    for (size_t i = 0; i < plan->count; i++)
        room += page_envelope(pages[i])->count;
    *merge = (struct merge){
        .plan = plan,
        .pages = pages,
        .records = calloc(room, sizeof(struct record *)),
    };
    return merge->records ? 0 : -ENOMEM;
}

static void merge_move_page(struct merge *merge)
{
    size_t at = merge->page++;
    struct envelope *envelope = page_envelope(merge->pages[at]);
    for (size_t i = plan_overlap(merge->plan, at); i < envelope->count; i++) {
        struct record *record = envelope->records[i];
        envelope->records[i] = NULL;
        if (merge->count > 0 && merge->records[merge->count - 1]->id >= record->id)
            merge->unordered = true;
        merge->records[merge->count++] = record;
        merge->bytes += record->size;
    }
}

static int merge_sort(struct merge *merge)
{
    int error = 0;
    if (!merge->sorting)
        error = sorter_init(&merge->sorter, merge->records, merge->count, record_compare);
    if (error)
        return error;
    merge->sorting = true;
    if (sorter_step(&merge->sorter)) {
        merge->records = sorter_finish(&merge->sorter);
        merge->sorting = false;
        merge->unordered = false;
        merge->checked = 1;
    }
    return 1;
}

/* Only what was not in order can have a double that nobody has seen. */
static int merge_check(struct merge *merge)
{
    struct record *const *records = merge->records;
    for (int i = 0; i < MERGE_CHECKS && merge->checked < merge->count; i++, merge->checked++) {
        if (records[merge->checked]->id == records[merge->checked - 1]->id) {
            merge->twice = records[merge->checked]->id;
            return 0;
        }
    }
    return merge->checked < merge->count ? 1 : 0;
}

int merge_step(struct merge *merge)
{
    if (merge->page < merge->plan->count) {
        merge_move_page(merge);
        return merge->page < merge->plan->count || merge->unordered ? 1 : 0;
    }
    if (merge->unordered)
        return merge_sort(merge);
    return merge_check(merge);
}

struct record **merge_take(struct merge *merge)
{
    struct record **records = merge->records;
    *merge = (struct merge){.records = NULL};
    return records;
}

void merge_finish(struct merge *merge)
{
    if (merge->sorting)
        merge->records = sorter_finish(&merge->sorter);
    reaper_take(merge->records, merge->count);
    *merge = (struct merge){.records = NULL};
}

struct freshness merge_freshness(const struct plan *plan, struct page *const *pages)
{
    struct freshness freshness = {.age_s = 0};
    for (size_t i = 0; i < plan->count; i++)
        freshness_narrow(&freshness, page_freshness(pages[i]));
    return freshness;
}
