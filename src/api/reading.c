/* Reads one list to its end, in the way that its service keeps to. */
#include "api/reading.h"

#include <errno.h>
#include <inttypes.h>

#include "base/log.h"

/* Of a long list, one window for so many is tried at once. They are in vain, all but the first,
 * where the service does not keep to sizes; then the list takes twice its pages anyway. */
#define READING_TRIED_SHARE 12

/* -------- begin -------- */

/* Put page 1 in. */
static int reading_start(struct reading *reading)
{
    const struct window first = {.page = 1, .size = reading->per_page};
    const struct window without_query = {0, 0};
    if (reading->paging != ENDPOINT_PAGES)
        return flight_insert(reading->flight, 0, &without_query);
    return flight_insert(reading->flight, 0, &first);
}

int reading_begin(struct reading *reading, struct flight *flight, struct quirks *quirks,
                  enum endpoint_paging paging, bool expect_people)
{
    *reading = (struct reading){
        .flight = flight,
        .quirks = quirks,
        .paging = paging,
        .per_page = quirks_per_page(quirks),
    };
    chain_init(&reading->chain, flight, quirks_sizes(quirks), expect_people);
    reading->chain.links_lie = quirks->links_lie;
    return reading_start(reading);
}

int reading_begin_again(struct reading *reading)
{
    struct chain before = reading->chain;
    if (reading->again || !chain_may_begin_again(&before))
        return -EBADMSG;
    reading->again = true;
    reading->flight->anew = true;
    flight_cut(reading->flight, 0);
    chain_init(&reading->chain, reading->flight,
               reading->is_twice ? PLAN_ONE_SIZE : before.sizes, true);
    reading->is_twice = false;
    reading->chain.budget.least = before.budget.planned;
    reading->chain.refused = before.refused;
    reading->chain.links_lie = before.links_lie;
    return reading_start(reading);
}

/* Ask for page 1 once more, with SIZE. */
static int reading_ask_for_less(struct reading *reading, uint64_t size)
{
    struct window window = {.page = 1, .size = size};
    reading->per_page = size;
    chain_cut_refused(&reading->chain, 0);
    return flight_insert(reading->flight, 0, &window);
}

/* Read each page twice, with SIZE, from a page 1 that is asked for anew. What came before comes
 * to nothing. */
static int reading_begin_twice_anew(struct reading *reading, uint64_t size)
{
    reading->is_twice = false;
    chain_init(&reading->chain, reading->flight, PLAN_ONE_SIZE, true);
    int error = reading_ask_for_less(reading, size);
    reading->chain.refused = reading->flight->calls;
    return error;
}

/* Read each page twice. Page 1 is there, and counts for the first time. It may be larger than
 * what the service gives by now. */
static int reading_begin_twice(struct reading *reading)
{
    if (reading->chain.size < flight_envelope(reading->flight, 0)->count)
        return reading_begin_twice_anew(reading, reading->per_page);
    reading->is_twice = true;
    flight_cut(reading->flight, 1);
    return twice_init(&reading->twice, reading->flight, reading->had_gap);
}

/* -------- what came -------- */

/* The service did not keep to the size of a window: rounder ones are tried, and one size alone
 * in the end, or where round ones brought the same size again. */
static int reading_change_sizes(struct reading *reading, const char **why)
{
    struct chain *chain = &reading->chain;
    int state = CHAIN_SIZE_REFUSED;
    if (chain->gave_same_size && chain->sizes != PLAN_ANY_SIZE)
        return reading_begin_twice(reading);
    while (state == CHAIN_SIZE_REFUSED && chain->sizes + 1 < PLAN_ONE_SIZE)
        state = chain_change_sizes(chain, chain->sizes + 1, why);
    return state == CHAIN_SIZE_REFUSED ? reading_begin_twice(reading) : state;
}

/* A page that is promised is not there. Read the list anew from page 1; that is done once. */
static int reading_begin_at_gap(struct reading *reading)
{
    if (reading->had_gap)
        return -EBADMSG;
    reading->had_gap = true;
    reading->flight->anew = true;
    return reading_begin_twice_anew(reading, reading->per_page);
}

/* A page brought nobody new: the list got shorter, or the total is wrong. Page 1 tells. What a
 * wrong total promises would all be paid for, twice, and for nothing. */
static int reading_take_twice(struct reading *reading, const char **why)
{
    int state = twice_take(&reading->twice, why);
    return state == CHAIN_SIZE_REFUSED ? reading_begin_at_gap(reading) : state;
}

static int reading_go_on(struct reading *reading, const char **why)
{
    bool there = reading->flight->windows[0].state == FLIGHT_THERE;
    if (reading->paging == ENDPOINT_SINGLE)
        return there ? CHAIN_COMPLETE : CHAIN_GOES_ON;
    if (reading->is_twice)
        return reading_take_twice(reading, why);
    int state = chain_take(&reading->chain, why);
    return state == CHAIN_SIZE_REFUSED ? reading_change_sizes(reading, why) : state;
}

