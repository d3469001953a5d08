#include "api/pager_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "api/verdict.h"
#include "base/log.h"

/* All files of a listing together: some six million people. */
#define PAGER_BYTES_MAX ((uint64_t)2 << 30)

/* What each page says, and what is done then. */

/* The plan grew: room for its pages. */
static int pager_reach_plan(struct pager *pager, size_t count_before)
{
    struct page **pages = reallocarray(pager->pages, pager->plan.count, sizeof *pages);
    if (!pages) {
        /* pager_clear() goes by the plan's count */
        pager->plan.count = count_before;
        return -ENOMEM;
    }
    for (size_t i = count_before; i < pager->plan.count; i++)
        pages[i] = NULL;
    pager->pages = pages;
    return 0;
}

static int pager_plan(struct pager *pager, const struct envelope *first)
{
    struct plan plan;
    int error = plan_init(&plan, (uint64_t)first->total_items, first->count, !pager->plain);
    if (error)
        return error;
    plan_finish(&pager->plan);
    pager->plan = plan;
    pager->total = first->total_items;
    error = pager_reach_plan(pager, 1);
    if (!error && pager_is_past_limit(pager))
        error = -E2BIG;
    return error ? error : pager_ask(pager);
}

static int pager_extend(struct pager *pager, const struct envelope *first)
{
    /* Page 1 need not have the size that was asked for, and those behind it must have its size.
     */
    pager->plan.windows[0].per_page = first->count;
    int error = plan_extend(&pager->plan, first->count);
    if (!error)
        error = pager_reach_plan(pager, pager->plan.count - 1);
    if (!error && pager_is_past_limit(pager))
        error = -E2BIG;
    return error ? error : pager_ask(pager);
}

/* The last page brought nothing new. If it was empty, someone may meanwhile have moved up from
 * it to the one before, which is looked at again; if it repeated page 1, that was its second
 * look already. */
static int pager_drop_last(struct pager *pager)
{
    struct page *last = pager->pages[--pager->plan.count];
    bool repeated = page_envelope(last)->count > 0;
    page_destroy(last);
    if (!repeated)
        return pager_look_again(pager);
    pager_complete(pager);
    return 0;
}

/*
 * Another size than asked for: the service rounds page sizes, or has but one, and page k does
 * not begin where it should. Pages are read without overlap then; if that succeeds, so they are
 * for the rest of the mount.
 */
static bool pager_size_is_refused(const struct pager *pager, const struct page *page)
{
    const struct envelope *envelope = page_envelope((struct page *)page);
    size_t index = page_index(page);
    if (!pager->plan.overlapping || index == 0)
        return false;
    uint64_t asked = pager->plan.windows[index].per_page;
    bool other = envelope->per_page > 0 && (uint64_t)envelope->per_page != asked;
    bool short_of = envelope->total_items == pager->total &&
                    envelope->count < plan_size(&pager->plan, index, (uint64_t)pager->total);
    return other || short_of || envelope->count > asked;
}

static void pager_start_plain(struct pager *pager)
{
    log_info("the service does not keep to perPage; reading pages without overlap");
    pager->plain = true;
    pager_start_again(pager);
}

static enum verdict pager_judge(struct pager *pager, struct page *page, const char **why)
{
    size_t index = page_index(page);
    const struct envelope *envelope = page_envelope(page);
    if (pager->options.target.endpoint->paging == ENDPOINT_SINGLE)
        return VERDICT_COMPLETE;
    if (index == 0 && pager->asked > 0)
        habits_see_page(pager->options.habits, pager->asked, envelope);
    if (index == 0)
        return verdict_first(envelope, pager->asked, why);
    if (pager->total == 0)
        return verdict_next(page_envelope(pager->pages[0]), pager->asked, envelope, index + 1,
                            why);
    return verdict_known(envelope, plan_size(&pager->plan, index, (uint64_t)pager->total),
                         pager->total, why);
}

static void pager_follow(struct pager *pager, struct page *page, enum verdict verdict,
                         const char *why)
{
    const struct envelope *first = page_envelope(pager->pages[0]);
    int error = 0;
    switch (verdict) {
    case VERDICT_COMPLETE_BEFORE:
        error = pager_drop_last(pager);
        break;
    case VERDICT_COMPLETE:
        if (pager->there == pager->plan.count)
            pager_all_there(pager);
        else
            error = pager_ask(pager);
        break;
    case VERDICT_MORE:
        error = pager_plan(pager, first);
        break;
    case VERDICT_MORE_UNKNOWN:
        error = pager_extend(pager, first);
        break;
    case VERDICT_INCONSISTENT:
        pager_start_over(pager, why);
        return;
    case VERDICT_HOPELESS:
        pager_fail_wrong(pager, page, why);
        return;
    }
    if (error)
        pager_fail_to(pager, error);
}

/* A 400 may mean the page size: for page 1, ask for the one that is documented; for a later
 * one, ask without overlap. */
static bool pager_ask_otherwise(struct pager *pager, const struct page *page, long status)
{
    if (status != 400)
        return false;
    if (page_index(page) == 0 && pager->asked > HABITS_PER_PAGE_SAFE) {
        pager->per_page = HABITS_PER_PAGE_SAFE;
        pager_start_again(pager);
        return true;
    }
    if (pager->plan.overlapping) {
        pager_start_plain(pager);
        return true;
    }
    return false;
}

/* A single record must be the one that was asked for: a cache in between can mix answers up. */
static bool pager_is_asked_record(const struct pager *pager, const struct envelope *envelope)
{
    const struct target *target = &pager->options.target;
    if (target->endpoint->paging != ENDPOINT_SINGLE)
        return true;
    uint64_t asked = target->ids[1] ? target->ids[1] : target->ids[0];
    return envelope->records[0]->id == asked;
}

void pager_on_page(void *data, struct page *page, const struct answer *answer)
{
    struct pager *pager = data;
    pager_count_off(pager, page);
    if (answer->error && pager_ask_otherwise(pager, page, answer->status))
        return;
    if (answer->error) {
        pager_fail_page(pager, page, answer);
        return;
    }
    struct envelope *envelope = page_envelope(page);
    if (!pager_is_asked_record(pager, envelope)) {
        pager_fail_wrong(pager, page, "HTTP 200, but: another record's ID");
        return;
    }
    if (pager_size_is_refused(pager, page)) {
        pager_start_plain(pager);
        return;
    }
    for (size_t i = 0; i < envelope->count; i++)
        envelope->records[i] = pager->options.keep(pager->options.data, envelope->records[i]);
    pager->there++;
    for (size_t i = 0; i < envelope->count; i++)
        pager->bytes += envelope->records[i]->size;
    if (pager->bytes > PAGER_BYTES_MAX) {
        pager_fail_wrong(pager, page, "more data than can be true");
        return;
    }
    const char *reason = "";
    enum verdict verdict = pager_judge(pager, page, &reason);
    pager_follow(pager, page, verdict, reason);
}
