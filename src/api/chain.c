/* Reads a list in windows that overlap, and stitches them together. */
#include "api/chain.h"

#include <errno.h>

#include "api/list_end.h"
#include "api/stitch.h"
#include "api/verdict.h"

/* So many bridges are tried from one window. Then that window is read anew. */
#define CHAIN_TRIES_MAX 2

/* The first bridge begins the eighth part of a window before the break, the next one half. */
#define CHAIN_BACK_SHARE 8

/* So many pages are looked at behind an end that a link contradicts. */
#define CHAIN_BEHIND_MAX 2

/* Pages of fewer records can't overlap. */
#define CHAIN_SHORT_PAGE 3

void chain_init(struct chain *chain, struct flight *flight, enum plan_sizes sizes,
                bool expect_people)
{
    *chain = (struct chain){
        .flight = flight,
        .sizes = sizes,
        .budget = {.planned = 1},
        .first.expects_people = expect_people,
    };
}

static struct flight_window *chain_window(const struct chain *chain, size_t index)
{
    return &chain->flight->windows[index];
}

/* Return where the chain ends, as its last window saw it. */
static uint64_t chain_end(const struct chain *chain)
{
    size_t last = chain->length - 1;
    return window_start(&chain_window(chain, last)->window) +
           flight_envelope(chain->flight, last)->count;
}

/* Reckon the plan anew, from the start of the list. */
static void chain_plan_anew(struct chain *chain)
{
    chain->budget.planned = 1;
    chain->budget.end = chain->size;
}

static uint64_t chain_calls(const struct chain *chain)
{
    return chain->flight->calls - chain->refused;
}

bool chain_may_begin_again(const struct chain *chain)
{
    return chain_calls(chain) <= plan_budget_extra(chain->budget.planned);
}

bool chain_is_behind(const struct chain *chain)
{
    bool may_end = chain->total == 0 || chain->total == chain->size;
    return chain->behind > 0 || (chain->plain && may_end);
}

/* Put WINDOW in, if it is not one too many. The plan is counted up to where the list is read.
 */
static int chain_insert(struct chain *chain, size_t index, const struct window *window,
                        const char **why)
{
    struct flight *flight = chain->flight;
    struct plan_budget *budget = &chain->budget;
    if (chain->size > 0)
        plan_budget_reach(budget, window_end(window), chain->size, chain->sizes);
    if (!plan_budget_allows(budget, chain_calls(chain) + flight->waiting)) {
        *why = "it changes faster than it can be read, or its order does: "
               "too many of its pages did not fit together";
        return -EBADMSG;
    }
    return flight_insert(flight, index, window);
}

/* Put one window in behind all others, which begins before END and reaches further. */
static int chain_append(struct chain *chain, uint64_t *end, const char **why)
{
    struct window window;
    if (chain->flight->count >= PLAN_WINDOWS_MAX)
        return -EFBIG;
    if (!plan_window(&window, *end - 1, chain->size, chain->sizes)) {
        if (!chain->looking || chain->size >= CHAIN_SHORT_PAGE || chain->flight->count > 1)
            return CHAIN_SIZE_REFUSED;
        window = (struct window){.page = 2, .size = chain->size};
        chain->plain = true;
    }
    *end = window_end(&window);
    return chain_insert(chain, chain->flight->count, &window, why);
}

/* Plan from the end of the chain to the total, or one window where it is not known. */
static int chain_extend(struct chain *chain, const char **why)
{
    uint64_t end = chain_end(chain);
    int state;
    do
        state = chain_append(chain, &end, why);
    while (state == CHAIN_GOES_ON && end < chain->total);
    return state;
}

/* Ask for one window more, to see whether there is anything behind the end. */
static int chain_look_further(struct chain *chain, const char **why)
{
    uint64_t end = chain_end(chain);
    chain->looking = true;
    return chain_append(chain, &end, why);
}

static int chain_complete(struct chain *chain)
{
    flight_cut(chain->flight, chain->length);
    return CHAIN_COMPLETE;
}

/* -------- page 1 -------- */

/* Ask for page 1 once more, past all caches, and for nothing else. */
static int chain_start_over(struct chain *chain, const char **why)
{
    struct window first = chain_window(chain, 0)->window;
    chain->length = 0;
    chain->flight->anew = true;
    flight_cut(chain->flight, 0);
    return chain_insert(chain, 0, &first, why);
}

