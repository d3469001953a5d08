/* Judges page 1 of a list: whether it can be believed, and whether there may be more. */
#ifndef QPFS_API_FIRST_PAGE_H
#define QPFS_API_FIRST_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/plan.h"
#include "json/decoder.h"

/* What page 1 of one list said so far. It may be read several times. */
struct first_page {
    bool expects_people; /* an empty list is read twice */
    bool confirmed;      /* it was read a second time */
    bool nobody_again;   /* it held nobody, and is read a second time for that */
    uint64_t count;      /* of its records, when it was last doubted for them */
    uint64_t total;      /* kept where it then gives none, and fewer people; 0: not known */
};

enum first_page_state {
    FIRST_PAGE_AGAIN,   /* it must be read once more, past all caches */
    FIRST_PAGE_ALL,     /* nothing comes behind it */
    FIRST_PAGE_MORE,    /* more may come */
    FIRST_PAGE_SHORT,   /* more may come: it is not full, and its total counts more */
    FIRST_PAGE_DOUBTFUL /* by its count it is all, but something else that it says is not so */
};

/*
 * ENVELOPE came for WINDOW, page 1 of a list that is asked for in SIZES. Return an enum
 * first_page_state, or -EBADMSG with a static sentence in WHY.
 */
int first_page_take(struct first_page *first, const struct window *window,
                    const struct envelope *envelope, enum plan_sizes sizes, const char **why);

#endif
