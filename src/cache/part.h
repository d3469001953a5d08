/* Takes the list of a department out of that of its organization, for -o one_list. */
#ifndef QPFS_CACHE_PART_H
#define QPFS_CACHE_PART_H

#include "cache/holding.h"

/*
 * The list of everybody of an organization says of each person in which department they are. So
 * one fetch of it may stand for the lists of all departments. But the service's own sample says
 * 0 there, of people who are in a department. If that were believed, a backup would lose them.
 * So a department is asked by its own list
 *
 * - if the list of everybody shows nobody there;
 * - if somebody is not there whom this mount showed there last, by whichever list;
 * - if the list of everybody was asked for before what this mount showed last;
 * - if no department was compared so far, and the list of everybody says of anybody that they
 *   are in no department: both lists are compared then.
 *
 * Where both lists of a department are held they are compared. If the list of everybody leaves
 * out somebody, says that they are in no department, or writes people in another form, it is
 * not used any more. One changed value is a change, and not another form.
 */

/* What the list of everybody knows of its departments. Embedded in the owner of that list, and
 * zeroed at first. */
struct parts {
    void *shown;        /* a search tree: what this mount showed last of each department */
    bool agree;         /* one department was read both ways, and they said the same */
    uint64_t outside;   /* people whose department is not listed, as logged last */
    int64_t outside_ms; /* and when the list came that was counted last */
    uint64_t calls;     /* made within this TTL for departments, in place of the list */
    uint64_t singles;   /* that were made in all when that TTL began */
    int64_t began_ms;   /* that TTL */
};

void parts_finish(struct parts *parts);

/* Return whether nothing is remembered. */
bool parts_are_idle(const struct parts *parts);

/* Remember SNAPSHOT, the list of DEPARTMENT, as what was shown last. Return 0 or -ENOMEM. */
int parts_remember(struct parts *parts, uint64_t department, const struct snapshot *snapshot);

/* Log how many people of WHOLE are in none of the departments LISTED; NULL: those are not
 * known. PATH is that of the list. WHOLE must have been sorted. */
void parts_log_outside(struct parts *parts, const struct snapshot *whole,
                       const struct snapshot *listed, const char *path);

/* Count COUNT calls that were made for departments in place of WHOLE. */
void parts_count_calls(struct parts *parts, const struct holding *whole, uint64_t count);

/* WHOLE came. */
void parts_forget_calls(struct parts *parts, const struct holding *whole);

/* Return whether one call more for a department makes those within a TTL as many as the PRICE
 * of WHOLE in calls; 0: it is not known. */
bool parts_pay_whole(struct parts *parts, const struct holding *whole, uint64_t price);

enum part_verdict {
    PART_TAKEN, /* records and count are set, for the owner to take over */
    PART_OWN,   /* the department's own list has to be asked */
    PART_FAILED /* error and why are set */
};

/* One department, which waits for the list of everybody. Embedded in the owner of its list, and
 * zeroed at first but for the first part. */
struct part {
    struct holding *own;   /* the department's list */
    struct holding *whole; /* that of everybody; NULL: there is none, and nothing happens */
    struct parts *parts;   /* of that */
    uint64_t department;
    void *data;
    /* Called once, from the loop. What it borrows goes with its return. */
    void (*done)(struct part *part, enum part_verdict verdict);

    struct snapshot *source; /* what the records were taken from, held while DONE is called */
    struct record **records;
    size_t count;
    int error;
    const char *why;
    bool comparing;  /* the own list is asked to be compared */
    bool refused;    /* the service did not give it for that */
    uint64_t missed; /* a person who was shown there, and is not in the list of everybody */

    bool running;
    struct waiter waiter;
    struct derived_waiter derived;
    struct loop_work work;
};

/* Begin. */
void part_start(struct part *part);

/* End it without a word, if it runs. ABANDON: as of waiter_cancel(). */
void part_stop(struct part *part, bool abandon);

/* Let go of the records, which nobody takes over. */
void part_drop(struct part *part);

/* The department is asked for anew, in whichever way: why that was done last does not count. */
void part_forget(struct part *part);

/* OWN came, the department's own list. Return a sentence if the list of everybody that is held
 * may not be used any more, or NULL. To be called before parts_remember(). */
const char *part_compare(struct part *part, const struct snapshot *own);

#endif
