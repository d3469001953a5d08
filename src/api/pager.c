#include "api/pager.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/merge.h"
#include "api/page.h"
#include "api/plan.h"
#include "api/second_look.h"
#include "api/verdict.h"
#include "base/log.h"

#define PAGER_RESTARTS_MAX 3

/* All files of a listing together: some six million people. */
#define PAGER_BYTES_MAX ((uint64_t)2 << 30)

struct pager {
    struct pager_options options;
    struct plan plan;    /* at least page 1 */
    struct page **pages; /* owned; plan.count of them, NULL where not asked for yet */
    struct second_look look;
    size_t next;    /* the first page not asked for yet */
    size_t there;   /* how many have come */
    uint64_t bytes; /* of their files */
    unsigned in_flight;
    unsigned restarts;
    uint64_t per_page; /* to ask for; what has proved itself goes to the habits */
    bool plain;        /* no overlap, for the service may not keep to sizes */
    uint64_t asked;    /* perPage of page 1; 0 if it was not said */
    int64_t total;     /* as page 1 gave it; 0: not known */
    char why[480];
};

static void pager_on_page(void *data, struct page *page, const struct answer *answer);
static void pager_on_look(void *data, struct page *page, const struct answer *answer);

/* Back to nothing fetched, with every call cancelled. */
static void pager_clear(struct pager *pager)
{
    for (size_t i = 0; i < pager->plan.count; i++)
        page_destroy(pager->pages[i]);
    free(pager->pages);
    pager->pages = NULL;
    second_look_finish(&pager->look);
    plan_finish(&pager->plan);
    pager->in_flight = 0;
    pager->next = 0;
    pager->there = 0;
    pager->bytes = 0;
    pager->total = 0;
}

void pager_destroy(struct pager *pager)
{
    if (!pager)
        return;
    pager_clear(pager);
    free(pager);
}

static void pager_finish(struct pager *pager, struct pager_result *result)
{
    pager_clear(pager);
    pager->options.done(pager->options.data, result);
    free(pager);
}

static void pager_fail(struct pager *pager, int error, const char *why)
{
    snprintf(pager->why, sizeof pager->why, "%s", why);
    struct pager_result result = {.error = error, .why = pager->why};
    pager_finish(pager, &result);
}

static void pager_fail_to(struct pager *pager, int error)
{
    if (error == -EFBIG)
        pager_fail(pager, -EBADMSG, "totalItems is more than can be true");
    else
        pager_fail(pager, error, "out of memory");
}

static void pager_fail_page(struct pager *pager, const struct page *page,
                            const struct answer *answer)
{
    char text[sizeof pager->why];
    size_t count = pager->plan.count;
    struct pager_result result = {
        .error = answer->error,
        .not_found = answer->status == 404,
        .passing = answer->passing,
        .why = text,
    };
    if (count > 1)
        snprintf(text, sizeof text, "page %zu of %zu: %s", page_index(page) + 1, count,
                 answer->why);
    else
        snprintf(text, sizeof text, "%s", answer->why);
    pager_finish(pager, &result);
}

/* It came, and is not what it should be. */
static void pager_fail_wrong(struct pager *pager, const struct page *page, const char *why)
{
    struct answer answer;
    answer_fail(&answer, -EBADMSG, false, why);
    pager_fail_page(pager, page, &answer);
}

/* -------- asking -------- */

static int pager_ask_page(struct pager *pager, size_t index, page_done_fn *done,
                          struct page **page)
{
    const struct window *window = &pager->plan.windows[index];
    bool unsaid = pager->options.target.endpoint->paging != ENDPOINT_PAGES && index == 0;
    *page =
        page_create(pager->options.client, &pager->options.target, unsaid ? 0 : window->page,
                    unsaid ? 0 : window->per_page, index, done, pager);
    if (!*page)
        return -ENOMEM;
    pager->in_flight++;
    return 0;
}

/* Whether the last page is read alone, before those in the middle: see plan.h. */
static bool pager_begins_at_end(const struct pager *pager)
{
    return pager->total > 0 && !pager->plan.overlapping && pager->plan.count > 2;
}

