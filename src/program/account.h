#ifndef QPFS_PROGRAM_ACCOUNT_H
#define QPFS_PROGRAM_ACCOUNT_H

#include "api/ledger.h"
#include "options/options.h"
#include "tree/tree.h"

/* All layers below the file system, put together for the account of some options. */
struct account {
    struct loop *loop;
    struct options *options; /* borrowed */
    struct ledger *ledger;   /* NULL: that of the demo, whose calls cost nothing */
    struct client *client;
    struct cache cache;
    struct tree tree;
};

/* OPTIONS must outlive it; a key that is read again becomes theirs. 0 or -errno; then it must
 * be finished all the same. */
int account_init(struct account *account, struct options *options);

/* Read the key file again, which there must be. Return whether another key is used from here
 * on; if it can't be read, that is logged, and the key stays. */
bool account_read_key(struct account *account);

/* What came of a listing. */
struct account_answer {
    struct snapshot
        *snapshot;          /* borrowed, as long as the listing serves; NULL after an error */
    uint64_t calls;         /* made for it */
    char why[384];          /* for people, after an error */
    struct failure failure; /* what is known of that */
};

/* Run the loop until LISTING is there. NULL means that memory is out. Return 0; -EINTR if the
 * loop was stopped before; else what the listing failed with, which has been logged. */
int account_fetch(struct account *account, struct listing *listing,
                  struct account_answer *answer);

/* Nobody may wait for a listing any more. Takes a zeroed account. */
void account_finish(struct account *account);

#endif
