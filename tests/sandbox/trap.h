/* Plants faults: rules that pick calls, and what goes wrong with those. */
#ifndef SANDBOX_TRAP_H
#define SANDBOX_TRAP_H

#include <cjson/cJSON.h>

#include "sandbox/draft.h"

#define TRAP_UNSET UINT64_MAX

/* Strings and JSON are borrowed from the fault. */
struct trap_effect {
    uint64_t status;           /* TRAP_UNSET: as it would be */
    const char *body;          /* NULL: as it would be, or what goes with the status */
    const cJSON *headers;      /* an object of strings, or NULL */
    uint64_t cut;              /* close after that many bytes of the body; or TRAP_UNSET */
    bool close;                /* close without an answer */
    double stall;              /* seconds before the answer */
    uint64_t stall_at;         /* TRAP_UNSET, or the byte of the body to stall at … */
    double stall_body;         /* … for that many seconds */
    uint64_t drip;             /* bytes a second; or TRAP_UNSET */
    uint64_t lie_total;        /* the total to report; or TRAP_UNSET */
    uint64_t lie_pages;        /* the number of pages to report; or TRAP_UNSET */
    bool ignore_page;          /* always serve page 1 */
    uint64_t ignore_per_page;  /* serve pages of that many items; or TRAP_UNSET */
    const cJSON *change;       /* changes of the account before the answer, or NULL */
    const cJSON *change_after; /* the same after it, or NULL */
};

struct trap;
struct traps;

/* NULL: out of memory. */
struct traps *traps_create(void);
void traps_destroy(struct traps *traps);
void traps_clear(struct traps *traps);

/* Appends an array of rules: all, or none with -EINVAL and `why` written, or -ENOMEM. */
int traps_add(struct traps *traps, const cJSON *rules, struct draft *why);

size_t traps_count(const struct traps *traps);

/* A JSON array of the rules with their counts. */
int traps_write(const struct traps *traps, struct draft *out);

/*
 * Counts a call and returns the first due rule or NULL. The caller must give the rule back;
 * it outlives traps_clear until then. As all else here, both need the sandbox's lock.
 */
struct trap *traps_pick(struct traps *traps, const char *path, const char *query);
void trap_release(struct trap *trap);

/* Returns the rule at `index`, below the count, whichever calls it is for; else as above. */
struct trap *traps_take(struct traps *traps, size_t index);

const struct trap_effect *trap_effect(const struct trap *trap);

/* The i-th header of an effect; false past the last. */
bool trap_header(const struct trap_effect *effect, int i, const char **name,
                 const char **value);

/* Keeps, for the list of rules, why a rule's change could not be applied. Copies it. */
void trap_problem(struct trap *trap, const char *problem);

#endif