static int chain_take_first(struct chain *chain, const char **why)
{
    const struct envelope *envelope = flight_envelope(chain->flight, 0);
    int state = first_page_take(&chain->first, &chain_window(chain, 0)->window, envelope,
                                chain->sizes, why);
    if (state < 0)
        return state;
    if (state == FIRST_PAGE_AGAIN)
        return chain_start_over(chain, why);
    chain->length = 1;
    if (envelope->count == 0)
        return CHAIN_COMPLETE;
    chain->total = chain->first.total;
    chain->size = envelope->count;
    chain_plan_anew(chain);
    if (state == FIRST_PAGE_ALL)
        return CHAIN_COMPLETE;
    chain->looking = state == FIRST_PAGE_SHORT;
    return state == FIRST_PAGE_DOUBTFUL ? CHAIN_GOES_ON : chain_extend(chain, why);
}

/* -------- a break -------- */

/* Give up the last window of the chain, which no longer fits anything, and read it anew. */
static int chain_step_back(struct chain *chain, const char **why)
{
    chain->tries = 0;
    chain->flight->anew = true;
    if (chain->length == 1)
        return chain_start_over(chain, why);
    flight_remove(chain->flight, --chain->length, 1);
    chain_window(chain, chain->length - 1)->refuted = false;
    return 0;
}

/* Return by how many places the list has moved between the end of the chain and window INDEX,
 * as far as their totals tell. */
static int64_t chain_shift(const struct chain *chain, size_t index)
{
    const struct flight_window *before = chain_window(chain, chain->length - 1);
    const struct flight_window *window = chain_window(chain, index);
    if (window->state != FLIGHT_THERE)
        return 0;
    uint64_t then = verdict_total(&before->window, flight_envelope(chain->flight, index - 1));
    uint64_t now = verdict_total(&window->window, flight_envelope(chain->flight, index));
    int64_t shift = then && now ? (int64_t)now - (int64_t)then : 0;
    int64_t most = (int64_t)chain->size; /* a total may be anything, and a bridge begins here */
    return shift > most ? most : shift < -most ? -most : shift;
}

/* Bridges begin further back where the one before did not fit, and where the list moved up. */
static bool chain_plan_bridge(const struct chain *chain, int64_t shift, struct window *bridge)
{
    uint64_t share = chain->tries > 1 ? 2 : CHAIN_BACK_SHARE;
    uint64_t part = chain->size / share > 0 ? chain->size / share : 1;
    uint64_t back = part + (shift < 0 ? (uint64_t)-shift : 0);
    int64_t end = (int64_t)chain_end(chain) + shift;
    return end > 0 && plan_bridge(bridge, (uint64_t)end, back, chain->size, chain->sizes);
}

static bool chain_is_empty(const struct chain *chain, size_t index)
{
    return chain_window(chain, index)->state == FLIGHT_MISSING ||
           flight_envelope(chain->flight, index)->count == 0;
}

/* Return whether bridge INDEX brought what the window behind it brought, which begins
 * elsewhere: then the service gave neither the size that was asked for. */
static bool chain_repeats_itself(const struct chain *chain, size_t index)
{
    if (index + 1 >= chain->flight->count || chain->kept)
        return false;
    const struct flight_window *bridge = chain_window(chain, index);
    const struct flight_window *next = chain_window(chain, index + 1);
    return bridge->state == FLIGHT_THERE && next->state == FLIGHT_THERE && next->refuted &&
           window_start(&bridge->window) != window_start(&next->window) &&
           flight_envelope(chain->flight, index)->count > 0 &&
           stitch_same(flight_envelope(chain->flight, index),
                       flight_envelope(chain->flight, index + 1));
}

/* Window INDEX, right behind the chain, does not fit it. Where no window has had the size that
 * was asked for yet, one that holds nothing may be one behind the end, with a size of its own.
 */
