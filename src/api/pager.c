/* Fetches a whole list, or a record alone. */
#include "api/pager.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/chain.h"
#include "api/flight.h"
#include "api/merge.h"
#include "api/twice.h"
#include "base/clock.h"
#include "base/log.h"

/* All files of a listing together: some six million people. */
#define PAGER_BYTES_MAX ((uint64_t)2 << 30)

struct pager {
    struct pager_options options;
    struct flight flight;
    struct chain chain;
    struct twice twice; /* in place of the chain, where pages can't overlap */
    bool reads_twice;
    struct merge merge;
    struct loop_work work; /* merging, or going on after a pause */
    bool merging;
    bool read_again;
    bool told_size;      /* a message with a smaller size was followed */
    bool doubted_nobody; /* page 1 was a 404 that may mean an empty list, and was asked again */
    bool shrunk_twice;   /* pages were too large while they were read twice */
    uint64_t per_page;   /* of page 1; what has proved itself goes to the quirks */
    uint64_t bytes;      /* of the files that came */
    uint64_t doubles;    /* records that were removed: a total may count them */
    int64_t began_ms;
    struct answer refused; /* the last 400 or 404 to a window behind page 1; no error: none */
    char why[480];
};

static void pager_step(struct pager *pager);
static int pager_start(struct pager *pager);

/* -------- ends -------- */

