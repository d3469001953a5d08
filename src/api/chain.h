/* Reads a list in windows that overlap, and stitches them together: see plan.h. */
#ifndef QPFS_API_CHAIN_H
#define QPFS_API_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/first_page.h"
#include "api/flight.h"
#include "api/plan.h"

/*
 * The windows of a flight, from the first on, become a chain: each fits the one before. The
 * chain puts windows into the flight, and takes those out that nobody needs any more.
 */
struct chain {
    struct flight *flight; /* borrowed */
    enum plan_sizes sizes;
    uint64_t size; /* the most that the service puts into a window; 0: page 1 is not there */
    size_t length; /* so many windows of the flight are stitched together */
    struct plan_budget budget; /* of all windows that are put into the flight */
    unsigned tries;            /* bridges that were asked for at this break */
    bool looking;    /* the last window was asked for because the one before was contradicted */
    bool kept;       /* a window behind page 1 had a size that was asked for and is not round */
    bool plain;      /* page 2 was asked for as it is, for page 1 is too short to overlap */
    unsigned behind; /* pages that were asked for behind an end that a link contradicts */
    bool links_lie;  /* pages that hold nobody, behind the end, named further ones */
    bool asked_again;    /* page 2, for it showed that the endpoint knows no pages */
    bool gave_same_size; /* a window that was refused had the size of page 1, or of another one
                          */
    struct first_page first;
    bool total_changed;
    uint64_t refused; /* calls that came to nothing, for a window was too large: not counted */
    uint64_t total;   /* that all windows gave, unless it changed; 0: not known */
};

enum chain_state {
    CHAIN_GOES_ON,
    CHAIN_COMPLETE,
    CHAIN_SIZE_REFUSED /* a window behind page 1 had another size than was asked for, or of
                          these sizes there is none that overlaps */
};

/* FLIGHT holds page 1 alone, asked for or not. */
void chain_init(struct chain *chain, struct flight *flight, enum plan_sizes sizes,
                bool expect_people);

/* Return whether the list, which was read to its end, is short enough to be read once more. */
bool chain_may_begin_again(const struct chain *chain);

/*
 * Look at what came, and put into the flight what is needed next. Return an enum chain_state,
 * or -errno: -EBADMSG with a static sentence in WHY, -ENOMEM, -EFBIG for more windows than can
 * be. When it is complete, the flight holds the windows of the chain, and nothing else.
 */
int chain_take(struct chain *chain, const char **why);

/* The service keeps to SIZES alone. Go on with those from where the chain ends. Errors as
 * above. */
int chain_change_sizes(struct chain *chain, enum plan_sizes sizes, const char **why);

/* Return whether the last window was asked for behind what seems to be the end, where pages may
 * be refused for that. */
bool chain_is_behind(const struct chain *chain);

/* Window INDEX, behind page 1, was refused: it is too large. Go on with windows of SIZE at
 * most. Results as of chain_take(). */
int chain_shrink(struct chain *chain, size_t index, uint64_t size, const char **why);

/* Take window FROM and all behind it out: their size was refused. */
void chain_cut_refused(struct chain *chain, size_t from);

#endif
