#ifndef QPFS_API_PAGER_H
#define QPFS_API_PAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "api/client.h"
#include "api/endpoint.h"
#include "api/habits.h"
#include "json/record.h"

/*
 * Fetches all records of one target: page 1, then the others with several in flight. What comes
 * out is complete as plan.h explains, or an error; when the account is seen to change between
 * two pages it starts over, three times.
 */
struct pager;

struct pager_result {
    int error;      /* 0 or -errno */
    bool not_found; /* the service answered 404: whether that is ENOENT is for the parent's list
                     */
    bool passing;   /* it may be different the next time */
    const char *why;         /* borrowed; for the log, if there is an error */
    struct record **records; /* in ascending order of ID; the array and its references pass to
                                the receiver */
    size_t count;
    unsigned pages;
};

struct pager_options {
    struct client *client;
    struct target target;
    struct habits *habits;
    unsigned parallel; /* pages in flight */

    /* Called for each record that arrives. Takes FRESH over and returns what to use in its
     * place, with a reference: the same, or an older record that equals it. */
    struct record *(*keep)(void *data, struct record *fresh);
    /* Called once, from the loop. The pager is gone afterwards. */
    void (*done)(void *data, struct pager_result *result);
    void *data;
};

/* Starts; nothing is called from here. NULL when memory is out. */
struct pager *pager_create(const struct pager_options *options);

/* Ends it without a word. Takes NULL. */
void pager_destroy(struct pager *pager);

#endif
