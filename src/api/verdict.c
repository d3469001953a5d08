#include "api/verdict.h"

/* The page size when nothing is said, by the documentation; also the smallest that a server is
 * believed to cut page sizes down to without a word. */
#define VERDICT_DEFAULT_SIZE 100u

static enum verdict verdict_wrong(enum verdict verdict, const char **why, const char *text)
{
    *why = text;
    return verdict;
}

bool envelope_same_ids(const struct envelope *a, size_t a_at, const struct envelope *b,
                       size_t b_at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a->records[a_at + i]->id != b->records[b_at + i]->id)
            return false;
    }
    return true;
}

bool envelope_repeats(const struct envelope *a, const struct envelope *b)
{
    return a->count == b->count && envelope_same_ids(a, 0, b, 0, a->count);
}

/*
 * Fewer items than this on a page and it is the last one. A server may cut the size down and
 * still echo what was asked for, so what was asked for and echoed proves nothing; what was
 * echoed and not asked for is the server's own word.
 */
static uint64_t verdict_full_size(const struct envelope *first, uint64_t asked)
{
    uint64_t echoed = first->per_page > 0 ? (uint64_t)first->per_page : 0;
    if (echoed && echoed != asked)
        return echoed;
    return asked && asked < VERDICT_DEFAULT_SIZE ? asked : VERDICT_DEFAULT_SIZE;
}

static bool verdict_is_full(const struct envelope *first, uint64_t asked)
{
    return first->count >= verdict_full_size(first, asked);
}

/* More than a page holds: then it is no page but everything. */
static bool verdict_exceeds_size(const struct envelope *first, uint64_t asked)
{
    uint64_t echoed = first->per_page > 0 ? (uint64_t)first->per_page : 0;
    uint64_t size = echoed ? echoed : asked ? asked : VERDICT_DEFAULT_SIZE;
    return first->count > size;
}

/* totalPages promises more than totalItems does, even if pages were as small as either of what
 * is echoed and what came. */
static bool verdict_pages_contradict(const struct envelope *first)
{
    uint64_t total = (uint64_t)first->total_items, size = first->count;
    if (first->per_page > 0 && (uint64_t)first->per_page < size)
        size = (uint64_t)first->per_page;
    if (size == 0 || first->total_pages <= 1)
        return false;
    return (uint64_t)first->total_pages > total / size + (total % size != 0);
}

static enum verdict verdict_first_known(const struct envelope *first, uint64_t asked,
                                        const char **why)
{
    uint64_t total = (uint64_t)first->total_items;
    if (verdict_pages_contradict(first))
        return verdict_wrong(VERDICT_HOPELESS, why,
                             "totalPages says that there is more than totalItems");
    if (first->count == total)
        return VERDICT_COMPLETE;
    if (first->count > total)
        return verdict_wrong(VERDICT_INCONSISTENT, why, "page 1 holds more than totalItems");
    if (!verdict_is_full(first, asked) && first->count < VERDICT_DEFAULT_SIZE)
        return verdict_wrong(VERDICT_INCONSISTENT, why,
                             "page 1 is short, and totalItems says that there is more");
    return VERDICT_MORE;
}

enum verdict verdict_first(const struct envelope *first, uint64_t asked, const char **why)
{
    if (first->total_items > 0)
        return verdict_first_known(first, asked, why);
    if (first->count == 0 && first->total_pages > 1)
        return verdict_wrong(VERDICT_INCONSISTENT, why,
                             "page 1 is empty, and totalPages says that there are more");
    if (first->count == 0 && first->total_items < 0)
        return verdict_wrong(VERDICT_HOPELESS, why,
                             "an empty list that does not say that there is nobody");
    if (first->count == 0)
        return VERDICT_COMPLETE;
    if (first->total_pages > 1 || verdict_is_full(first, asked))
        return VERDICT_MORE_UNKNOWN;
    return VERDICT_COMPLETE;
}

enum verdict verdict_next(const struct envelope *first, uint64_t asked,
                          const struct envelope *page, uint64_t number, const char **why)
{
    if (page->total_items > 0)
        return verdict_wrong(VERDICT_INCONSISTENT, why, "totalItems changed between pages");
    if (page->count > 0 && envelope_repeats(page, first)) {
        /* An endpoint that ignores page= shows all it has, unless it also cuts page 1 off. */
        if (!verdict_exceeds_size(first, asked))
            return verdict_wrong(
                VERDICT_HOPELESS, why,
                "page 2 repeats page 1: what may be behind it can't be asked for");
        return VERDICT_COMPLETE_BEFORE;
    }
    if (page->count > first->count)
        return verdict_wrong(VERDICT_INCONSISTENT, why, "a page is larger than page 1");
    if (page->count == first->count)
        return VERDICT_MORE_UNKNOWN;
    if (first->total_pages > 0 && number < (uint64_t)first->total_pages)
        return verdict_wrong(VERDICT_INCONSISTENT, why,
                             "a page is short, and totalPages says that there are more");
    return page->count == 0 ? VERDICT_COMPLETE_BEFORE : VERDICT_COMPLETE;
}

enum verdict verdict_known(const struct envelope *page, uint64_t expected, int64_t total,
                           const char **why)
{
    if (page->total_items != total)
        return verdict_wrong(VERDICT_INCONSISTENT, why, "totalItems changed between pages");
    if (page->count != expected)
        return verdict_wrong(VERDICT_INCONSISTENT, why,
                             "a page does not hold what totalItems promised");
    return VERDICT_COMPLETE;
}
