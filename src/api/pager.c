#include "api/pager.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/pager_parts.h"
#include "base/clock.h"
#include "base/log.h"

#define PAGER_RESTARTS_MAX 3

static void pager_on_look(void *data, struct page *page, const struct answer *answer);

/* Back to nothing fetched, with every call cancelled. */
static void pager_clear(struct pager *pager)
{
    loop_work_stop(&pager->merging);
    merge_finish(&pager->merge);
    for (size_t i = 0; i < pager->plan.count; i++)
        page_destroy(pager->pages[i]);
    free(pager->pages);
    pager->pages = NULL;
    second_look_finish(&pager->look);
    plan_finish(&pager->plan);
    pager->in_flight = 0;
    pager->undecoded = 0;
    pager->next = 0;
    pager->there = 0;
    pager->bytes = 0;
    pager->total = 0;
    pager->calls = 0;
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

/* With the second look, see second_look.h. */
uint64_t pager_price(const struct pager *pager)
{
    const struct plan *plan = &pager->plan;
    if (plan->count < 2 || plan->overlapping)
        return plan->count;
    return plan->count + (pager->total > 0 ? 2 : plan->count);
}

/* Each page that was asked for is in flight, or waits to be decoded, or is there. */
struct pager_progress pager_progress(const struct pager *pager)
{
    bool known = pager->total > 0 || pager->look.count > 0;
    return (struct pager_progress){
        .done = pager->calls - pager->in_flight - pager->undecoded,
        .pages = known ? pager_price(pager) : 0,
        .began_ms = pager->began_ms,
    };
}

bool pager_is_past_limit(const struct pager *pager)
{
    return pager->options.limit > 0 && pager_price(pager) > pager->options.limit;
}

static void pager_stop_at_limit(struct pager *pager)
{
    struct pager_result result = {
        .error = -E2BIG, .price = pager_price(pager), .why = "more pages than were wanted"};
    pager_finish(pager, &result);
}

void pager_fail_to(struct pager *pager, int error)
{
    if (error == -EFBIG)
        pager_fail(pager, -EBADMSG, "totalItems is more than can be true");
    else if (error == -E2BIG)
        pager_stop_at_limit(pager);
    else
        pager_fail(pager, error, "out of memory");
}

void pager_fail_page(struct pager *pager, const struct page *page, const struct answer *answer)
{
    char text[sizeof pager->why];
    size_t count = pager->plan.count;
    struct pager_result result = {
        .error = answer->error,
        .status = answer->status,
        .not_found = answer->status == 404,
        .passing = answer->passing,
        .why = text,
        .message = answer->message,
        .request_id = answer->request_id,
    };
    if (count > 1)
        snprintf(text, sizeof text, "page %zu of %zu: %s", page_index(page) + 1, count,
                 answer->why);
    else
        snprintf(text, sizeof text, "%s", answer->why);
    pager_finish(pager, &result);
}

void pager_fail_wrong(struct pager *pager, const struct page *page, const char *why)
{
    struct answer answer;
    answer_fail(&answer, -EBADMSG, false, why);
    pager_fail_page(pager, page, &answer);
}

/* -------- asking -------- */

/* Whether the last page is read alone, before those in the middle: see plan.h. */
static bool pager_begins_at_end(const struct pager *pager)
{
    return pager->total > 0 && !pager->plan.overlapping && pager->plan.count > 2;
}

/* Decoding is not waited for, or the connections would lie idle meanwhile; but there may not be
 * more bodies than two for each of them. */
static bool pager_may_ask(const struct pager *pager)
{
    unsigned parallel = pager->options.parallel;
    return pager->in_flight < parallel && pager->in_flight + pager->undecoded < 2 * parallel;
}

/* Whether pages that came must be read before more are asked for: the last one of plain pages,
 * see plan.h, and the first that overlaps, for the service may refuse its size. */
static bool pager_must_read(const struct pager *pager)
{
    if (pager->plan.overlapping)
        return pager->undecoded > 0 && pager->there < 2;
    return pager_begins_at_end(pager) && !page_is_there(pager->pages[pager->plan.count - 1]);
}

/* When there is no memory, it is tried again once the page has been decoded. */
static void pager_on_came(void *data, struct page *page)
{
    struct pager *pager = data;
    (void)page;
    pager->in_flight--;
    pager->undecoded++;
    (void)pager_ask(pager);
}

void pager_count_off(struct pager *pager, const struct page *page)
{
    if (page_has_come(page))
        pager->undecoded--;
    else
        pager->in_flight--;
}

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
    page_on_came(*page, pager_on_came);
    pager->in_flight++;
    pager->calls++;
    return 0;
}