static int chain_bridge(struct chain *chain, size_t index, const char **why)
{
    struct flight_window *window = chain_window(chain, index);
    struct window bridge;
    int64_t shift = chain_shift(chain, index);
    bool is_bridge = window->bridge, is_empty = chain_is_empty(chain, index);
    if (is_bridge && is_empty && !chain->kept)
        return CHAIN_SIZE_REFUSED;
    if (is_bridge && chain_repeats_itself(chain, index)) {
        chain->gave_same_size = true;
        return CHAIN_SIZE_REFUSED;
    }
    if (is_bridge || is_empty || window->refuted)
        flight_remove(chain->flight, index, 1);
    else
        window->refuted = true;
    if (!is_bridge)
        chain->tries = 0;
    if (chain->tries > 0) /* what a cache has of that may never fit together */
        chain->flight->anew = true;
    if (chain->tries == CHAIN_TRIES_MAX) {
        int error = chain_step_back(chain, why);
        if (error || chain->length == 0)
            return error;
        shift = 0;
    }
    chain->tries++;
    if (!chain_plan_bridge(chain, shift, &bridge))
        return chain_step_back(chain, why);
    int error = chain_insert(chain, chain->length, &bridge, why);
    if (!error)
        chain_window(chain, chain->length)->bridge = true;
    return error;
}

/* -------- the windows behind page 1 -------- */

/* Return whether the service gave window INDEX another size than was asked for. */
static bool chain_size_is_refused(const struct chain *chain, size_t index,
                                  const struct overlap *overlap)
{
    const struct flight_window *window = chain_window(chain, index);
    const struct envelope *envelope = flight_envelope(chain->flight, index);
    uint64_t begins = window_start(&chain_window(chain, index - 1)->window) + overlap->from;
    if (verdict_is_too_large(&window->window, envelope))
        return true;
    return !chain->kept &&
           verdict_is_rounded(&window->window, envelope, overlap->count > 0 ? &begins : NULL);
}

/* What a bridge has overtaken counts for nothing. */
static void chain_drop_overtaken(struct chain *chain)
{
    uint64_t end = chain_end(chain);
    while (chain->length < chain->flight->count &&
           window_end(&chain_window(chain, chain->length)->window) <= end)
        flight_remove(chain->flight, chain->length, 1);
}

/* The copy that was asked for later stays. */
static void chain_link(struct chain *chain, size_t index, const struct overlap *overlap)
{
    struct flight_window *window = chain_window(chain, index);
    struct envelope *envelope = flight_envelope(chain->flight, index);
    uint64_t total = verdict_total(&window->window, envelope);
    stitch_share(flight_envelope(chain->flight, index - 1), envelope, overlap,
                 window->asked > chain_window(chain, index - 1)->asked);
    chain->total_changed = chain->total_changed || total != chain->total;
    chain->total = total;
    window->skip = overlap->count;
    chain->length = index + 1;
    chain->tries = 0;
    chain->looking = false;
    if (envelope->count == window->window.size && window->window.size % PLAN_ROUND_SIZE != 0)
        chain->kept = true;
    chain_drop_overtaken(chain);
}

/* What comes behind a window that was just looked at. It brought NEWS, and is the last one of
 * the chain; or it lay within the chain, and was taken out. */
static int chain_follow(struct chain *chain, enum verdict verdict, bool news, const char **why)
{
    if (verdict == VERDICT_END)
        return chain_complete(chain);
    if (verdict == VERDICT_WRONG) /* what was planned by this total is in vain */
        flight_cut(chain->flight, chain->length);
    if (chain->length < chain->flight->count)
        return CHAIN_GOES_ON;
    if (news)
        return verdict == VERDICT_MORE ? chain_extend(chain, why) : CHAIN_GOES_ON;
    if (verdict == VERDICT_HINT)
        return chain_complete(chain);
    if (verdict == VERDICT_MORE)
        *why = "a page brings nothing new, and is full";
    return chain->looking ? -EBADMSG : CHAIN_GOES_ON;
}

/* Return whether page 2, at INDEX, says that the endpoint knows no pages. One that documents
 * none may as well show nothing there. */
static bool chain_is_unpaged(const struct chain *chain, size_t index)
{
    const struct window *first = &chain_window(chain, 0)->window;
    const struct window *window = &chain_window(chain, index)->window;
    if (index > 1)
        return false;
    if (chain_is_empty(chain, index))
        return first->page == 0;
    return verdict_repeats_first(window, flight_envelope(chain->flight, index), first,
                                 flight_envelope(chain->flight, 0));
}

