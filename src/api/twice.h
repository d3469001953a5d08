/* Reads a list whose pages can't overlap: each page twice, and both must agree. */
#ifndef QPFS_API_TWICE_H
#define QPFS_API_TWICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/chain.h"
#include "api/flight.h"

/*
 * For services that ignore the page size. If somebody leaves between two pages and nobody else
 * moves, the second reading differs from the first. So a person can be missed only where the
 * list moves up, down and up again at the same two pages, each time between the same two calls.
 * The second reading asks past all caches. A cache that does not heed that may give the same
 * old page to both readings, and then a person can be missed too.
 */
struct twice {
    struct flight *flight; /* borrowed */
    uint64_t size;         /* of a page: what page 1 holds */
    size_t pages;          /* that the list has; 0: not known yet */
    size_t filled;         /* so many of the first reading, from the first on, bring people */
    size_t same;           /* so many of them, from the first on, agree in both readings */
    bool has_tail; /* the page behind the last one showed the end, and is read again too */
    bool again;    /* a reading was in vain, and there is not to be another one */
};

/* FLIGHT holds page 1 alone, which is there, holds somebody, and is not the end. Put the pages
 * behind it in. AGAIN: a reading was in vain before, so two must agree now. Return 0, -ENOMEM,
 * or -EFBIG for more pages than can be. */
int twice_init(struct twice *twice, struct flight *flight, bool again);

/*
 * Look at what came, and put into the flight what is needed next. Return CHAIN_COMPLETE, and
 * the flight holds each page once; CHAIN_GOES_ON; CHAIN_SIZE_REFUSED, with WHY, where a page
 * of the first reading brings nobody new, and it was said that more people come, or is short,
 * and people came behind it; or -errno as chain_take().
 */
int twice_take(struct twice *twice, const char **why);

/* Return whether page 2 brought other people than page 1, or no total promises more pages. Else
 * one page is to be asked for at a time. */
bool twice_goes_on(const struct twice *twice);

/* Return how many calls the list takes, as far as is known. */
uint64_t twice_calls(const struct twice *twice);

#endif
