/* Judges whether the windows of a list show where it ends, where their totals don't tell. */
#include "api/list_end.h"

#include "api/verdict.h"

bool list_end_is_before(const struct flight *flight, size_t index, uint64_t total)
{
    const struct window *window = &flight->windows[index].window;
    const struct envelope *envelope = flight_envelope(flight, index);
    return verdict_total(window, envelope) == 0 &&
           window_start(window) + envelope->count < total;
}

bool list_end_begins_again(const struct flight *flight, size_t index,
                           const struct overlap *overlap)
{
    const struct envelope *envelope = flight_envelope(flight, index);
    uint64_t first = flight_envelope(flight, 0)->records[0]->id;
    for (size_t i = overlap->count; i < envelope->count && overlap->count > 0; i++) {
        if (envelope->records[i]->id == first)
            return true;
    }
    return false;
}

/* Return whether window INDEX, which holds nobody who is not in the chain, ends before it. */
static bool list_end_is_within(const struct flight *flight, size_t index,
                               const struct overlap *overlap)
{
    return overlap->from + overlap->count < flight_envelope(flight, index - 1)->count;
}

bool list_end_is_doubtful(const struct flight *flight, size_t index,
                          const struct overlap *overlap)
{
    const struct window *window = &flight->windows[index].window;
    const struct envelope *envelope = flight_envelope(flight, index);
    return verdict_total(window, envelope) == 0 &&
           envelope->count + envelope->doubles < window->size &&
           (list_end_is_within(flight, index, overlap) || verdict_says_more(window, envelope));
}

/* Return whether window INDEX is short and gives no total, and does not count itself among more
 * pages of its size. So it may be the end, even if a link says that there are more. */
static bool list_end_is_possible(const struct flight *flight, size_t index)
{
    const struct window *window = &flight->windows[index].window;
    const struct envelope *envelope = flight_envelope(flight, index);
    const char *why;
    return verdict_total(window, envelope) == 0 &&
           verdict_of(window, envelope, &why) != VERDICT_MORE &&
           !verdict_counts_more_pages(window, envelope);
}

/* Return whether two windows that may be the end have the same last record, and not the same
 * first one. Then the list ends there: pages that are cut would end at two places. */
static bool list_end_is_same(const struct flight *flight, size_t one, size_t other)
{
    if (!list_end_is_possible(flight, one) || !list_end_is_possible(flight, other))
        return false;
    const struct envelope *a = flight_envelope(flight, one);
    const struct envelope *b = flight_envelope(flight, other);
    return a->records[0]->id != b->records[0]->id &&
           a->records[a->count - 1]->id == b->records[b->count - 1]->id;
}

bool list_end_is_seen_twice(const struct flight *flight, size_t index)
{
    bool is_bridge = flight->windows[index].bridge && index + 1 < flight->count &&
                     flight->windows[index + 1].refuted;
    return list_end_is_same(flight, index - 1, index) ||
           (is_bridge && list_end_is_same(flight, index, index + 1));
}

bool list_end_is_asked_again(const struct flight *flight, size_t index, enum plan_sizes sizes,
                             const struct overlap *overlap)
{
    const struct flight_window *bridge = &flight->windows[index], *next = bridge + 1;
    return sizes != PLAN_ANY_SIZE && bridge->bridge && index + 1 < flight->count &&
           next->refuted && bridge->window.page == next->window.page &&
           bridge->window.size == next->window.size &&
           !list_end_is_within(flight, index, overlap) && list_end_is_possible(flight, index);
}

/* Return whether window OTHER holds the last person of window INDEX. */
static bool list_end_is_in(const struct flight *flight, size_t index, size_t other)
{
    const struct envelope *envelope = flight_envelope(flight, index);
    return stitch_holds(flight_envelope(flight, other),
                        envelope->records[envelope->count - 1]->id);
}

bool list_end_is_of_bridge(const struct flight *flight, size_t index)
{
    size_t next = index + 1;
    return next < flight->count && flight->windows[next].refuted &&
           list_end_is_in(flight, next, index);
}

bool list_end_is_shown_again(const struct flight *flight, size_t index)
{
    const struct window *window = &flight->windows[index].window;
    const struct envelope *envelope = flight_envelope(flight, index);
    for (size_t i = 0; i < index; i++) {
        if (list_end_is_in(flight, index, i))
            return true;
    }
    return verdict_is_mislaid(window, envelope) &&
           stitch_overlap(flight_envelope(flight, index - 1), envelope).count > 0;
}
