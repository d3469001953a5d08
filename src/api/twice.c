/* Reads a list whose pages can't overlap: each page twice, and both must agree. */
#include "api/twice.h"

#include <errno.h>

#include "api/stitch.h"
#include "api/verdict.h"

/* Put page NUMBER (from 1) in behind all others. Page 1 is asked for as it was before: in
 * another size it may be another page, and an endpoint that documents no pages may refuse to be
 * asked for it by its number. */
static int twice_append(struct twice *twice, uint64_t number, uint64_t size)
{
    struct window window = {.page = number, .size = size};
    if (number == 1)
        window = twice->flight->windows[0].window;
    if (number > PLAN_WINDOWS_MAX)
        return -EFBIG;
    return flight_insert(twice->flight, twice->flight->count, &window);
}

/* Put the pages from FIRST on to the last one in. */
static int twice_append_all(struct twice *twice, uint64_t first)
{
    int error = 0;
    uint64_t last = twice->pages + (first == 1 && twice->has_tail);
    for (uint64_t page = first; page <= last && !error; page++)
        error = twice_append(twice, page, twice->size);
    return error;
}

uint64_t twice_calls(const struct twice *twice)
{
    return 2 * (twice->pages > 0 ? twice->pages : twice->flight->count);
}

static const struct envelope *twice_envelope(const struct twice *twice, size_t index)
{
    return flight_envelope(twice->flight, index);
}

/* Return how many people the list has, as page 1 says; 0: not known. */
static uint64_t twice_total(const struct twice *twice)
{
    return verdict_total(&twice->flight->windows[0].window, twice_envelope(twice, 0));
}

/* Where the total tells no pages behind page 1, page 2 shows whether there are any. */
int twice_init(struct twice *twice, struct flight *flight, bool again)
{
    *twice = (struct twice){
        .flight = flight, .size = flight_envelope(flight, 0)->count, .again = again};
    uint64_t total = twice_total(twice);
    if (total <= twice->size)
        return twice_append(twice, 2, twice->size);
    uint64_t pages = plan_pages(total, twice->size);
    if (pages > PLAN_WINDOWS_MAX)
        return -EFBIG;
    twice->pages = (size_t)pages;
    twice->has_tail = total == pages * twice->size; /* a total may be too small */
    return twice_append_all(twice, 2);
}

/* Return whether page INDEX shows what another one has shown: then it is behind the end. */
static bool twice_repeats(const struct twice *twice, size_t index)
{
    const struct envelope *page = twice_envelope(twice, index);
    bool before_is_missing = twice->flight->windows[index - 1].state == FLIGHT_MISSING;
    return (!before_is_missing && stitch_same(page, twice_envelope(twice, index - 1))) ||
           stitch_same(page, twice_envelope(twice, 0));
}

/* Return whether page INDEX shows a person whom page 1, or one of the two before it, does not.
 * A service that ignores the page may show the same people in another order each time. */
static bool twice_brings_new(const struct twice *twice, size_t index)
{
    const size_t others[] = {0, index - 1, index > 1 ? index - 2 : 0};
    const struct envelope *page = twice_envelope(twice, index);
    for (size_t i = 0; i < page->count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < sizeof others / sizeof *others && !is_known; j++)
            is_known = stitch_holds(twice_envelope(twice, others[j]), page->records[i]->id);
        if (!is_known)
            return true;
    }
    return false;
}

/*
 * Page INDEX does not exist. Return whether the page before it said that it does. A total that
 * page 1 gives is believed against a link. It is believed against totalPages as well, unless
 * the page is refused: a total may be rounded. A link of a page that is short says nothing. An
 * empty page is believed against a link, too: some services name a next page on each full one.
 */
static bool twice_was_promised(const struct twice *twice, size_t index)
{
    const struct window before = {.page = index, .size = twice->size};
    const struct envelope *envelope = twice_envelope(twice, index - 1);
    bool counted = verdict_counts_more_pages(&before, envelope);
    if (envelope->count < twice->size && !counted)
        return false;
    bool refused = twice->flight->windows[index].state == FLIGHT_MISSING;
    if (twice_total(twice) > 0)
        return refused && counted;
    return counted || (refused && verdict_names_more_pages(&before, envelope));
}

/* The first reading, where the total is not known: page INDEX, the last one asked for, came. */
static int twice_take_page(struct twice *twice, size_t index, const char **why)
{
    const struct flight_window *window = &twice->flight->windows[index];
    bool missing = window->state == FLIGHT_MISSING;
    bool repeats = !missing && twice_envelope(twice, index)->count > 0 &&
                   (verdict_is_mislaid(&window->window, twice_envelope(twice, index)) ||
                    !twice_brings_new(twice, index));
    if (index == 1 && repeats &&
        !verdict_is_everything(&twice->flight->windows[0].window, twice_envelope(twice, 0),
                               false)) {
        *why = "page 2 repeats page 1: what may be behind it can't be asked for";
        return -EBADMSG;
    }
    if (missing || repeats || twice_envelope(twice, index)->count == 0) {
        *why = "the service counts a further page, and does not give it";
        if (twice_was_promised(twice, index))
            return CHAIN_SIZE_REFUSED;
        flight_remove(twice->flight, index, 1);
        twice->pages = index;
        twice->has_tail = true;
    } else if (twice_envelope(twice, index - 1)->count < twice->size) {
        *why = "a page is short, and is not the last one";
        return CHAIN_SIZE_REFUSED;
    } else if (twice_envelope(twice, index)->count < twice->size &&
               !verdict_says_more(&window->window, twice_envelope(twice, index))) {
        twice->pages = index + 1;
    } else {
        return twice_append(twice, index + 2, twice->size);
    }
    twice->filled = twice->pages;
    return 0;
}

