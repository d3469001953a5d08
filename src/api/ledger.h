/* Counts the calls that were made with a key, against the allowance of the subscription. */
#ifndef QPFS_API_LEDGER_H
#define QPFS_API_LEDGER_H

#include <stdint.h>

/*
 * The calls of this mount, of others at the same time and of those before. They are kept in a
 * file (ledger_file.h). Where that can't be, the ledger says so once and counts the calls of
 * this mount alone: no call fails because it can't be written down.
 */
struct ledger;

struct ledger_options {
    const char *directory; /* for the file; NULL: there is none */
    const char *key;       /* the file is named after its fingerprint */
    uint64_t allowance;    /* calls in all; 0: not known, so nothing is refused */
    uint64_t reserve;      /* of those, how many are kept back; less than allowance */
};

/* Copy OPTIONS, but not the key. Return NULL when memory is out. */
struct ledger *ledger_create(const struct ledger_options *options);

/* Take NULL. */
void ledger_destroy(struct ledger *ledger);

/* The functions below take NULL, as a ledger that counts nothing. None of them waits for
 * anything but the file system. */

/* Count the calls of another key from here on. What was counted stays with the key of before.
 * Return 0; or -ENOMEM, and nothing has changed. */
int ledger_set_key(struct ledger *ledger, const char *key);

/* Return NULL if a call may be made, else why not, for people; borrowed, until the next use. */
const char *ledger_refusal(struct ledger *ledger);

/* Learn what other mounts have counted. */
void ledger_look(struct ledger *ledger);

/* Count a call, before it is sent: a mount that is killed in between has counted too many, not
 * too few. Warn when 50, 80 and 95 % of the allowance are reached, once each. */
void ledger_count(struct ledger *ledger);

/* Take back a call that was counted and never left this machine: the service has not seen it.
 */
void ledger_take_back(struct ledger *ledger);

/* The service says that no calls are left. Log, once, what the ledger knows of it. */
void ledger_hear_refusal(struct ledger *ledger);

/* Return all calls counted so far, as far as is known without looking. */
uint64_t ledger_calls(const struct ledger *ledger);

/* Return the allowance, and how much of it may still be used, less the reserve; 0: not known.
 */
uint64_t ledger_allowance(const struct ledger *ledger);
uint64_t ledger_left(const struct ledger *ledger);

#endif