static int pager_ask(struct pager *pager)
{
    size_t count = pager->plan.count;
    int error = 0;
    if (pager_begins_at_end(pager) && !pager->pages[count - 1])
        return pager_ask_page(pager, count - 1, pager_on_page, &pager->pages[count - 1]);
    while (!error && pager->in_flight < pager->options.parallel && pager->next < count) {
        size_t index = pager->next++;
        if (!pager->pages[index])
            error = pager_ask_page(pager, index, pager_on_page, &pager->pages[index]);
    }
    return error;
}

static int pager_start(struct pager *pager)
{
    bool pages = pager->options.target.endpoint->paging == ENDPOINT_PAGES;
    pager->asked = pages ? pager->per_page : 0;
    pager->pages = calloc(1, sizeof *pager->pages);
    if (!pager->pages)
        return -ENOMEM;
    int error = plan_extend(&pager->plan, pager->asked);
    return error ? error : pager_ask(pager);
}

struct pager *pager_create(const struct pager_options *options)
{
    struct pager *pager = calloc(1, sizeof *pager);
    if (!pager)
        return NULL;
    pager->options = *options;
    pager->per_page = options->habits->per_page;
    pager->plain = options->habits->no_overlap;
    if (pager_start(pager)) {
        pager_destroy(pager);
        return NULL;
    }
    return pager;
}

static void pager_start_again(struct pager *pager)
{
    pager_clear(pager);
    int error = pager_start(pager);
    if (error)
        pager_fail_to(pager, error);
}

/* What was read does not fit together: the account changed meanwhile, or the service is wrong.
 */
static void pager_start_over(struct pager *pager, const char *why)
{
    char text[sizeof pager->why];
    if (pager->restarts == PAGER_RESTARTS_MAX) {
        snprintf(text, sizeof text, "its pages did not fit together, %d times: %s",
                 PAGER_RESTARTS_MAX + 1, why);
        pager_fail(pager, -EBADMSG, text);
        return;
    }
    target_path(&pager->options.target, 0, 0, text);
    log_info("%s: %s; reading it again", text, why);
    pager->restarts++;
    pager_start_again(pager);
}

/* -------- putting together -------- */

static void pager_complete(struct pager *pager)
{
    struct pager_result result = {.pages = (unsigned)pager->plan.count};
    char why[128];
    int error = merge_pages(&pager->plan, pager->pages, &result.records, &result.count);
    if (error) {
        pager_fail_to(pager, error);
        return;
    }
    uint64_t twice = merge_first_double(result.records, result.count);
    if (twice == 0) {
        habits_learn(pager->options.habits, pager->per_page, pager->plain);
        pager_finish(pager, &result);
        return;
    }
    snprintf(why, sizeof why, "ID %" PRIu64 " is there twice", twice);
    for (size_t i = 0; i < result.count; i++)
        record_unref(result.records[i]);
    free(result.records);
    pager_start_over(pager, why);
}

/* -------- checking -------- */

static int pager_look_more(struct pager *pager)
{
    struct page **page;
    size_t index;
    int error = 0;
    while (!error && pager->in_flight < pager->options.parallel &&
           (page = second_look_next(&pager->look, &index)))
        error = pager_ask_page(pager, index, pager_on_look, page);
    return error;
}

static int pager_look_again(struct pager *pager)
{
    int error = second_look_init(&pager->look, pager->plan.count, pager->total > 0);
    return error ? error : pager_look_more(pager);
}

static void pager_on_look(void *data, struct page *page, const struct answer *answer)
{
    struct pager *pager = data;
    pager->in_flight--;
    if (answer->error) {
        pager_fail_page(pager, page, answer);
        return;
    }
    if (!second_look_agrees(page, pager->pages[page_index(page)])) {
        pager_start_over(pager, "the account changed while it was read");
        return;
    }
    int failed = pager_look_more(pager);
    if (failed)
        pager_fail_to(pager, failed);
    else if (pager->in_flight == 0)
        pager_complete(pager);
}

static void pager_all_there(struct pager *pager)
{
    const struct plan *plan = &pager->plan;
    int error = 0;
    if (plan->count > 1 && !plan->overlapping)
        error = pager_look_again(pager);
    else if (merge_overlaps_agree(plan, pager->pages))
        pager_complete(pager);
    else
        pager_start_over(pager, "the account changed between two pages");
    if (error)
        pager_fail_to(pager, error);
}

/* -------- what each page says -------- */

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

static void pager_on_page(void *data, struct page *page, const struct answer *answer)
{
    struct pager *pager = data;
    pager->in_flight--;
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
