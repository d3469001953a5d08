/* Reads one list to its end, in the way that its service keeps to. */
#ifndef QPFS_API_READING_H
#define QPFS_API_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/chain.h"
#include "api/flight.h"
#include "api/quirks.h"
#include "api/twice.h"

/*
 * A list is read in windows that overlap (chain.h), of any size at first. A service that does
 * not keep to the sizes is asked for rounder ones, and what is certain stays. Where one size is
 * left, the chain judges page 1, and each page is read twice from there on (twice.h). Until the
 * service has kept to a size once, one window is tried, and the others wait for it. Of a list
 * of 24 windows or more, whose page 1 is full, a twelfth is tried. A list of one size takes two
 * calls a page anyway, so a few calls in vain are little there, and a round of waiting is much.
 *
 * The reading puts windows into its flight and takes them out. It asks for none.
 */
struct reading {
    struct flight *flight; /* borrowed */
    struct quirks *quirks; /* borrowed */
    enum endpoint_paging paging;
    struct chain chain;
    struct twice twice; /* in place of the chain behind page 1, where pages can't overlap */
    bool is_twice;
    bool again;        /* it was begun again, since the order was in doubt */
    bool told_size;    /* a message with a smaller size was followed */
    bool shrunk_twice; /* pages were too large while they were read twice */
    bool had_gap; /* a page that was promised brought nobody new, and page 1 was asked anew */
    uint64_t per_page;     /* of page 1; what has proved itself goes to the quirks */
    struct answer refused; /* the last 400 or 404 to a window behind page 1; no error: none */
};

/* Put page 1 into FLIGHT, which is empty. EXPECT_PEOPLE: an empty list is read twice. Return 0
 * or -ENOMEM. */
int reading_begin(struct reading *reading, struct flight *flight, struct quirks *quirks,
                  enum endpoint_paging paging, bool expect_people);

/*
 * Look at what came, and put into the flight what is needed next. Return CHAIN_GOES_ON; or
 * CHAIN_COMPLETE, and the flight holds the windows of the list and nothing else; or -errno as
 * chain_take().
 */
int reading_take(struct reading *reading, const char **why);

/*
 * Window INDEX was refused with ANSWER: see what that means. Return 0 if the reading goes on; 1
 * if it fails with ANSWER; or -errno as chain_take().
 */
int reading_take_refusal(struct reading *reading, size_t index, const struct answer *answer,
                         const char **why);

/*
 * Return whether the list may be incomplete, for its order seems to have changed while it was
 * read. COUNT people came of it; DOUBLES stood twice on one page; AT_TWO_PLACES: somebody stood
 * on two pages. So it is if somebody did, if fewer came than the total says, or if far fewer
 * came than page 1 alone says. Where each page is read twice, the totals have been compared
 * with the pages already. But who stands on two of them hides that somebody else is missing.
 */
bool reading_doubts_order(const struct reading *reading, uint64_t count, uint64_t doubles,
                          bool at_two_places);

/* Begin again with page 1: only another reading tells whether the order changed. Return 0; or
 * -EBADMSG if that was done before, or the list is not short. */
int reading_begin_again(struct reading *reading);

/* The list is complete: tell the quirks what has worked. */
void reading_learn(const struct reading *reading);

/* Return how many calls the list takes, as far as is known; of those that were refused for
 * their size, none. */
uint64_t reading_price(const struct reading *reading);

/* Return whether the price is that of the whole list. */
bool reading_knows_price(const struct reading *reading);

#endif
