/* One page of a target: asked for with a call, decoded, and checked. */
#ifndef QPFS_API_PAGE_H
#define QPFS_API_PAGE_H

#include <stdbool.h>

#include "api/client.h"
#include "api/endpoint.h"
#include "api/plan.h"
#include "json/decoder.h"

struct page;

/*
 * Called once, from the loop. Without an error in ANSWER, which is borrowed, the page is there:
 * it is what was asked for, as far as it says so itself, and holds nobody twice. With an error
 * the call failed, or the body is not what it should be. The page may be destroyed by it.
 */
typedef void page_done_fn(void *data, struct page *page, const struct answer *answer);

/* Called at most once, before that, from the loop: the body has come and will now be decoded,
 * in steps. The page may not be destroyed by it. */
typedef void page_came_fn(void *data, struct page *page);

/* What the pages of one list have in common. */
struct page_source {
    struct client *client;
    struct target target;
    struct decoder_past past; /* what the list held the last time; zeroed: not known */
    page_came_fn *came;       /* may be NULL */
    page_done_fn *done;
    void *data;
};

/* Ask for WINDOW of SOURCE, which is borrowed. ANEW: no cache in between may answer. Return
 * NULL when memory is out. */
struct page *page_create(const struct page_source *source, const struct window *window,
                         bool anew);

/* Cancel the call or give the records back. Take NULL. */
void page_destroy(struct page *page);

/* Return whether its body has come. */
bool page_has_come(const struct page *page);

/* Return what it holds, once it is there. The receiver may put other records in the place of
 * these, and NULL where it took one over. */
struct envelope *page_envelope(struct page *page);

/* Return what its answer said of its age, once it is there. Borrowed. */
const struct freshness *page_freshness(const struct page *page);

#endif
