/* Fetches a target for all who wait for it, and lets a failure answer for a moment. */
#ifndef QPFS_CACHE_FETCH_H
#define QPFS_CACHE_FETCH_H

#include "api/meter.h"
#include "api/pager.h"
#include "cache/snapshot.h"

/* What failed last. The key is in none of it. */
struct failure {
    char path[ENDPOINT_PATH_MAX];
    int error;           /* -errno; 0: nothing has failed */
    long status;         /* HTTP; 0 if there was none */
    bool nobody;         /* a 404 that may mean that a list is empty */
    char message[256];   /* the service's own, else what the log says */
    char request_id[64]; /* "" if there was none */
    int64_t at;          /* seconds since 1970, by the clock on the wall */
};

/* What all fetches of a mount share. */
struct fetch_source {
    struct loop *loop;
    struct client *client;
    struct quirks quirks;
    struct failure last_failure; /* see fetch_note_failure() */
    struct meter_errors errors;  /* of all such failures, so far */
    uint64_t fetches;            /* that were begun, so far */
    uint64_t single_calls;       /* of those, how many were of records by themselves */
    void *had_people;            /* which lists were not empty: a tree of holding.c's */
    int64_t ttl_ms;              /* how long a snapshot serves */
    int64_t stale_ms;            /* how much longer while the service fails */
    int64_t refused_ms; /* clock_ms() at which the service refused the key last; INT64_MIN:
                           never, for what is held may be older than the machine is up */
    int64_t anew_ms;    /* clock_ms() since which no cache in between may answer; 0: any may */
    unsigned parallel;  /* pages in flight for one fetch */
};

/* Someone who waits: embedded in its owner. */
struct waiter {
    TAILQ_ENTRY(waiter) link;
    struct fetch *fetch; /* NULL when it does not wait */
    unsigned round;
    uint64_t id; /* the record that it is about; 0: all of them */
    /* Called once, from the loop, never from the function that began the wait: with ERROR 0 and
     * SNAPSHOT, borrowed; or with -errno and NULL. WHY is a sentence for people, borrowed. */
    void (*done)(struct waiter *waiter, struct snapshot *snapshot, int error, const char *why);
};

/* Whom a fetch tells, with its DATA. */
struct fetch_owner {
    /* A fetch is wanted, within LIMIT as of fetch_start(). Return true if the owner brings what
     * is wanted in another way than by a pager, and clears `unsettled` when it is there. NULL:
     * there is no other way. */
    bool (*begin)(void *data, uint64_t limit);
    /* Nobody waits any more for what the owner brings in another way; NULL: never mind. */
    void (*left)(void *data);
    void (*began)(void *data);   /* or NULL */
    void (*stopped)(void *data); /* before anything came of it; or NULL */
    /* Return clock_ms() of a moment that what was shown is no older than: what is older does
     * not take its place. INT64_MIN: anything may. Or NULL, for the same. */
    int64_t (*shown_ms)(void *data);
    /* It ended with RESULT. The owner takes the records over, and answers those who wait. */
    void (*ended)(void *data, struct pager_result *result);
    /* As in struct pager_options, but that they get the fetch. */
    struct record *(*keep)(void *fetch, struct record *fresh);
    struct record *(*beside)(void *fetch, uint64_t id, bool below, size_t *hint);
};

/* What was said in the log of failures. */
struct fetch_log {
    int error; /* -errno of the last one; 0: nothing */
    long status;
    int64_t until_ms;  /* clock_ms(); till then the same is not said again */
    unsigned left_out; /* how often it was not */
};

/* Embedded in its owner, who reads what is in it. */
struct fetch {
    struct fetch_source *source;
    struct target target;
    const struct fetch_owner *owner;
    void *data;
    struct pager *pager; /* NULL: none is under way */
    /* For the owner to set: */
    bool expects_people;   /* an empty list is read twice */
    bool missing_is_empty; /* a 404 may mean an empty list */
    bool unsettled;        /* somebody else is asked for the answer, or for what it means */
    bool doubted;          /* no cache in between may answer the next one */
    bool outdated;         /* fetch_expire() came after the last one began */
    uint64_t limit;        /* calls that the last one may take; 0: any */
    int failed_error;      /* of the last one that failed */
    long failed_status;
    bool failed_passes;      /* see fetch_failure_passes() */
    int64_t failed_until_ms; /* till then (clock_ms()) that is the answer to all who come */
    bool anew;               /* no cache in between was to answer the last one */
    int64_t began_ms;        /* the last one */
    int64_t read_ms;         /* the last one that brought something; 0: none did */
    int64_t left_ms;         /* when the last one who waited left it, or when it began */
    struct fetch_log logged;
    unsigned round;
    TAILQ_HEAD(waiters, waiter) waiters;
};