/* Return how many windows behind page 1 may be tried before one has had its size. Where page 1
 * held fewer than were asked for, the total may count others as well: one. */
static size_t reading_tried(const struct reading *reading)
{
    const struct chain *chain = &reading->chain;
    bool full =
        chain->length > 0 && flight_envelope(reading->flight, 0)->count == reading->per_page;
    size_t tried =
        full && chain->sizes == PLAN_ANY_SIZE ? chain->budget.planned / READING_TRIED_SHARE : 0;
    return tried > 1 ? tried : 1;
}

int reading_take(struct reading *reading, const char **why)
{
    int state = reading_go_on(reading, why);
    if (state < 0)
        reading->quirks->keeps_sizes = false; /* perhaps no longer */
    bool sure = reading->is_twice ? twice_goes_on(&reading->twice)
                                  : reading->chain.length > 1 || reading->quirks->keeps_sizes;
    reading->flight->limit = sure ? SIZE_MAX : reading->chain.length + reading_tried(reading);
    return state;
}

bool reading_doubts_order(const struct reading *reading, uint64_t count, uint64_t doubles,
                          bool at_two_places)
{
    const struct chain *chain = &reading->chain;
    bool knows_total = !reading->is_twice && !chain->total_changed;
    /* Another machine, which has fewer people, may have answered for the windows behind page 1.
     * Less than a page may have left meanwhile. */
    bool lost_many = !reading->is_twice && chain->first.total > 0 &&
                     count + doubles + chain->size <= chain->first.total;
    return at_two_places || (knows_total && count + doubles < chain->total) || lost_many;
}

void reading_learn(const struct reading *reading)
{
    struct quirks *quirks = reading->quirks;
    if (reading->paging != ENDPOINT_PAGES)
        return;
    quirks_learn(quirks, reading->per_page,
                 reading->is_twice ? PLAN_ONE_SIZE : reading->chain.sizes);
    quirks->keeps_sizes = quirks->keeps_sizes || reading->chain.kept;
    quirks->links_lie = quirks->links_lie || reading->chain.links_lie;
}

/* -------- what was refused -------- */

/* Go on with pages of SIZE where window INDEX, behind page 1, was too large. */
static int reading_go_on_with_less(struct reading *reading, size_t index, uint64_t size,
                                   const char **why)
{
    reading->per_page = size;
    if (reading->is_twice) {
        if (reading->shrunk_twice)
            return 1;
        reading->shrunk_twice = true;
        return reading_begin_twice_anew(reading, size);
    }
    int state = chain_shrink(&reading->chain, index, size, why);
    return state == CHAIN_SIZE_REFUSED ? reading_change_sizes(reading, why) : state;
}

/* The page is too large: a 413, or more than is taken of an answer. Results as of
 * reading_take_refusal(). A message is followed once, so that a service that names ever another
 * size does not have each of them tried. */
static int reading_shrink(struct reading *reading, size_t index, bool first,
                          const struct answer *answer, const char **why)
{
    const struct window *window = &reading->flight->windows[index].window;
    uint64_t refused = window->page > 0 ? window->size : QUIRKS_PER_PAGE_SAFE;
    if (reading->paging == ENDPOINT_SINGLE || refused < 2)
        return 1;
    uint64_t size = quirks_less_than(refused, reading->told_size ? "" : answer->message);
    reading->told_size = true;
    log_debug("perPage=%" PRIu64 " is too large; asking for %" PRIu64, refused, size);
    return first ? reading_ask_for_less(reading, size)
                 : reading_go_on_with_less(reading, index, size, why);
}

int reading_take_refusal(struct reading *reading, size_t index, const struct answer *answer,
                         const char **why)
{
    const struct window *window = &reading->flight->windows[index].window;
    long status = answer->status;
    bool first = reading->chain.length == 0;
    if (first && status == 400 && window->size > QUIRKS_PER_PAGE_SAFE)
        return reading_ask_for_less(reading, QUIRKS_PER_PAGE_SAFE);
    if (status == 413 || answer->too_large)
        return reading_shrink(reading, index, first, answer, why);
    if (first || (status != 400 && status != 404))
        return 1;
    if (reading->is_twice && !answer->own) /* else a proxy would say where the list ends */
        return reading->had_gap ? 1 : reading_begin_at_gap(reading);
    reading->flight->windows[index].state = FLIGHT_MISSING;
    reading->refused = *answer;
    answer_forget_body(&reading->refused);
    bool kept = reading->chain.kept || reading->quirks->keeps_sizes;
    if (status == 400 && !reading->is_twice && !kept && !chain_is_behind(&reading->chain))
        return reading_change_sizes(reading, why);
    return 0;
}

/* -------- what it costs -------- */

uint64_t reading_price(const struct reading *reading)
{
    if (reading->is_twice)
        return twice_calls(&reading->twice);
    return reading->flight->calls - reading->chain.refused + reading->flight->waiting;
}

bool reading_knows_price(const struct reading *reading)
{
    return reading->is_twice ? reading->twice.pages > 0 : reading->chain.total > 0;
}
