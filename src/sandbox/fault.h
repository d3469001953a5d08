/* Planted faults: rules that pick calls, and what goes wrong with those. */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <cjson/cJSON.h>

#include "sandbox/text.h"

#define FAULT_UNSET UINT64_MAX

/* Strings and JSON are borrowed from the fault. */
struct fault_effect {
    uint64_t status;           /* FAULT_UNSET: as it would be */
    const char *body;          /* NULL: as it would be, or what goes with the status */
    const cJSON *headers;      /* an object of strings, or NULL */
    uint64_t cut;              /* close after that many bytes of the body; or FAULT_UNSET */
    bool close;                /* close without an answer */
    double stall;              /* seconds before the answer */
    uint64_t stall_at;         /* FAULT_UNSET, or the byte of the body to stall at … */
    double stall_body;         /* … for that many seconds */
    uint64_t drip;             /* bytes a second; or FAULT_UNSET */
    uint64_t lie_total;        /* the total to report; or FAULT_UNSET */
    uint64_t lie_pages;        /* the number of pages to report; or FAULT_UNSET */
    bool ignore_page;          /* always serve page 1 */
    uint64_t ignore_per_page;  /* serve pages of that many items; or FAULT_UNSET */
    const cJSON *change;       /* changes of the account before the answer, or NULL */
    const cJSON *change_after; /* the same after it, or NULL */
};

struct fault;
struct faults;

/* NULL: out of memory. */
struct faults *faults_create(void);
void faults_destroy(struct faults *faults);
void faults_clear(struct faults *faults);

/* Appends an array of rules: all, or none with -EINVAL and `why` written, or -ENOMEM. */
int faults_add(struct faults *faults, const cJSON *rules, struct text *why);

size_t faults_count(const struct faults *faults);

/* A JSON array of the rules with their counts. */
int faults_write(const struct faults *faults, struct text *out);

/*
 * Counts a call and returns the first due rule or NULL. The caller must give the rule back;
 * it outlives faults_clear until then. As all else here, both need the sandbox's lock.
 */
struct fault *faults_pick(struct faults *faults, const char *path, const char *query);
void fault_release(struct fault *fault);

/* Returns the rule at `index`, below the count, whichever calls it is for; else as above. */
struct fault *faults_take(struct faults *faults, size_t index);

const struct fault_effect *fault_effect(const struct fault *fault);

/* The i-th header of an effect; false past the last. */
bool fault_header(const struct fault_effect *effect, int i, const char **name,
                  const char **value);

/* Keeps, for the list of rules, why a rule's change could not be applied. Copies it. */
void fault_problem(struct fault *fault, const char *problem);

#endif
