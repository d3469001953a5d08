#ifndef QPFS_API_LEDGER_H
#define QPFS_API_LEDGER_H

#include <stdint.h>

/*
 * The calls that were made with a key, by this mount, by others at the same time and by those
 * before, against the allowance that the subscription gives. It is kept in a file
 * (ledger_file.h). Where that can't be, it says so once and counts the calls of this mount
 * alone: no call fails because it can't be written down.
 */
struct ledger;

struct ledger_options {
    const char *directory; /* for the file; NULL: there is none */
    const char *key;       /* the file is named after its fingerprint */
    uint64_t allowance;    /* calls in all; 0: not known, so nothing is refused */
    uint64_t reserve;      /* of those, how many are kept back; less than allowance */
};

/* OPTIONS are copied, the key is not. NULL when memory is out. */
struct ledger *ledger_create(const struct ledger_options *options);

/* Takes NULL. */
void ledger_destroy(struct ledger *ledger);

/* The functions below take NULL, as a ledger that counts nothing. None of them waits for
 * anything but the file system. */

/* Count the calls of another key from here on: what was counted stays with the one of before.
 * 0, or -ENOMEM and nothing has changed. */
int ledger_set_key(struct ledger *ledger, const char *key);

/* NULL if a call may be made, else why not, for people; borrowed, until the next use. */
const char *ledger_refusal(struct ledger *ledger);

/* Counts a call. To be called before it is sent: whoever is killed in between has counted too
 * many, not too few. Warns when 50, 80 and 95 % of the allowance are reached, once each. */
void ledger_count(struct ledger *ledger);

/* Takes back a call that was counted and never left this machine: the service has not seen it.
 */
void ledger_take_back(struct ledger *ledger);

/* The service says that no calls are left. Logs, once, what the ledger knows of it. */
void ledger_hear_refusal(struct ledger *ledger);

/* All calls counted so far, as far as is known without looking. */
uint64_t ledger_calls(const struct ledger *ledger);

/* 0: not known. */
uint64_t ledger_allowance(const struct ledger *ledger);

#endif
