#include "api/validators.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json/reaper.h"

struct validators {
    struct validator *pages; /* owned */
    size_t count;
    unsigned refs;
};

static void validator_finish(struct validator *validator)
{
    reaper_take(validator->records, validator->count);
}

struct validators *validators_ref(struct validators *validators)
{
    if (validators)
        validators->refs++;
    return validators;
}

void validators_unref(struct validators *validators)
{
    if (!validators || --validators->refs > 0)
        return;
    for (size_t i = 0; i < validators->count; i++)
        validator_finish(&validators->pages[i]);
    free(validators->pages);
    free(validators);
}

static struct validator *validators_append(struct validators **validators)
{
    struct validators *all = *validators;
    if (!all) {
        *validators = all = calloc(1, sizeof *all);
        if (all)
            all->refs = 1;
    }
    struct validator *pages =
        all ? reallocarray(all->pages, all->count + 1, sizeof *pages) : NULL;
    if (!pages)
        return NULL;
    all->pages = pages;
    return &pages[all->count];
}

/* How many records at the begin of WINDOW stand at the end of the page BEFORE as well. */
static size_t validator_overlap(const struct validator *before, const struct window *window)
{
    if (window->page == 0 || before->window.page == 0)
        return 0;
    uint64_t end = (before->window.page - 1) * before->window.per_page + before->count;
    uint64_t begin = (window->page - 1) * window->per_page;
    return end > begin && end - begin <= before->count ? (size_t)(end - begin) : 0;
}

/* The two copies of a record in an overlap are one, so that a page costs no memory but its
 * references. */
static struct record *validator_share(const struct validator *before, size_t overlap,
                                      size_t index, struct record *record)
{
    if (index < overlap) {
        struct record *copy = before->records[before->count - overlap + index];
        if (record_equals(copy, record))
            return copy;
    }
    return record;
}

int validators_add(struct validators **validators, const struct window *window,
                   const char *etag, const struct envelope *envelope)
{
    struct record **records = calloc(envelope->count + 1, sizeof(struct record *));
    struct validator *page = records ? validators_append(validators) : NULL;
    if (!page) {
        free(records);
        return -ENOMEM;
    }
    const struct validator *before = (*validators)->count > 0 ? page - 1 : NULL;
    size_t overlap = before ? validator_overlap(before, window) : 0;
    *page = (struct validator){
        .window = *window,
        .records = records,
        .count = envelope->count,
        .per_page = envelope->per_page,
        .total_items = envelope->total_items,
        .total_pages = envelope->total_pages,
    };
    strncpy(page->etag, etag, sizeof page->etag - 1);
    for (size_t i = 0; i < envelope->count; i++)
        records[i] = record_ref(validator_share(before, overlap, i, envelope->records[i]));
    (*validators)->count++;
    return 0;
}

const struct validator *validators_find(const struct validators *validators,
                                        const struct window *window)
{
    for (size_t i = 0; validators && i < validators->count; i++) {
        const struct validator *page = &validators->pages[i];
        if (page->window.page == window->page && page->window.per_page == window->per_page)
            return page;
    }
    return NULL;
}

int validator_restore(const struct validator *validator, struct envelope *envelope)
{
    *envelope = (struct envelope){
        .records = calloc(validator->count + 1, sizeof(struct record *)),
        .per_page = validator->per_page,
        .total_items = validator->total_items,
        .total_pages = validator->total_pages,
    };
    if (!envelope->records)
        return -ENOMEM;
    for (size_t i = 0; i < validator->count; i++)
        envelope->records[i] = record_ref(validator->records[i]);
    envelope->count = validator->count;
    return 0;
}