/* Return whether the reading is complete by itself: each page but the last is full, they hold
 * as many as the total says, all of them say the same total, and it was seen that nothing is
 * behind a last page that is full. */
static bool twice_is_whole(const struct twice *twice)
{
    uint64_t count = 0, total = twice_total(twice), most = total;
    for (size_t i = 0; i < twice->pages; i++) {
        const struct envelope *page = twice_envelope(twice, i);
        bool is_last = i + 1 == twice->pages;
        if (is_last ? page->count >= twice->size && !twice->has_tail
                    : page->count != twice->size)
            return false;
        uint64_t told = verdict_total(&twice->flight->windows[i].window, page);
        if (total > twice->size && told > 0 && told != total)
            return false;
        most = told > most ? told : most;
        count += page->count;
    }
    size_t last = twice->pages - 1;
    bool says_more =
        total <= twice->size && !twice->has_tail &&
        verdict_says_more(&twice->flight->windows[last].window, twice_envelope(twice, last));
    return count > 0 && !says_more && most <= count && (total <= twice->size || total == count);
}

/* Return whether page INDEX is missing, or another page came in its place. */
static bool twice_lacks(const struct twice *twice, size_t index)
{
    const struct flight_window *window = &twice->flight->windows[index];
    return window->state == FLIGHT_MISSING ||
           verdict_is_mislaid(&window->window, twice_envelope(twice, index));
}

/* Return whether page INDEX is there, and shows others than the pages before it. */
static bool twice_is_filled(const struct twice *twice, size_t index)
{
    return twice->flight->windows[index].state == FLIGHT_THERE && !twice_lacks(twice, index) &&
           twice_envelope(twice, index)->count > 0 &&
           (index == 0 || !twice_repeats(twice, index));
}

bool twice_goes_on(const struct twice *twice)
{
    return twice->pages < 2 || twice->filled > 1;
}

/* Return whether page INDEX is there in both readings, and shows the same people. */
static bool twice_agrees(const struct twice *twice, size_t index)
{
    size_t second = twice->pages + index;
    if (twice->flight->windows[second].state == FLIGHT_WAITING || twice_lacks(twice, index) ||
        twice_lacks(twice, second))
        return false;
    const struct envelope *a = twice_envelope(twice, index), *b = twice_envelope(twice, second);
    return stitch_same(a, b) && a->total_items == b->total_items;
}

/* Compare what has come of the second reading: of a long list all at once would take long. */
static void twice_compare(struct twice *twice)
{
    bool is_second = twice->pages > 0 && twice->flight->count > twice->pages;
    while (is_second && twice->same < twice->pages && twice_agrees(twice, twice->same))
        twice->same++;
}

/* The second reading becomes the first, once: that is half as many calls again as was planned.
 */
static int twice_read_once_more(struct twice *twice, const char **why)
{
    *why = "its pages can't overlap, and two readings of them did not agree";
    if (twice->again)
        return -EBADMSG;
    twice->again = true;
    twice->same = 0;
    flight_remove(twice->flight, 0, twice->pages);
    for (size_t i = 0; i < twice->pages; i++) {
        if (twice_lacks(twice, i))
            return -EBADMSG;
    }
    return twice_is_whole(twice) ? twice_append_all(twice, 1) : -EBADMSG;
}

/* Return whether a page of the first reading brings nobody new, though the total says that more
 * people come. */
static bool twice_has_gap(struct twice *twice)
{
    const struct flight_window *windows = twice->flight->windows;
    while (twice->filled < twice->pages && twice_is_filled(twice, twice->filled))
        twice->filled++;
    return twice->filled < twice->pages && windows[twice->filled].state != FLIGHT_WAITING;
}

/* Return whether the page behind the last one shows the end once more. Once may be by chance.
 */
static bool twice_ends(const struct twice *twice)
{
    size_t tail = 2 * twice->pages;
    if (!twice->has_tail || twice->flight->windows[tail].state == FLIGHT_MISSING)
        return true;
    return twice_envelope(twice, tail)->count == 0 || twice_repeats(twice, tail);
}

/* All pages of both readings came, or are missing. */
static int twice_end(struct twice *twice, const char **why)
{
    *why = "the end of its pages was another one each time";
    if (!twice_ends(twice))
        return -EBADMSG;
    flight_cut(twice->flight, 2 * twice->pages);
    if (twice->same < twice->pages || !twice_is_whole(twice))
        return twice_read_once_more(twice, why);
    flight_cut(twice->flight, twice->pages);
    return CHAIN_COMPLETE;
}

int twice_take(struct twice *twice, const char **why)
{
    const struct flight *flight = twice->flight;
    twice_compare(twice);
    if (twice_has_gap(twice)) {
        *why = "a page brings nobody new, and totalItems says that there are more";
        return CHAIN_SIZE_REFUSED;
    }
    if (flight->waiting + flight->in_flight + flight->undecoded > 0)
        return CHAIN_GOES_ON;
    int error = 0;
    if (twice->pages == 0)
        error = twice_take_page(twice, twice->flight->count - 1, why);
    if (error || twice->pages == 0)
        return error;
    if (twice->flight->count == twice->pages) {
        twice->flight->anew = true;
        return twice_append_all(twice, 1);
    }
    return twice_end(twice, why);
}
