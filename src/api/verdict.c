/* Judges what a window of a list says: of the end, of its size, of its place. */
#include "api/verdict.h"

#include "api/stitch.h"

/* The documented page size. It is also the smallest that a service is believed to cut pages
 * down to without a word and without a round number. */
#define VERDICT_DEFAULT_SIZE 100u

#define VERDICT_LEAST_SIZE 3u

uint64_t verdict_total(const struct window *window, const struct envelope *envelope)
{
    if (envelope->total_items <= 0)
        return 0;
    uint64_t total = (uint64_t)envelope->total_items;
    return window_start(window) > 0 && total == envelope->count ? 0 : total;
}

/* Return the page size that the service names and that nobody asked for; 0: none. Some services
 * name how many records came, and one or two are no size. */
static uint64_t verdict_own_size(const struct window *window, const struct envelope *envelope)
{
    uint64_t echoed = envelope->per_page > 0 ? (uint64_t)envelope->per_page : 0;
    return echoed == window->size || echoed < VERDICT_LEAST_SIZE ? 0 : echoed;
}

/* Return the smaller one of SIZE, which was asked for, and ANOTHER. SIZE 0: none was. */
static uint64_t verdict_least(uint64_t size, uint64_t another)
{
    return size > 0 && size < another ? size : another;
}

/* A service may go on to name its usual size, and give what it was asked for. */
static bool verdict_fills_first(const struct window *window, const struct envelope *first,
                                bool total_known)
{
    uint64_t own = verdict_own_size(window, first), count = first->count + first->doubles;
    if (!own && !total_known && count % PLAN_ROUND_SIZE == 0)
        return true;
    return count >= verdict_least(window->size, own ? own : VERDICT_DEFAULT_SIZE);
}

/* Return whether a page holds as many records as the smaller size that it names. A number that
 * is not round may just count who came. */
static bool verdict_fills_own_size(const struct window *window, const struct envelope *envelope)
{
    uint64_t own = verdict_own_size(window, envelope);
    return own > 0 && own < window->size && own % PLAN_ROUND_SIZE == 0 &&
           envelope->count + envelope->doubles == own;
}

static bool verdict_is_full(const struct window *window, const struct envelope *envelope,
                            bool total_known)
{
    if (window->page <= 1)
        return verdict_fills_first(window, envelope, total_known);
    return envelope->count + envelope->doubles >= window->size ||
           (!total_known && verdict_fills_own_size(window, envelope));
}

/* A page that is full, with a total that says just that: it may count this page alone, or be
 * the count of a moment before. */
static bool verdict_is_doubtful(const struct window *window, const struct envelope *envelope)
{
    uint64_t own = verdict_own_size(window, envelope),
             count = envelope->count + envelope->doubles;
    if (window->page > 1)
        return count >= window->size;
    return window->page == 1 &&
           count >= (own ? verdict_least(window->size, own) : window->size);
}

/* Return whether totalPages promises more than TOTAL, even if pages were as small as any size
 * in question. */
static bool verdict_pages_exceed(const struct window *window, const struct envelope *envelope,
                                 uint64_t total)
{
    uint64_t size = VERDICT_DEFAULT_SIZE;
    if (window->page > 1 && window->size < size)
        size = window->size;
    if (window->page <= 1)
        size = envelope->count;
    if (envelope->per_page > 0 && (uint64_t)envelope->per_page < size)
        size = (uint64_t)envelope->per_page;
    return envelope->total_pages > 1 &&
           (uint64_t)envelope->total_pages > plan_pages(total, size);
}

/* Return whether totalPages counts pages behind WINDOW, of any size. */
static bool verdict_is_followed(const struct window *window, const struct envelope *envelope)
{
    uint64_t page = window->page > 0 ? window->page : 1;
    return envelope->total_pages > 0 && (uint64_t)envelope->total_pages > page;
}

bool verdict_counts_more_pages(const struct window *window, const struct envelope *envelope)
{
    bool same_size = envelope->per_page <= 0 || (uint64_t)envelope->per_page == window->size;
    return same_size && verdict_is_followed(window, envelope);
}

bool verdict_names_more_pages(const struct window *window, const struct envelope *envelope)
{
    uint64_t page = window->page > 0 ? window->page : 1;
    return envelope->next_page > page || envelope->last_page > page;
}

