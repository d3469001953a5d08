/* Tells what an account holds, and what reading it costs, for qpfs --check. */
#ifndef QPFS_PROGRAM_ACCOUNT_H
#define QPFS_PROGRAM_ACCOUNT_H

#include "program/layers.h"
#include "program/report.h"
#include "tree/cost.h"

/* A check, and what it knows of the account. */
struct account {
    const struct options *options;
    struct report report;
    struct layers layers;
    struct recorder *recorder; /* or NULL */

    bool answered;    /* the key was accepted */
    bool one_list;    /* the option was given: a check itself reads the lists of departments */
    struct cost walk; /* of a mount and a walk through everything */
    struct cost own,
        one;         /* of all users, by the lists of departments or by those of everybody */
    uint64_t beside; /* calls made that no walk makes */
};

/* Fetch LISTING, which a finding calls PATH; NULL: as the API does. Return what came, borrowed
 * while the listing serves; or NULL, and a finding about WHAT says why. */
struct snapshot *account_fetch(struct account *account, struct listing *listing,
                               const char *what, const char *path);

/* Look at all organizations, and add up what their users cost. */
void account_look(struct account *account, const char *what);

/* Tell what a mount and a walk cost, by the calls made so far and what was added up. */
void account_tell_cost(struct account *account, const char *what);

/* Call LOOK for each organization that a mount would show. Return whether they are known. */
bool account_each(struct account *account, const char *what,
                  void (*look)(struct account *account, struct dir *organization,
                               const char *what));

#endif
