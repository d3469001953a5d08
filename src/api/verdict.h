#ifndef QPFS_API_VERDICT_H
#define QPFS_API_VERDICT_H

#include <stdint.h>

#include "json/envelope.h"

/*
 * What a page says about whether there is more. The service's own pages show that its totals
 * can't be taken at their word: the sample of communities holds three items and says
 * "totalItems": 0. So 0 or nothing beside items means "not known".
 */
enum verdict {
    VERDICT_COMPLETE,        /* nothing comes behind this page */
    VERDICT_COMPLETE_BEFORE, /* nothing came behind the page before; this one is to be dropped
                              */
    VERDICT_MORE,            /* more, and totalItems says how many */
    VERDICT_MORE_UNKNOWN,    /* more, perhaps; the next page will tell */
    VERDICT_INCONSISTENT,    /* this does not fit together, but may when it is read anew */
    VERDICT_HOPELESS         /* nor will it then */
};

/* Page 1, for which ASKED items were asked (0: it was not said how many). WHY gets a static
 * sentence when something is wrong. */
enum verdict verdict_first(const struct envelope *first, uint64_t asked, const char **why);

/* Page NUMBER (from 2), asked for with the size of FIRST, where the total is not known. ASKED
 * as above. */
enum verdict verdict_next(const struct envelope *first, uint64_t asked,
                          const struct envelope *page, uint64_t number, const char **why);

/* A page where the total is known: it must hold EXPECTED items and give the same TOTAL. */
enum verdict verdict_known(const struct envelope *page, uint64_t expected, int64_t total,
                           const char **why);

/* Whether COUNT records of both are the same ones in the same order, from A_AT and B_AT on. */
bool envelope_same_ids(const struct envelope *a, size_t a_at, const struct envelope *b,
                       size_t b_at, size_t count);

/* Whether both hold the same records in the same order. */
bool envelope_repeats(const struct envelope *a, const struct envelope *b);

#endif
