#include "api/second_look.h"

#include <errno.h>
#include <stdlib.h>

#include "api/verdict.h"

int second_look_init(struct second_look *look, size_t page_count, bool only_ends)
{
    size_t count = only_ends ? 2 : page_count;
    *look = (struct second_look){
        .pages = calloc(count, sizeof *look->pages),
        .count = count,
        .only_ends = only_ends,
        .last = page_count - 1,
    };
    if (!look->pages)
        look->count = 0;
    return look->pages ? 0 : -ENOMEM;
}

void second_look_finish(struct second_look *look)
{
    for (size_t i = 0; i < look->count; i++)
        page_destroy(look->pages[i]);
    free(look->pages);
    *look = (struct second_look){.pages = NULL};
}

struct page **second_look_next(struct second_look *look, size_t *index)
{
    if (look->next == look->count)
        return NULL;
    size_t at = look->next++;
    *index = look->only_ends && at > 0 ? look->last : at;
    return &look->pages[at];
}

void second_look_drop(struct second_look *look, struct page *page)
{
    size_t index = page_index(page);
    look->pages[look->only_ends ? index > 0 : index] = NULL;
    page_destroy(page);
}

bool second_look_agrees(struct page *now, struct page *before)
{
    const struct envelope *a = page_envelope(now), *b = page_envelope(before);
    return a->total_items == b->total_items && envelope_repeats(a, b);
}
