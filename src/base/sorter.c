/* Sorts an array of pointers in steps. */
#include "base/sorter.h"

#include <errno.h>
#include <stdlib.h>

/* Items that are merged a step. */
#define SORTER_STEP 4096

static size_t sorter_within(const struct sorter *sorter, size_t at)
{
    return at < sorter->count ? at : sorter->count;
}

static void sorter_begin_runs(struct sorter *sorter, size_t start)
{
    sorter->start = start;
    sorter->left = start;
    sorter->right = sorter_within(sorter, start + sorter->width);
}

int sorter_init(struct sorter *sorter, void *items, size_t count, sorter_compare_fn *compare)
{
    sorter_item *spare = calloc(count + 1, sizeof *spare);
    if (!spare)
        return -ENOMEM;
    *sorter = (struct sorter){
        .items = items, .spare = spare, .compare = compare, .count = count, .width = 1};
    sorter_begin_runs(sorter, 0);
    return 0;
}

/* Both runs have gone to the spare array; with the last ones, that is the array. */
static void sorter_next_runs(struct sorter *sorter, size_t end)
{
    if (end == sorter->count) {
        sorter_item *merged = sorter->spare;
        sorter->spare = sorter->items;
        sorter->items = merged;
        sorter->width *= 2;
        end = 0;
    }
    sorter_begin_runs(sorter, end);
}

static void sorter_merge_one(struct sorter *sorter)
{
    size_t middle = sorter_within(sorter, sorter->start + sorter->width);
    size_t end = sorter_within(sorter, middle + sorter->width);
    if (sorter->left == middle && sorter->right == end) {
        sorter_next_runs(sorter, end);
        return;
    }
    sorter_item *items = sorter->items;
    bool from_left = sorter->right == end ||
                     (sorter->left < middle &&
                      sorter->compare(items[sorter->left], items[sorter->right]) <= 0);
    sorter_item *to = &sorter->spare[sorter->left + sorter->right - middle];
    *to = from_left ? items[sorter->left++] : items[sorter->right++];
}

bool sorter_step(struct sorter *sorter)
{
    for (int i = 0; i < SORTER_STEP && sorter->width < sorter->count; i++)
        sorter_merge_one(sorter);
    return sorter->width >= sorter->count;
}

void *sorter_finish(struct sorter *sorter)
{
    free(sorter->spare);
    return sorter->items;
}
