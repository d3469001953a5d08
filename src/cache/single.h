/* Asks for one record of a list by a call of its own. */
#ifndef QPFS_CACHE_SINGLE_H
#define QPFS_CACHE_SINGLE_H

#include "base/buffer.h"
#include "cache/holding.h"

/*
 * Only a plain yes counts: the record, of this list, with the members that its list's records
 * have, which are put in the list's order. For everything else the list has the last word, so
 * that no name comes and goes with the endpoint that was asked: also if the record names
 * another list. A 404 says nothing: a service may have users whom it does not give one by one.
 *
 * Does the service write a user alone as it does in lists? Where a single differs from what a
 * list shows, that may be a change. It may also be another form, and then the file would go
 * back and forth with the endpoint. One difference does not tell. So:
 *
 * - As long as no single has said the same as a list, in whichever order, one that differs is
 *   not shown, but the list is asked. One that has other members than the list never is.
 * - A list comes and does not say what a single had said that was asked for before: that single
 *   is asked for once more. If it says the same again, with a list in between that did not, it
 *   is another form, and lists are used from then on. If it does not, the user had changed.
 *
 * So a file goes back and forth at most once. A change costs one call more if somebody had seen
 * the user alone shortly before it. To ask for a list instead would cost its pages, and to
 * count differences would end in distrust of an account that changes.
 */

/* What a mount has learnt of the singles of one kind of list, and shares among those lists. */
struct single_kind {
    struct buffer shape; /* names of members and their order, as lists show them */
    bool small_lists;    /* the last list that was read was one page */
    bool agrees;         /* a list and a single have said the same */
    bool works;          /* a single was asked for, and came */
    bool unused;         /* none is asked for any more */
    unsigned misfits;    /* how often one was not what its list makes of it */
};

void single_kind_init(struct single_kind *kind);
void single_kind_finish(struct single_kind *kind);

/* All singles of one list. Embedded in the owner of that. */
struct singles {
    struct holding *list;
    struct single_kind *kind; /* NULL: records of the list can't be asked for alone */
    TAILQ_HEAD(single_head, single) all; /* owned */
    uint64_t price;  /* calls that the list takes, as far as known; 0: not known */
    int64_t came_ms; /* it came for the last time; 0: never */
};

/* One record alone. */
struct single {
    TAILQ_ENTRY(single) link;
    struct singles *singles; /* of which it is one */
    uint64_t id;
    struct holding holding; /* a snapshot with the record */
    struct record *doubt;   /* owned; what it said, and a list has to judge; or NULL */
    int64_t doubt_ms;       /* that was asked for */
    bool contradicted;      /* a list that was asked for later does not say the same */
    bool unknown;           /* the last call for it was a 404 */
};

/* Return NULL when memory is out. */
struct single *single_create(struct singles *singles, uint64_t id);

/* Nobody may wait for it any more. */
void single_destroy(struct single *single);

/* Return whether what is held counts, so that no list has come since it was asked for. */
bool single_counts(const struct single *single);

/* As holding_stale_ms(). Take NULL. */
int64_t single_stale_ms(const struct single *single);

/* A list came that was asked for at LIST_MS and shows LISTED, or NULL: compare it with what
 * SINGLE said. Return true if SINGLE is asked for once more, because they differ. */
bool single_compare(struct single *single, const struct record *listed, int64_t list_ms);

/* Put what is held into SNAPSHOT, a new list that nobody has seen so far, if it was asked for
 * later; or if it is the same, and so the same node. Return false when memory is out. */
bool single_meet_list(const struct single *single, struct snapshot *snapshot);

/* Let go of what is held. */
void single_drop(struct single *single);

/* Drop what can't serve any more, unless a list that is being read wants it. */
void single_sweep(struct single *single);

#endif