static int chain_take_unpaged(struct chain *chain, const char **why)
{
    const struct window *window = &chain_window(chain, 0)->window;
    bool empty = chain_is_empty(chain, 1);
    *why = empty ? "page 1 is full and page 2 empty: what may be behind it can't be asked for"
                 : "page 2 repeats page 1: what may be behind it can't be asked for";
    if (!verdict_is_everything(window, flight_envelope(chain->flight, 0), empty))
        return -EBADMSG;
    if (chain->asked_again)
        return chain_complete(chain);
    struct window second = chain_window(chain, 1)->window;
    chain->asked_again = true;
    chain->flight->anew = true;
    flight_remove(chain->flight, 1, 1);
    return chain_insert(chain, 1, &second, why);
}

/* -------- behind an end that a link contradicts -------- */

/* Ask for the page behind WINDOW, and for nothing else. */
static int chain_look_behind(struct chain *chain, const struct window *window, const char **why)
{
    struct window behind = {.page = window->page + 1, .size = window->size};
    chain->behind++;
    flight_cut(chain->flight, chain->length);
    return chain_insert(chain, chain->length, &behind, why);
}

/* Window INDEX holds nobody who is not in the chain, which may end here. But a link may be
 * right: the service may leave people out who stood on its pages, and more come behind them. */
static int chain_end_here(struct chain *chain, size_t index, const char **why)
{
    const struct flight_window *last = chain_window(chain, index);
    bool is_named =
        last->state == FLIGHT_THERE && chain->total == 0 &&
        verdict_names_more_pages(&last->window, flight_envelope(chain->flight, index));
    struct window window = last->window; /* it is cut */
    if (!is_named || chain->links_lie)
        return chain_complete(chain);
    if (chain->behind < CHAIN_BEHIND_MAX)
        return chain_look_behind(chain, &window, why);
    chain->links_lie = true;
    return chain_complete(chain);
}

static int chain_take_behind(struct chain *chain, const char **why)
{
    size_t index = chain->length;
    if (chain_is_empty(chain, index))
        return chain_end_here(chain, index, why);
    if (list_end_is_shown_again(chain->flight, index))
        return chain_complete(chain);
    *why = "a link leads to more people behind pages that hold nobody new";
    return -EBADMSG;
}

/* A page behind a page 1 of one or two records shares nobody with it. If it holds nobody new,
 * that was all. */
static int chain_take_plain(struct chain *chain, const char **why)
{
    const struct envelope *first = flight_envelope(chain->flight, 0);
    const struct window *window = &chain_window(chain, 0)->window;
    bool repeats =
        !chain_is_empty(chain, 1) && stitch_same(first, flight_envelope(chain->flight, 1));
    if (!chain_is_empty(chain, 1) && !repeats)
        return CHAIN_SIZE_REFUSED;
    if (verdict_of(window, first, why) == VERDICT_WRONG)
        return -EBADMSG;
    *why = "page 2 holds nobody, and counts more than page 1 holds";
    if (chain_window(chain, 1)->state == FLIGHT_THERE &&
        flight_envelope(chain->flight, 1)->total_items > (int64_t)first->count)
        return -EBADMSG;
    return repeats ? chain_take_unpaged(chain, why) : chain_complete(chain);
}

/* Window INDEX ends where another one did. What was planned behind them, since page 1 gave a
 * total, may know more: another machine may have answered. */
static int chain_end_twice(struct chain *chain, size_t index, enum verdict verdict,
                           const char **why)
{
    size_t next = index + (list_end_is_of_bridge(chain->flight, index) ? 2 : 1);
    if (verdict == VERDICT_END)
        return chain_complete(chain);
    if (next == chain->flight->count)
        return chain_end_here(chain, index, why);
    flight_remove(chain->flight, index, 1);
    return CHAIN_GOES_ON;
}

