/* Judges what a window of a list says: of the end, of its size, of its place. */
#ifndef QPFS_API_VERDICT_H
#define QPFS_API_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "api/plan.h"
#include "json/decoder.h"

/*
 * The totals of the service can't be taken at their word. Its own sample of communities holds
 * three items and says "totalItems": 0, so 0 beside items means "not known". A total behind
 * page 1 that is just what this window holds counts only this window, and means the same.
 */
enum verdict {
    VERDICT_END,  /* nothing comes behind this window */
    VERDICT_MORE, /* more may come */
    VERDICT_HINT, /* this is the end by its count, but a link or a number of pages says more */
    VERDICT_WRONG /* the window does not hold what its own total says */
};

/* Judge WINDOW, not empty. WHY gets a static sentence, unless the verdict is END or MORE. */
enum verdict verdict_of(const struct window *window, const struct envelope *envelope,
                        const char **why);

/* Return the total that WINDOW gives, or 0 if it is not known. */
uint64_t verdict_total(const struct window *window, const struct envelope *envelope);

/* Return whether a link of WINDOW leads to a page behind it. */
bool verdict_names_more_pages(const struct window *window, const struct envelope *envelope);

/* Return whether totalPages counts pages behind WINDOW, and they have its size, as far as is
 * known. */
bool verdict_counts_more_pages(const struct window *window, const struct envelope *envelope);

/* Return whether WINDOW, which gives no total, says in another way that more comes behind it.
 */
bool verdict_says_more(const struct window *window, const struct envelope *envelope);

/* Return whether page 1 of an endpoint that ignores `page` is surely all that there is: it
 * holds more than a page, or less than the service would put on one. EMPTY_BEHIND: page 2 did
 * not repeat it, but was empty. */
bool verdict_is_everything(const struct window *window, const struct envelope *first,
                           bool empty_behind);

/* Return whether WINDOW holds more records than it was asked for. So the service does not keep
 * to its size. */
bool verdict_is_too_large(const struct window *window, const struct envelope *envelope);

/*
 * Return whether WINDOW, which is short, seems to have a size that the service rounded down.
 * That is so if the service names another size, and not just the number of records that came.
 * It is also so if the window begins nearer to where a page of as many records begins than to
 * where it should. BEGINS: where it begins, by the window before; NULL: not known.
 */
bool verdict_is_rounded(const struct window *window, const struct envelope *envelope,
                        const uint64_t *begins);

/*
 * Return whether WINDOW, which is short, may not be the end. To be asked as long as no window
 * had the size that was asked for. Its size may have been rounded down if it is a round number,
 * or the one that the service names. Then only a total tells.
 */
bool verdict_doubts_end(const struct window *window, const struct envelope *envelope);

/* Return whether WINDOW says that it is another page than was asked for. */
bool verdict_is_mislaid(const struct window *window, const struct envelope *envelope);

/*
 * Return whether WINDOW, not empty, shows page 1 again and not what was asked for. An endpoint
 * that documents no pages may as well show the first part of it.
 */
bool verdict_repeats_first(const struct window *window, const struct envelope *envelope,
                           const struct window *first_window, const struct envelope *first);

#endif
