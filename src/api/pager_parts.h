#ifndef QPFS_API_PAGER_PARTS_H
#define QPFS_API_PAGER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/merge.h"
#include "api/page.h"
#include "api/pager.h"
#include "api/plan.h"
#include "api/second_look.h"

/* What a pager is made of, for pager.c and pager_page.c alone. What may end it calls
 * pager_options.done, and the pager is gone. */

struct pager {
    struct pager_options options;
    struct plan plan;    /* at least page 1 */
    struct page **pages; /* owned; plan.count of them, NULL where not asked for yet */
    struct second_look look;
    struct merge merge;
    struct loop_work merging;
    size_t next;        /* the first page not asked for yet */
    size_t there;       /* how many have come */
    uint64_t bytes;     /* of their files */
    unsigned in_flight; /* calls */
    unsigned undecoded; /* bodies that came */
    uint64_t calls;     /* pages asked for since it last began */
    int64_t began_ms;
    unsigned restarts;
    uint64_t per_page; /* to ask for; what has proved itself goes to the habits */
    bool plain;        /* no overlap, for the service may not keep to sizes */
    uint64_t asked;    /* perPage of page 1; 0 if it was not said */
    int64_t total;     /* as page 1 gave it; 0: not known */
    char why[480];
};

/* The callback of a page of the plan: judges what it says, and goes on. May end it. */
void pager_on_page(void *data, struct page *page, const struct answer *answer);

/* PAGE is there or has failed: it is no longer under way. */
void pager_count_off(struct pager *pager, const struct page *page);

/* Asks for pages as long as more may be in flight. 0 or -ENOMEM. */
int pager_ask(struct pager *pager);

/* All pages are there, and some are to be read again: see second_look.h. 0 or
 * -ENOMEM. */
int pager_look_again(struct pager *pager);

/* All pages are there: checks them, and puts them together. May end it. */
void pager_all_there(struct pager *pager);

/* All pages are there and agree: puts them together. May end it. */
void pager_complete(struct pager *pager);

/* Whether the list takes more calls than it may. */
bool pager_is_past_limit(const struct pager *pager);

/* Begins anew with page 1, as if nothing had been asked for. May end it. */
void pager_start_again(struct pager *pager);

/* The same because what was read does not fit together: the account changed meanwhile, or the
 * service is wrong. Not without end. May end it. */
void pager_start_over(struct pager *pager, const char *why);

/* End it with an error: that of one of the functions above; of the ANSWER to a page; of a page
 * that came and is not what it should be. */
void pager_fail_to(struct pager *pager, int error);
void pager_fail_page(struct pager *pager, const struct page *page, const struct answer *answer);
void pager_fail_wrong(struct pager *pager, const struct page *page, const char *why);

#endif
