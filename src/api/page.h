#ifndef QPFS_API_PAGE_H
#define QPFS_API_PAGE_H

#include <stdbool.h>

#include "api/client.h"
#include "api/endpoint.h"
#include "api/plan.h"
#include "json/decoder.h"

/* One page of a target: asked for with a call, then there as an envelope. */
struct page;

/*
 * Called once, from the loop: the page is there, or ANSWER, borrowed, says what failed, also
 * where the call was answered and the body is not what it should be. The page may be destroyed
 * by it.
 */
typedef void page_done_fn(void *data, struct page *page, const struct answer *answer);

/* Called at most once, before that, from the loop: the body has come and will now be decoded,
 * in steps. The page may not be destroyed by it. */
typedef void page_came_fn(void *data, struct page *page);

/* Ask for WINDOW. Return NULL when memory is out. */
struct page *page_create(struct client *client, const struct target *target,
                         const struct window *window, page_done_fn *done, void *data);

/* Right after page_create(). */
void page_on_came(struct page *page, page_came_fn *came);

/* Cancels the call or gives the records back. Takes NULL. */
void page_destroy(struct page *page);

/* Whether its body has come. */
bool page_has_come(const struct page *page);

/* What it holds, once it is there. The receiver may put other records in the place of these,
 * and NULL where he took one over. */
struct envelope *page_envelope(struct page *page);

/* What its answer said of its age, once it is there. Borrowed. */
const struct freshness *page_freshness(const struct page *page);

#endif
