/* Fetches a whole list, or a record alone. */
#ifndef QPFS_API_PAGER_H
#define QPFS_API_PAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "api/client.h"
#include "api/endpoint.h"
#include "api/quirks.h"
#include "json/record.h"

/*
 * A pager fetches all records of one target: page 1, then the windows behind it with several in
 * flight. What comes out is complete as plan.h explains, or an error. With a limit, it ends
 * with -E2BIG as soon as a page tells that the list takes more calls than that. Mostly that is
 * page 1, so one call tells what the list costs.
 */
struct pager;

struct pager_result {
    int error;   /* 0 or -errno */
    long status; /* HTTP, of the answer that failed; 0 if there was none */
    bool nobody; /* a 404 that may mean that a list holds nobody: the service itself said so, of
                    page 1, and twice if that counts (`missing_is_empty`) */
    bool transient; /* it may be different the next time */
    bool untried;   /* as in struct answer */
    bool too_large; /* the same */
    /* Calls that the list takes: so many were made, or after -E2BIG would be. Those that were
     * refused for their size do not count, for the next list makes none of them. Of a list that
     * can't be true: all that were made. */
    uint64_t price;
    uint64_t
        total; /* records that the list says it has, after -E2BIG, too; 0: it does not say */
    const char *why;         /* borrowed; for the log, if there is an error */
    const char *message;     /* borrowed; the service's own, after an error; NULL: none */
    const char *request_id;  /* the same */
    struct record **records; /* in ascending order of ID; the array and its references pass to
                                the receiver */
    size_t count;
    size_t pages;               /* that they came on */
    uint64_t bytes;             /* of the records' files */
    struct freshness freshness; /* of all pages */
};

struct pager_options {
    struct client *client;
    struct target target;
    struct quirks *quirks;
    unsigned parallel;     /* pages in flight */
    uint64_t limit;        /* calls it may take; 0: as many as it needs */
    bool expect_people;    /* an empty list is read twice */
    bool missing_is_empty; /* a 404 may be one */
    bool anew;             /* no cache in between may answer */

    /* Called for each record that arrives. Take FRESH over and return what to use in its place,
     * with a reference: the same, or an older record that equals it. NULL: each is used as it
     * came. */
    struct record *(*keep)(void *data, struct record *fresh);
    /* Return the record of the last time beside ID, as in struct decoder_past; keep() of it
     * returns the same. NULL: nothing is known of the last time. */
    struct record *(*beside)(void *data, uint64_t id, bool below, size_t *hint);
    /* Called once, from the loop. The pager is gone afterwards. */
    void (*done)(void *data, struct pager_result *result);
    void *data;
};

/* Start; nothing is called from here. Return NULL when memory is out. */
struct pager *pager_create(const struct pager_options *options);

/* Return how many calls the list takes, as far as the pages that came have told; 1 or more. */
uint64_t pager_price(const struct pager *pager);

/* How far a fetch has come. */
struct pager_progress {
    uint64_t done;  /* pages that came */
    uint64_t pages; /* that it will be; 0: not known */
};

struct pager_progress pager_progress(const struct pager *pager);

/* From now on it may take LIMIT calls; 0: as many as it needs. */
void pager_set_limit(struct pager *pager, uint64_t limit);

/* While it is PAUSED, it finishes what is in flight, and asks for nothing more. It does not end
 * at its limit either: who wakes it may want the list at any price. */
void pager_pause(struct pager *pager, bool paused);

/* End it without a word. Take NULL. */
void pager_destroy(struct pager *pager);

#endif