static enum verdict verdict_known(const struct window *window, const struct envelope *envelope,
                                  uint64_t total, const char **why)
{
    uint64_t end = window_start(window) + envelope->count;
    if (total > end && total - end == envelope->doubles)
        total = end;
    if (total > end && verdict_is_full(window, envelope, true))
        return VERDICT_MORE;
    if (total != end) {
        *why = total > end ? "totalItems promises more than the service gives"
                           : "there are more than totalItems says";
        return VERDICT_WRONG;
    }
    *why = "the service names further pages, and totalItems says that there are none";
    if (verdict_pages_exceed(window, envelope, total) ||
        verdict_names_more_pages(window, envelope) || verdict_is_doubtful(window, envelope))
        return VERDICT_HINT;
    return VERDICT_END;
}

enum verdict verdict_of(const struct window *window, const struct envelope *envelope,
                        const char **why)
{
    uint64_t total = verdict_total(window, envelope);
    if (total > 0)
        return verdict_known(window, envelope, total, why);
    if (verdict_is_full(window, envelope, false))
        return VERDICT_MORE;
    *why = "the service names further pages, and this one is not full";
    if (verdict_names_more_pages(window, envelope) || verdict_is_followed(window, envelope))
        return VERDICT_HINT;
    return VERDICT_END;
}

bool verdict_says_more(const struct window *window, const struct envelope *envelope)
{
    const char *why;
    enum verdict verdict = verdict_of(window, envelope, &why);
    return verdict_total(window, envelope) == 0 &&
           (verdict == VERDICT_MORE || verdict == VERDICT_HINT);
}

/*
 * Some services name as perPage how many records came. An empty page 2 proves it: a service
 * that takes no notice of `page` would show page 1 again. So does a number that is not round,
 * where the endpoint is not known to have pages. Where it has, page 1 again may be a cache's.
 */
static bool verdict_is_echo(const struct window *window, uint64_t own,
                            const struct envelope *first, bool empty_behind)
{
    bool no_size = window->page == 0 && own % PLAN_ROUND_SIZE != 0;
    return own == first->count && (empty_behind || no_size);
}

bool verdict_is_everything(const struct window *window, const struct envelope *first,
                           bool empty_behind)
{
    uint64_t own = verdict_own_size(window, first), total = verdict_total(window, first);
    if (verdict_is_echo(window, own, first, empty_behind))
        own = 0;
    uint64_t size = own                ? verdict_least(window->size, own)
                    : window->size > 0 ? window->size
                                       : VERDICT_DEFAULT_SIZE;
    if (total > first->count || first->total_pages > 1 ||
        verdict_names_more_pages(window, first))
        return false;
    bool few = first->count < VERDICT_DEFAULT_SIZE && first->count != size;
    return first->count > size || few || first->total_pages == 1;
}

/* -------- the size of a window -------- */

bool verdict_is_too_large(const struct window *window, const struct envelope *envelope)
{
    return envelope->count + envelope->doubles > window->size;
}

static uint64_t verdict_distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

bool verdict_is_rounded(const struct window *window, const struct envelope *envelope,
                        const uint64_t *begins)
{
    uint64_t named = envelope->per_page > 0 ? (uint64_t)envelope->per_page : window->size;
    bool is_round = envelope->count % PLAN_ROUND_SIZE == 0;
    if (envelope->count + envelope->doubles >= window->size)
        return false;
    if (named != window->size && (named != envelope->count || is_round))
        return true;
    uint64_t rounded = (window->page - 1) * envelope->count;
    return begins &&
           verdict_distance(*begins, rounded) < verdict_distance(*begins, window_start(window));
}

bool verdict_doubts_end(const struct window *window, const struct envelope *envelope)
{
    bool names_size = envelope->per_page <= 0 || (uint64_t)envelope->per_page == window->size;
    return verdict_total(window, envelope) == 0 &&
           (!names_size || envelope->count % PLAN_ROUND_SIZE == 0);
}

/* -------- whether it is another page -------- */

bool verdict_is_mislaid(const struct window *window, const struct envelope *envelope)
{
    return envelope->current_page > 0 && window->page > 0 &&
           (uint64_t)envelope->current_page != window->page;
}

bool verdict_repeats_first(const struct window *window, const struct envelope *envelope,
                           const struct window *first_window, const struct envelope *first)
{
    struct overlap overlap = stitch_overlap(first, envelope);
    bool is_whole = envelope->count == first->count && envelope->count > window->size;
    bool documents_none = first_window->page == 0;
    if (overlap.from > 0 || overlap.count != envelope->count)
        return false;
    return verdict_is_mislaid(window, envelope) || is_whole ||
           (documents_none && envelope->count >= window->size);
}