int pager_ask(struct pager *pager)
{
    size_t count = pager->plan.count;
    int error = 0;
    if (pager_begins_at_end(pager) && !pager->pages[count - 1])
        return pager_ask_page(pager, count - 1, pager_on_page, &pager->pages[count - 1]);
    while (!error && pager->next < count && pager_may_ask(pager) && !pager_must_read(pager)) {
        if (!pager->pages[pager->next])
            error =
                pager_ask_page(pager, pager->next, pager_on_page, &pager->pages[pager->next]);
        if (!error)
            pager->next++;
    }
    return error;
}

static int pager_start(struct pager *pager)
{
    bool pages = pager->options.target.endpoint->paging == ENDPOINT_PAGES;
    pager->began_ms = clock_ms();
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

void pager_unlimit(struct pager *pager)
{
    pager->options.limit = 0;
}

void pager_start_again(struct pager *pager)
{
    pager_clear(pager);
    int error = pager_start(pager);
    if (error)
        pager_fail_to(pager, error);
}

void pager_start_over(struct pager *pager, const char *why)
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

static void pager_on_merged(struct pager *pager)
{
    char why[128];
    if (pager->merge.twice) {
        snprintf(why, sizeof why, "ID %" PRIu64 " is there twice", pager->merge.twice);
        pager_start_over(pager, why);
        return;
    }
    struct pager_result result = {
        .price = pager->calls,
        .count = pager->merge.count,
        .pages = pager->plan.count,
        .bytes = pager->merge.bytes,
        .freshness = merge_freshness(&pager->plan, pager->pages),
    };
    result.records = merge_take(&pager->merge);
    habits_learn(pager->options.habits, pager->per_page, pager->plain);
    pager_finish(pager, &result);
}

static void pager_merge(void *data)
{
    struct pager *pager = data;
    int more = merge_step(&pager->merge);
    if (more > 0)
        loop_work_start(client_loop(pager->options.client), &pager->merging, pager_merge,
                        pager);
    else if (more < 0)
        pager_fail_to(pager, more);
    else
        pager_on_merged(pager);
}

void pager_complete(struct pager *pager)
{
    int error = merge_init(&pager->merge, &pager->plan, pager->pages);
    if (error)
        pager_fail_to(pager, error);
    else
        pager_merge(pager);
}

/* -------- checking -------- */

static int pager_look_more(struct pager *pager)
{
    struct page **page;
    size_t index;
    int error = 0;
    while (!error && pager_may_ask(pager) && (page = second_look_next(&pager->look, &index)))
        error = pager_ask_page(pager, index, pager_on_look, page);
    return error;
}

int pager_look_again(struct pager *pager)
{
    int error = second_look_init(&pager->look, pager->plan.count, pager->total > 0);
    return error ? error : pager_look_more(pager);
}

static void pager_on_look(void *data, struct page *page, const struct answer *answer)
{
    struct pager *pager = data;
    pager_count_off(pager, page);
    if (answer->error) {
        pager_fail_page(pager, page, answer);
        return;
    }
    if (!second_look_agrees(page, pager->pages[page_index(page)])) {
        pager_start_over(pager, "the account changed while it was read");
        return;
    }
    second_look_drop(&pager->look, page);
    int failed = pager_look_more(pager);
    if (failed)
        pager_fail_to(pager, failed);
    else if (pager->in_flight + pager->undecoded == 0)
        pager_complete(pager);
}

void pager_all_there(struct pager *pager)
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
