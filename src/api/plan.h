/* Plans which parts of a long list to ask for, so that nobody who stays is missed. */
#ifndef QPFS_API_PLAN_H
#define QPFS_API_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* Services round the sizes of pages to multiples of this at least. */
#define PLAN_ROUND_SIZE 5

/*
 * A list is read in several calls, and the account changes between them. If somebody leaves,
 * everybody behind them moves up by one place. A page that is read after that begins one person
 * late, and that person is never seen. If somebody joins at the same time, even the total stays
 * what it was.
 *
 * So the list is read in windows that overlap. A window is what one call returns: page P of
 * size S holds the places from (P - 1) * S on, as they were at one moment. Each window is asked
 * for so that it begins at least one place before the end of the window before it. Two
 * neighbours fit if they share somebody: from the first record of the second window on, both
 * hold the same records in the same order.
 *
 * Why nobody is missing. Let Y stay in the list throughout, and let the order of those who stay
 * be the same at all times. Let X(j) be a record that windows j and j + 1 share. Y has a fixed
 * place among the X: behind X(j - 1) and before X(j), say. Window j shows one moment, and holds
 * both of these. Y was between them at that moment, so Y is in window j. It does not matter
 * when a window was read, in which order the windows came, or whether a cache gave an older
 * one.
 *
 * The end. A window that holds fewer records than it could was the end of the list at its
 * moment, so nobody who stays stands behind it.
 *
 * Where two neighbours do not fit, something moved between their reads. A bridge is read: a
 * window that begins well inside what is certain and reaches over the break. What is certain
 * stays certain, and nothing is started over.
 *
 * What it takes for granted: a call shows one moment, and the order of those who stay does not
 * change. reading.c looks for signs that it did: somebody at two places, or fewer people than a
 * total that was the same in all windows.
 */
struct window {
    uint64_t page; /* from 1; 0: asked for without a query, which is page 1 */
    uint64_t size; /* perPage */
};

/* The places that WINDOW holds: from its start on, and before its end. */
uint64_t window_start(const struct window *window);
uint64_t window_end(const struct window *window);

/* Which page sizes the service keeps to, finest first. Services are met that round the size. */
enum plan_sizes {
    PLAN_ANY_SIZE,
    PLAN_ROUND_SIZES,   /* multiples of 50, or of 10 where pages are small */
    PLAN_ROUNDER_SIZES, /* multiples of 100, or of 25 */
    PLAN_ONE_SIZE       /* pages can't overlap */
};

/*
 * Fill in WINDOW: of all windows of at most SIZE records that hold place AT, the one that
 * reaches furthest. Return false if there is none, or it reaches no further than AT.
 */
bool plan_window(struct window *window, uint64_t at, uint64_t size, enum plan_sizes sizes);

/*
 * Fill in BRIDGE: a window that begins BACK places before END, or as near to that as it can,
 * and reaches over END. The further back it begins, the less far it reaches. Return false if
 * there is none.
 */
bool plan_bridge(struct window *bridge, uint64_t end, uint64_t back, uint64_t size,
                 enum plan_sizes sizes);

/* Return the most that LISTS lists of TOTAL records together can take, however many each has.
 */
uint64_t plan_most_calls(uint64_t lists, uint64_t total, uint64_t size, enum plan_sizes sizes);

/* Return how many pages of SIZE hold TOTAL records. */
uint64_t plan_pages(uint64_t total, uint64_t size);

/*
 * How many windows a list may take: those that reach to its end where nothing moves, half as
 * many more, and ten. Without a bound a list whose order changes all the time would be read for
 * ever.
 */
struct plan_budget {
    uint64_t planned; /* windows that reach as far as the list is read, where nothing moves */
    uint64_t end;     /* where the last of these ends */
    uint64_t least;   /* those of a reading before, whose calls count as well */
};

/* Plan on to END, with windows of SIZE at most. */
void plan_budget_reach(struct plan_budget *budget, uint64_t end, uint64_t size,
                       enum plan_sizes sizes);

/* Return whether one more than CALLS may be made. */
bool plan_budget_allows(const struct plan_budget *budget, uint64_t calls);

/* Return how many windows a list may take beyond those that are PLANNED. */
uint64_t plan_budget_extra(uint64_t planned);

/* A list of more windows than this is not believed. */
#define PLAN_WINDOWS_MAX 100000

#endif