static void pager_clear(struct pager *pager)
{
    loop_work_stop(&pager->work);
    merge_finish(&pager->merge);
    flight_finish(&pager->flight);
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

static void pager_stop_at_limit(struct pager *pager)
{
    struct pager_result result = {
        .error = -E2BIG, .price = pager_price(pager), .why = "more pages than were wanted"};
    pager_finish(pager, &result);
}

/* WHY counts for -EBADMSG alone. */
static void pager_fail(struct pager *pager, int error, const char *why)
{
    if (error == -EFBIG)
        why = "totalItems is more than can be true";
    else if (error == -ENOMEM)
        why = "out of memory";
    snprintf(pager->why, sizeof pager->why, "%s", why);
    struct pager_result result = {
        .error = error == -EFBIG ? -EBADMSG : error,
        .why = pager->why,
    };
    pager_finish(pager, &result);
}

/* Whether ANSWER, to WINDOW, is a 404 for a list of which nothing has come. */
static bool pager_says_nobody(const struct pager *pager, const struct window *window,
                              const struct answer *answer)
{
    bool list = pager->options.target.endpoint->paging != ENDPOINT_SINGLE;
    return answer->missing && list && window->page <= 1 && pager->bytes == 0;
}

static void pager_fail_answer(struct pager *pager, const struct window *window,
                              const struct answer *answer)
{
    struct pager_result result = {
        .error = answer->error,
        .status = answer->status,
        .not_found = answer->status == 404,
        .nobody = pager_says_nobody(pager, window, answer),
        .transient = answer->transient,
        .untried = answer->untried,
        .why = pager->why,
        .message = answer->message,
        .request_id = answer->request_id,
    };
    if (window->page > 1)
        snprintf(pager->why, sizeof pager->why, "page=%" PRIu64 "&perPage=%" PRIu64 ": %s",
                 window->page, window->size, answer->why);
    else
        snprintf(pager->why, sizeof pager->why, "%s", answer->why);
    pager_finish(pager, &result);
}

/* Where pages were refused, that is what people must know. */
static void pager_fail_reading(struct pager *pager, int error, const char *why)
{
    const struct window refused = {.page = 1, .size = 0};
    if (error == -EBADMSG && pager->refused.error)
        pager_fail_answer(pager, &refused, &pager->refused);
    else
        pager_fail(pager, error, why);
}

/* -------- what it costs -------- */

uint64_t pager_price(const struct pager *pager)
{
    if (pager->reads_twice)
        return twice_calls(&pager->twice);
    return pager->flight.calls - pager->chain.refused + pager->flight.waiting;
}

struct pager_progress pager_progress(const struct pager *pager)
{
    bool known = pager->reads_twice ? pager->twice.pages > 0 : pager->chain.total > 0;
    uint64_t done = flight_answered(&pager->flight), price = pager_price(pager);
    return (struct pager_progress){
        .done = done,
        .pages = !known         ? 0
                 : done > price ? done
                                : price,
        .began_ms = pager->began_ms,
    };
}

void pager_unlimit(struct pager *pager)
{
    pager->options.limit = 0;
}

static bool pager_is_past_limit(const struct pager *pager)
{
    return pager->options.limit > 0 && pager_price(pager) > pager->options.limit;
}

/* -------- putting together -------- */

/*
 * The windows prove that nobody is missing as long as the order of those who stay does not
 * change. It did where somebody stands at two places, or where fewer came than a total that
 * never changed.
 */
static bool pager_doubts_order(const struct pager *pager)
{
    const struct merge *merge = &pager->merge;
    bool lacks =
        !pager->chain.total_changed && merge->count + pager->doubles < pager->chain.total;
    return !pager->reads_twice && (merge->doubles || lacks);
}

/* Somebody came at a place that had been read, or the order changed. Only another reading
 * tells, and that is for short lists. */
static void pager_read_again(struct pager *pager)
{
    enum plan_sizes sizes = pager->chain.sizes;
    uint64_t planned = pager->chain.planned, refused = pager->chain.refused;
    bool again = !pager->read_again && chain_may_begin_again(&pager->chain);
    int error = -EBADMSG;
    merge_finish(&pager->merge);
    flight_cut(&pager->flight, 0);
    pager->merging = false;
    chain_init(&pager->chain, &pager->flight, sizes, false);
    pager->chain.least_planned = planned;
    pager->chain.refused = refused;
    if (again)
        error = pager_start(pager);
    pager->read_again = true;
    if (error)
        pager_fail(pager, error, "fewer came than totalItems says, or its order changed");
}

static void pager_on_merged(struct pager *pager)
{
    struct quirks *quirks = pager->options.quirks;
    if (pager_doubts_order(pager)) {
        pager_read_again(pager);
        return;
    }
    struct pager_result result = {
        .price = pager->flight.calls - pager->chain.refused,
        .count = pager->merge.count,
        .pages = pager->flight.count,
        .bytes = pager->merge.bytes,
        .freshness = merge_freshness(&pager->flight),
    };
    result.records = merge_take(&pager->merge);
    if (pager->options.target.endpoint->paging == ENDPOINT_PAGES) {
        quirks_learn(quirks, pager->per_page,
                     pager->reads_twice ? PLAN_ONE_SIZE : pager->chain.sizes);
        quirks->keeps_sizes = quirks->keeps_sizes || pager->chain.kept;
    }
    pager_finish(pager, &result);
}

static void pager_merge(void *data)
{
    struct pager *pager = data;
    int more = merge_step(&pager->merge);
    if (more > 0)
        loop_work_start(client_loop(pager->options.client), &pager->work, pager_merge, pager);
    else if (more < 0)
        pager_fail(pager, more, "");
    else
        pager_on_merged(pager);
}

/* A pause may just have ended. There is nothing to go on with. */
static void pager_complete(struct pager *pager)
{
    loop_work_stop(&pager->work);
    int error = merge_init(&pager->merge, &pager->flight);
    pager->merging = true;
    if (error)
        pager_fail(pager, error, "");
    else
        pager_merge(pager);
}

/* -------- asking -------- */

static int pager_read_twice(struct pager *pager)
{
    pager->reads_twice = true;
    flight_cut(&pager->flight, 0);
    pager->flight.limit = SIZE_MAX;
    return twice_init(&pager->twice, &pager->flight, pager->per_page);
}

/* The service did not keep to the size of a window: rounder ones are tried, and one size alone
 * in the end, or where round ones brought the same size again. */
static int pager_change_sizes(struct pager *pager, const char **why)
{
    int state = CHAIN_SIZE_REFUSED;
    if (pager->chain.gave_same_size && pager->chain.sizes != PLAN_ANY_SIZE)
        return pager_read_twice(pager);
    while (state == CHAIN_SIZE_REFUSED && pager->chain.sizes + 1 < PLAN_ONE_SIZE)
        state = chain_change_sizes(&pager->chain, pager->chain.sizes + 1, why);
    return state == CHAIN_SIZE_REFUSED ? pager_read_twice(pager) : state;
}

static int pager_take(struct pager *pager, const char **why)
{
    if (pager->options.target.endpoint->paging == ENDPOINT_SINGLE)
        return pager->flight.windows[0].state == FLIGHT_THERE ? CHAIN_COMPLETE : CHAIN_GOES_ON;
    if (pager->reads_twice)
        return twice_take(&pager->twice, why);
    int state = chain_take(&pager->chain, why);
    return state == CHAIN_SIZE_REFUSED ? pager_change_sizes(pager, why) : state;
}

/* Until the service has kept to a size once, one window is tried, and the others wait for it.
 */
static void pager_set_limit(struct pager *pager)
{
    bool sure =
        pager->chain.length > 1 || pager->options.quirks->keeps_sizes || pager->reads_twice;
    pager->flight.limit = sure ? SIZE_MAX : pager->chain.length + 1;
}

/* Look at what came, and ask for what is needed next. May end it. */
static void pager_step(struct pager *pager)
{
    const char *why = "";
    int state = pager_take(pager, &why);
    if (state < 0) {
        pager->options.quirks->keeps_sizes = false; /* perhaps no longer */
        pager_fail_reading(pager, state, why);
    } else if (state == CHAIN_COMPLETE) {
        pager_complete(pager);
    } else if (pager_is_past_limit(pager)) {
        pager_stop_at_limit(pager);
    } else {
        pager_set_limit(pager);
        int error = flight_go(&pager->flight);
        if (error)
            pager_fail(pager, error, "");
    }
}

/* -------- what came -------- */

static void pager_keep(struct pager *pager, struct envelope *envelope)
{
    for (size_t i = 0; i < envelope->count; i++) {
        envelope->records[i] = pager->options.keep(pager->options.data, envelope->records[i]);
        pager->bytes += envelope->records[i]->size;
    }
}

/* Ask for page 1 once more, with SIZE. */
static int pager_ask_for_less(struct pager *pager, uint64_t size)
{
    struct window window = {.page = 1, .size = size};
    pager->per_page = size;
    chain_cut_refused(&pager->chain, 0);
    return flight_insert(&pager->flight, 0, &window);
}

/* Go on with pages of SIZE where window INDEX, behind page 1, was too large. */
static int pager_go_on_with_less(struct pager *pager, size_t index, uint64_t size,
                                 const char **why)
{
    pager->per_page = size;
    if (pager->reads_twice) {
        if (pager->shrunk_twice)
            return 1;
        pager->shrunk_twice = true;
        return pager_read_twice(pager);
    }
    int state = chain_shrink(&pager->chain, index, size, why);
    return state == CHAIN_SIZE_REFUSED ? pager_change_sizes(pager, why) : state;
}

/* A 413: the page is too large. Results as of pager_bear(). A message is followed once, so that
 * a service that names ever another size does not have each of them tried. */
static int pager_shrink(struct pager *pager, size_t index, bool first,
                        const struct answer *answer, const char **why)
{
    const struct window *window = &pager->flight.windows[index].window;
    uint64_t refused = window->page > 0 ? window->size : QUIRKS_PER_PAGE_SAFE;
    if (pager->options.target.endpoint->paging == ENDPOINT_SINGLE || refused < 2)
        return 1;
    uint64_t size = quirks_less_than(refused, pager->told_size ? "" : answer->message);
    pager->told_size = true;
    log_debug("perPage=%" PRIu64 " is too large; asking for %" PRIu64, refused, size);
    return first ? pager_ask_for_less(pager, size)
                 : pager_go_on_with_less(pager, index, size, why);
}

/* Read page 1 once more: who makes a backup each night holds nothing that tells whether the
 * list was empty before. Results as of pager_bear(). */
static int pager_doubt_nobody(struct pager *pager, size_t index)
{
    struct window window = pager->flight.windows[index].window;
    if (pager->doubted_nobody)
        return 1;
    pager->doubted_nobody = true;
    flight_cut(&pager->flight, 0);
    return flight_insert(&pager->flight, 0, &window);
}

/* What a refused window means: 1 if it fails all, 0 or -errno if the reading goes on. */
static int pager_bear(struct pager *pager, size_t index, const struct answer *answer,
                      const char **why)
{
    const struct window *window = &pager->flight.windows[index].window;
    long status = answer->status;
    bool first = pager->reads_twice ? index == 0 : pager->chain.length == 0;
    if (first && pager->options.missing_is_empty && pager_says_nobody(pager, window, answer))
        return pager_doubt_nobody(pager, index);
    if (first && status == 400 && window->size > QUIRKS_PER_PAGE_SAFE)
        return pager_ask_for_less(pager, QUIRKS_PER_PAGE_SAFE);
    if (status == 413)
        return pager_shrink(pager, index, first, answer, why);
    if (first || (status != 400 && status != 404))
        return 1;
    flight_miss(&pager->flight, index);
    pager->refused = *answer;
    pager->refused.body = NULL;
    bool kept = pager->chain.kept || pager->options.quirks->keeps_sizes;
    if (status == 400 && !pager->reads_twice && !kept)
        return pager_change_sizes(pager, why);
    return 0;
}

static void pager_on_refused(struct pager *pager, size_t index, const struct answer *answer)
{
    struct window window = pager->flight.windows[index].window;
    const char *why = "";
    int outcome = pager_bear(pager, index, answer, &why);
    if (outcome == 1)
        pager_fail_answer(pager, &window, answer);
    else if (outcome < 0)
        pager_fail_reading(pager, outcome, why);
    else
        pager_step(pager);
}

static void pager_on_window(void *data, size_t index, const struct answer *answer)
{
    struct pager *pager = data;
    if (answer->error) {
        pager_on_refused(pager, index, answer);
        return;
    }
    const struct window *window = &pager->flight.windows[index].window;
    struct envelope *envelope = flight_envelope(&pager->flight, index);
    if (index == 0 && window->page == 1)
        quirks_see_page(pager->options.quirks, window->size, envelope);
    pager->doubles += envelope->doubles;
    pager_keep(pager, envelope);
    if (pager->bytes > PAGER_BYTES_MAX)
        pager_fail(pager, -EBADMSG, "more data than can be true");
    else
        pager_step(pager);
}

/* -------- begin -------- */

static int pager_start(struct pager *pager)
{
    bool pages = pager->options.target.endpoint->paging == ENDPOINT_PAGES;
    struct window window = {.page = 1, .size = pager->per_page};
    const struct window without_query = {0, 0};
    int error;
    if (pages && pager->chain.sizes == PLAN_ONE_SIZE)
        error = pager_read_twice(pager);
    else
        error = flight_insert(&pager->flight, 0, pages ? &window : &without_query);
    return error ? error : flight_go(&pager->flight);
}

struct pager *pager_create(const struct pager_options *options)
{
    struct pager *pager = calloc(1, sizeof *pager);
    if (!pager)
        return NULL;
    pager->options = *options;
    pager->per_page = quirks_per_page(options->quirks);
    pager->began_ms = clock_ms();
    flight_init(&pager->flight, &(struct flight_options){
                                    .client = options->client,
                                    .target = options->target,
                                    .parallel = options->parallel,
                                    .done = pager_on_window,
                                    .data = pager,
                                });
    chain_init(&pager->chain, &pager->flight, quirks_sizes(options->quirks),
               options->expect_people);
    if (pager_start(pager)) {
        pager_destroy(pager);
        return NULL;
    }
    return pager;
}

static void pager_go_on(void *data)
{
    pager_step(data);
}

void pager_pause(struct pager *pager, bool paused)
{
    bool wakes = pager->flight.paused && !paused;
    flight_pause(&pager->flight, paused);
    if (wakes && !pager->merging)
        loop_work_start(client_loop(pager->options.client), &pager->work, pager_go_on, pager);
}
