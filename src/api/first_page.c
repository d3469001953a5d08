/* Judges page 1 of a list: whether it can be believed, and whether there may be more. */
#include "api/first_page.h"

#include <errno.h>

#include "api/verdict.h"

/* So many pages are read without asking twice how large they are. */
#define FIRST_PAGE_FEW_PAGES 4

static int first_page_confirm(struct first_page *first)
{
    if (first->confirmed)
        return -EBADMSG;
    first->confirmed = true;
    return FIRST_PAGE_AGAIN;
}

static int first_page_take_nobody(struct first_page *first, const struct window *window,
                                  const struct envelope *envelope, const char **why)
{
    if (envelope->total_items < 0) {
        *why = "an empty list that does not say that there is nobody";
        return -EBADMSG;
    }
    *why = "page 1 is empty, and the service says that there is more";
    if (envelope->total_items > 0 || envelope->total_pages > 1 ||
        verdict_names_more_pages(window, envelope))
        return first_page_confirm(first);
    if (!first->expects_people || first->nobody_again)
        return FIRST_PAGE_ALL;
    first->nobody_again = true;
    return FIRST_PAGE_AGAIN;
}

/*
 * Page 1 holds COUNT records, fewer than it was asked for, and its total says that there are
 * more. So few may be all that the service gives at once, and then its pages are counted in
 * that size. Where that would take many calls, page 1 is read once more before. Where all pages
 * are read twice, so is page 1.
 */
static bool first_page_doubts_size(struct first_page *first, size_t count,
                                   enum plan_sizes sizes)
{
    bool same = first->confirmed && first->count == count;
    first->count = count;
    return !same && sizes != PLAN_ONE_SIZE &&
           plan_pages(first->total, count) > FIRST_PAGE_FEW_PAGES;
}

int first_page_take(struct first_page *first, const struct window *window,
                    const struct envelope *envelope, enum plan_sizes sizes, const char **why)
{
    if (envelope->count == 0)
        return first_page_take_nobody(first, window, envelope, why);
    first->expects_people = true; /* should it be read anew */
    first->nobody_again = false;
    enum verdict verdict = verdict_of(window, envelope, why);
    uint64_t total = verdict_total(window, envelope);
    if (total == 0 && verdict != VERDICT_MORE && first->total > envelope->count) {
        *why = "page 1 gave a total, and gives fewer and no total now";
        verdict = VERDICT_WRONG;
        total = first->total;
    }
    first->total = total;
    if (verdict == VERDICT_END)
        return FIRST_PAGE_ALL;
    if (verdict == VERDICT_MORE)
        return FIRST_PAGE_MORE;
    if (verdict == VERDICT_HINT || total <= envelope->count)
        return FIRST_PAGE_DOUBTFUL;
    return first_page_doubts_size(first, envelope->count, sizes) ? first_page_confirm(first)
                                                                 : FIRST_PAGE_SHORT;
}