/* SOURCE must outlive it. OWNER is called with DATA. */
void fetch_init(struct fetch *fetch, struct fetch_source *source, const struct target *target,
                const struct fetch_owner *owner, void *data);

/* Nobody may wait for it any more. */
void fetch_finish(struct fetch *fetch);

/* Begin, though nobody may wait: none is under way. The fetch may take LIMIT calls; 0: any.
 * Return 0 or -ENOMEM. */
int fetch_start(struct fetch *fetch, uint64_t limit);

/* The same by a pager, and not in another way. */
int fetch_start_pager(struct fetch *fetch, uint64_t limit);

/* More calls than any list takes. Unlike 0 it says that one name is wanted. */
#define FETCH_LIMIT_NONE UINT64_MAX

/* Wait: join the fetch under way, or start one. One that is out of date starts anew, for all
 * who wait. It may take LIMIT calls, or as many as someone else allows it; 0: any. Return 0;
 * -ENOMEM; or at once the error of a fetch that has only just failed: the kernel looks a name
 * up twice, and a pattern names a thousand. */
int fetch_join(struct fetch *fetch, struct waiter *waiter, uint64_t limit);

/* Take WAITER back. ABANDON: if nobody else waits, the fetch ends too, so that ^C saves what
 * calls there are left to save. Else it pauses, or ends if it is out of date. */
void waiter_cancel(struct waiter *waiter, bool abandon);

/* Let the fetch under way go on though nobody waits for it. */
void fetch_wake(struct fetch *fetch);

/* Return whether a fetch is under way, or what came of it is not settled. */
bool fetch_is_open(const struct fetch *fetch);

/* The same, or one has only just failed: to wait for it costs no call, unless it is out of
 * date.
 */
bool fetch_is_busy(const struct fetch *fetch);

/* What is under way is out of date, and ends if nobody waits for it. A failure is the
 * answer to nobody any more. */
void fetch_expire(struct fetch *fetch);

/* Stop a fetch to which nobody has come back for a TTL. */
void fetch_sweep(struct fetch *fetch);

/* -------- what came of it -------- */

/* Make a snapshot of the records in RESULT, and take them over in any case. It serves for the
 * TTL or, if the answers say so, for less. WHOLE: the records were taken from it, and so are
 * the times; NULL: they came from the service. Return NULL when memory is out. */
struct snapshot *fetch_make_snapshot(const struct fetch *fetch, struct pager_result *result,
                                     const struct snapshot *whole);

/* Deliver to all who wait now. Who begins to wait meanwhile belongs to the next round, and to
 * the next fetch. SNAPSHOT is borrowed. */
void fetch_deliver(struct fetch *fetch, struct snapshot *snapshot, int error, const char *why);

/* The same one by one: the next of those who waited when fetch_begin_round() was called, who
 * waits no more; NULL when there are no more. */
void fetch_begin_round(struct fetch *fetch);
struct waiter *fetch_next_waiter(struct fetch *fetch);

/* Fill FAILURE from the error in RESULT. */
void fetch_fill_failure(const struct fetch *fetch, const struct pager_result *result,
                        struct failure *failure);

/* FAILURE counts: it is the last one of all from here on. */
void fetch_source_note(struct fetch_source *source, const struct failure *failure);

/* The same of the error in RESULT. */
void fetch_note_failure(struct fetch *fetch, const struct pager_result *result);

/* Log the error in RESULT, remember it for a moment, and deliver it. */
void fetch_fail(struct fetch *fetch, const struct pager_result *result);

/* The same where memory is out. */
void fetch_fail_memory(struct fetch *fetch);

/* Log that what was read at FETCHED_MS serves on after the error in RESULT. */
void fetch_log_stale(struct fetch *fetch, const struct pager_result *result,
                     int64_t fetched_ms);

/* Return whether the service or the network failed, and the error in RESULT says nothing of
 * what was asked for. */
bool fetch_failure_passes(const struct pager_result *result);

#endif