/* Window INDEX holds nobody who is not in the chain. */
static int chain_take_within(struct chain *chain, size_t index, const struct overlap *overlap,
                             enum verdict verdict, const char **why)
{
    if (list_end_is_seen_twice(chain->flight, index) ||
        list_end_is_asked_again(chain->flight, index, chain->sizes, overlap))
        return chain_end_twice(chain, index, verdict, why);
    if (list_end_is_doubtful(chain->flight, index, overlap))
        return chain_bridge(chain, index, why);
    uint64_t total = verdict_total(&chain_window(chain, index)->window,
                                   flight_envelope(chain->flight, index));
    /* By where it was asked for it is the end. It may lie elsewhere. */
    if ((verdict == VERDICT_END || verdict == VERDICT_HINT) && chain_end(chain) < total) {
        *why = "a page brings nothing new, and its total promises more";
        verdict = VERDICT_WRONG;
    }
    flight_remove(chain->flight, index, 1);
    return chain_follow(chain, verdict, false, why);
}

static int chain_take_next(struct chain *chain, const char **why)
{
    size_t index = chain->length;
    const struct flight_window *window = chain_window(chain, index);
    if (chain->behind > 0)
        return chain_take_behind(chain, why);
    if (chain->plain)
        return chain_take_plain(chain, why);
    if (chain_is_unpaged(chain, index))
        return chain_take_unpaged(chain, why);
    if (chain_is_empty(chain, index))
        return chain_bridge(chain, index, why);
    const struct envelope *before = flight_envelope(chain->flight, index - 1);
    const struct envelope *envelope = flight_envelope(chain->flight, index);
    if (verdict_is_mislaid(&window->window, envelope))
        return chain_bridge(chain, index, why);
    struct overlap overlap = stitch_overlap(before, envelope);
    if (chain_size_is_refused(chain, index, &overlap)) {
        chain->gave_same_size = envelope->count == chain->size;
        return CHAIN_SIZE_REFUSED;
    }
    enum verdict verdict = verdict_of(&window->window, envelope, why);
    if (verdict == VERDICT_END &&
        ((!chain->kept && verdict_doubts_end(&window->window, envelope)) ||
         list_end_is_before(chain->flight, index, chain->first.total)))
        verdict = VERDICT_HINT;
    if (list_end_begins_again(chain->flight, index, &overlap)) {
        *why = "it begins again behind its end";
        return -EBADMSG;
    }
    if (overlap.count == envelope->count)
        return chain_take_within(chain, index, &overlap, verdict, why);
    if (overlap.count == 0 &&
        stitch_holds(before, envelope->records[envelope->count - 1]->id)) {
        if (list_end_is_seen_twice(chain->flight, index))
            return chain_end_twice(chain, index, verdict, why);
        flight_remove(chain->flight, index, 1);
        return CHAIN_GOES_ON;
    }
    if (overlap.count > 0) {
        chain_link(chain, index, &overlap);
        return chain_follow(chain, verdict, true, why);
    }
    return chain_bridge(chain, index, why);
}

/* Where the flight holds nothing more, and the end was not seen, one window more is asked for.
 */
int chain_take(struct chain *chain, const char **why)
{
    int state = CHAIN_GOES_ON;
    while (state == CHAIN_GOES_ON && chain->length < chain->flight->count &&
           chain_window(chain, chain->length)->state != FLIGHT_WAITING)
        state = chain->length == 0 ? chain_take_first(chain, why) : chain_take_next(chain, why);
    if (state == CHAIN_GOES_ON && chain->length == chain->flight->count)
        return chain_look_further(chain, why);
    return state;
}

void chain_cut_refused(struct chain *chain, size_t from)
{
    unsigned in_flight = chain->flight->in_flight;
    flight_cut(chain->flight, from);
    chain->refused += 1 + in_flight - chain->flight->in_flight;
}

/* The windows before it may still come, and the chain goes on from them. */
int chain_shrink(struct chain *chain, size_t index, uint64_t size, const char **why)
{
    chain_cut_refused(chain, index);
    if (size < chain->size)
        chain->size = size;
    chain_plan_anew(chain);
    if (chain->flight->count > chain->length)
        return CHAIN_GOES_ON;
    return chain_extend(chain, why);
}

int chain_change_sizes(struct chain *chain, enum plan_sizes sizes, const char **why)
{
    chain->sizes = sizes;
    chain_plan_anew(chain);
    flight_cut(chain->flight, chain->length);
    return chain_extend(chain, why);
}
