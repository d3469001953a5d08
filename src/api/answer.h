/* Says what became of a call: an errno, and what the service said of it. */
#ifndef QPFS_API_ANSWER_H
#define QPFS_API_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "api/freshness.h"

struct answer {
    int error;      /* 0, or -errno by the table in docs/semantics.md */
    long status;    /* HTTP; 0 if there was none. Of a 200 with an error body: what that says */
    bool transient; /* it may be different the next time */
    bool over_rate; /* the service said: too many calls a minute */
    bool unsent;    /* nothing of the call left this machine */
    bool doubted; /* its connection had been silent, and it was asked for again over another */
    bool untried; /* no call was made, for all fail alike: the log says so for all of them */
    bool own;     /* the body is the service's own error body, and no proxy's */
    bool missing; /* a 404 whose own body says so too */
    bool in_200;  /* the status is that of an error body which came with a 200 */
    int64_t wait_ms;  /* Retry-After, in milliseconds; 0 if there was none */
    const char *body; /* borrowed; only valid while the callback that got the answer runs */
    size_t size;
    struct freshness freshness; /* by its headers */
    time_t date;                /* by which clock it was made: the header Date; 0 if none */
    char why[384];       /* for the log, if there is an error: status, message, request ID */
    char message[256];   /* what the service said of it; "" if nothing */
    char request_id[64]; /* and under which ID it knows the call */
};

/*
 * Judge ANSWER by its HTTP status: fill error, transient, over_rate, own and why from status,
 * body and size. The body is read for what the service says. It decides two things only. A 429
 * is either "too many a minute", which passes, or "no calls left", which never does (ID 1013 of
 * the page on limits). A 200 with an error body is an error: it counts as the httpStatusCode in
 * it, or as EBADMSG where that names no error.
 */
void answer_judge(struct answer *answer);

/* Make ANSWER one that failed with ERROR (-errno) before there was a status. */
void answer_fail(struct answer *answer, int error, bool transient, const char *why);

#endif
