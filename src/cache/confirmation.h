/* Asks the list above what a 404 on a list means. */
#ifndef QPFS_CACHE_CONFIRMATION_H
#define QPFS_CACHE_CONFIRMATION_H

#include "cache/holding.h"

/*
 * Gone, or broken, or empty? ENOENT tells rsync to delete the backup. So only a list above that
 * was asked for after the 404, and that no longer names the owner of the list, may say so. One
 * that was asked for before proves nothing: neither one that serves on because the service
 * fails, nor one whose fetch was under way.
 */
enum confirmation_verdict {
    CONFIRMATION_NONE,   /* not so far */
    CONFIRMATION_BROKEN, /* nothing says anything else */
    CONFIRMATION_GONE,
    CONFIRMATION_EMPTY
};

/* Zeroed at first but for the first part. */
struct confirmation {
    struct holding *asked; /* the list above, or the record of the owner; NULL: there is none */
    uint64_t id;           /* of the owner there */
    bool may_be_gone;      /* if the owner is not there */
    bool may_be_empty;     /* if the owner is there */
    bool any_age;          /* that it is there proves an older answer, too */
    char why[512];         /* of the 404, for people */
    struct failure failure;
    void *data;
    /* Called once, from the loop. */
    void (*done)(struct confirmation *confirmation, enum confirmation_verdict verdict);

    struct waiter waiter; /* to be cancelled if it is to end without a word */
    int64_t missing_ms;   /* clock_ms() of the 404 */
    bool again;           /* the first list that came was too old */
};

/* Begin to ask. Return the verdict, if what is held is enough for one or nobody can be asked;
 * or else CONFIRMATION_NONE, and DONE is called with it. */
enum confirmation_verdict confirmation_start(struct confirmation *confirmation);

#endif
