/* Fetches a whole list, or a record alone. */
#include "api/pager.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/flight.h"
#include "api/merge.h"
#include "api/reading.h"

/* All that comes of a listing: the files of some six million people, or of two million where
 * each page is read twice, for up to three readings count. */
#define PAGER_BYTES_MAX ((uint64_t)2 << 30)

struct pager {
    struct pager_options options;
    struct flight flight;
    struct reading reading;
    struct merge merge;    /* its flight is NULL until all windows are there */
    struct loop_work work; /* merging, or going on after a pause */
    bool doubted_nobody; /* page 1 was a 404 that may mean an empty list, and was asked again */
    uint64_t bytes;      /* of the files that came */
    char why[480];
};

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
        .error = -E2BIG,
        .price = pager_price(pager),
        .total = pager->reading.chain.total,
        .why = "more pages than were wanted",
    };
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
        .price = pager->flight.calls,
        .why = pager->why,
    };
    pager_finish(pager, &result);
}

/* Return whether ANSWER, to WINDOW, is a 404 for a list of which nothing has come. */
static bool pager_says_nobody(const struct pager *pager, const struct window *window,
                              const struct answer *answer)
{
    bool list = pager->options.target.endpoint->paging != ENDPOINT_SINGLE;
    return answer->missing && list && window->page <= 1 && pager->bytes == 0 &&
           !pager->reading.again;
}

static void pager_fail_answer(struct pager *pager, const struct window *window,
                              const struct answer *answer)
{
    struct pager_result result = {
        .error = answer->error,
        .status = answer->status,
        .nobody = pager_says_nobody(pager, window, answer),
        .transient = answer->transient,
        .untried = answer->untried,
        .too_large = answer->too_large,
        .price = pager->flight.calls,
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
    if (error == -EBADMSG && pager->reading.refused.error)
        pager_fail_answer(pager, &refused, &pager->reading.refused);
    else
        pager_fail(pager, error, why);
}

/* -------- what it costs -------- */

uint64_t pager_price(const struct pager *pager)
{
    return reading_price(&pager->reading);
}

struct pager_progress pager_progress(const struct pager *pager)
{
    struct pager_progress progress = {.done = flight_answered(&pager->flight)};
    if (reading_knows_price(&pager->reading)) {
        uint64_t price = pager_price(pager);
        progress.pages = progress.done > price ? progress.done : price;
    }
    return progress;
}

void pager_set_limit(struct pager *pager, uint64_t limit)
{
    pager->options.limit = limit;
}

static bool pager_is_past_limit(const struct pager *pager)
{
    return pager->options.limit > 0 && pager_price(pager) > pager->options.limit;
}

/* -------- putting together -------- */

/* Somebody came at a place that had been read, or the order changed. */
static void pager_read_again(struct pager *pager)
{
    merge_finish(&pager->merge);
    pager->bytes = 0;
    int error = reading_begin_again(&pager->reading);
    if (!error)
        error = flight_go(&pager->flight);
    if (error)
        pager_fail(pager, error, "fewer came than totalItems says, or its order changed");
}

static void pager_on_merged(struct pager *pager)
{
    struct merge *merge = &pager->merge;
    if (reading_doubts_order(&pager->reading, merge->count, merge->removed, merge->doubles)) {
        pager_read_again(pager);
        return;
    }
    struct pager_result result = {
        .price = pager->flight.calls - pager->reading.chain.refused,
        .total = pager->reading.chain.total,
        .count = merge->count,
        .pages = pager->flight.count,
        .bytes = merge->bytes,
        .freshness = merge_freshness(&pager->flight),
    };
    result.records = merge_take(merge);
    reading_learn(&pager->reading);
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

/* A pause may just have ended, and pager_step() be due for that. It has nothing to do now. */
static void pager_complete(struct pager *pager)
{
    loop_work_stop(&pager->work);
    int error = merge_init(&pager->merge, &pager->flight);
    if (error)
        pager_fail(pager, error, "");
    else
        pager_merge(pager);
}

/* -------- asking -------- */

/* Look at what came, and ask for what is needed next. May end it. */
static void pager_step(void *data)
{
    struct pager *pager = data;
    const char *why = "";
    int state = reading_take(&pager->reading, &why);
    if (state < 0) {
        pager_fail_reading(pager, state, why);
    } else if (state == CHAIN_COMPLETE) {
        pager_complete(pager);
    } else if (pager_is_past_limit(pager) && !pager->flight.paused) {
        pager_stop_at_limit(pager);
    } else {
        int error = flight_go(&pager->flight);
        if (error)
            pager_fail(pager, error, "");
    }
}

/* -------- what came -------- */

static void pager_keep(struct pager *pager, struct envelope *envelope)
{
    const struct pager_options *options = &pager->options;
    for (size_t i = 0; i < envelope->count; i++) {
        if (options->keep)
            envelope->records[i] = options->keep(options->data, envelope->records[i]);
        pager->bytes += envelope->records[i]->size;
    }
}

/* Read page 1 once more, where it was a 404 that may mean an empty list: a backup each night
 * holds nothing that tells whether the list was empty before. Results as of
 * reading_take_refusal(). */
static int pager_doubt_nobody(struct pager *pager, size_t index)
{
    struct window window = pager->flight.windows[index].window;
    if (pager->doubted_nobody)
        return 1;
    pager->doubted_nobody = true;
    pager->flight.anew = true;
    flight_cut(&pager->flight, 0);
    return flight_insert(&pager->flight, 0, &window);
}

static void pager_on_refused(struct pager *pager, size_t index, const struct answer *answer)
{
    struct window window = pager->flight.windows[index].window;
    const char *why = "";
    bool nobody = pager->options.missing_is_empty && pager_says_nobody(pager, &window, answer);
    int outcome = nobody ? pager_doubt_nobody(pager, index)
                         : reading_take_refusal(&pager->reading, index, answer, &why);
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
    pager_keep(pager, envelope);
    if (pager->bytes > PAGER_BYTES_MAX)
        pager_fail(pager, -EBADMSG, "more data than can be true");
    else
        pager_step(pager);
}

/* -------- begin -------- */

struct pager *pager_create(const struct pager_options *options)
{
    struct pager *pager = calloc(1, sizeof *pager);
    if (!pager)
        return NULL;
    pager->options = *options;
    flight_init(&pager->flight, &(struct flight_options){
                                    .client = options->client,
                                    .target = options->target,
                                    .quirks = options->quirks,
                                    .parallel = options->parallel,
                                    .past = {options->beside, options->data},
                                    .done = pager_on_window,
                                    .data = pager,
                                });
    pager->flight.anew = options->anew;
    if (reading_begin(&pager->reading, &pager->flight, options->quirks,
                      options->target.endpoint->paging, options->expect_people) ||
        flight_go(&pager->flight)) {
        pager_destroy(pager);
        return NULL;
    }
    return pager;
}

void pager_pause(struct pager *pager, bool paused)
{
    bool wakes = pager->flight.paused && !paused;
    pager->flight.paused = paused;
    if (wakes && !pager->merge.flight)
        loop_work_start(client_loop(pager->options.client), &pager->work, pager_step, pager);
}
