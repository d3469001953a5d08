/* Says what became of a call: an errno, what the service said, and how old that is. */
#ifndef QPFS_API_ANSWER_H
#define QPFS_API_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buffer.h"

/* -------- its age -------- */

/*
 * The headers Age, and max-age of Cache-Control (RFC 9111). A caching proxy in between may have
 * had an answer for a while, or know how long it is good for. Zeroed: nothing was said.
 *
 * no-cache, no-store and max-age=0 are not looked at. Frameworks send them by default, for
 * caches in between. How long an answer serves the user who paid for it is for that user to
 * say, with cache_ttl. s-maxage is for shared caches.
 */
struct freshness {
    int64_t age_s;     /* the greatest that was said */
    int64_t max_age_s; /* the least that was said and is not 0; 0: none */
};

/* No header is believed to mean more: 2^31 s, which RFC 9111 gives for what is too large. */
#define FRESHNESS_SECONDS_MAX ((int64_t)1 << 31)

/* Take in the VALUE of a header Age, or Cache-Control. Pass over what is no number. */
void freshness_take_age(struct freshness *freshness, const char *value);
void freshness_take_control(struct freshness *freshness, const char *value);

/* Make ALL what can be said of both. */
void freshness_narrow(struct freshness *all, const struct freshness *one);

/* Return for how many milliseconds from its arrival an answer serves that would serve for
 * TTL_MS by itself: never more than that, and no less than LEAST_MS if TTL_MS is not. */
int64_t freshness_ttl_ms(const struct freshness *freshness, int64_t ttl_ms, int64_t least_ms);

/* -------- what became of the call -------- */

struct answer {
    int error;      /* 0, or -errno by the table in docs/semantics.md */
    long status;    /* HTTP; 0 if there was none. Of a 200 with an error body: what that says */
    bool transient; /* it may be different the next time */
    bool over_rate; /* the service said: too many calls a minute */
    bool unsent;    /* nothing of the call left this machine */
    bool doubted; /* its connection had been silent, and it was asked for again over another */
    bool untried; /* no call was made, for all fail alike: the log says so for all of them */
    bool too_large; /* it has more bytes than are taken; a smaller page may have fewer */
    bool missing;   /* a 404 whose body, the service's own and no proxy's, says so too */
    bool own;    /* an error whose body is the service's own, no proxy's, and says the same */
    bool in_200; /* the status is that of an error body which came with a 200 */
    int64_t wait_ms;  /* Retry-After, in milliseconds; 0 if there was none */
    int64_t took_us;  /* from when it was asked for until the last byte, in microseconds */
    const char *body; /* borrowed; only valid while the callback that got the answer runs */
    size_t size;
    struct buffer *holder; /* what the body lies in: its receiver may take that; NULL: none */
    struct freshness freshness; /* by its headers */
    time_t date;                /* by which clock it was made: the header Date; 0 if none */
    char why[384];       /* for the log, if there is an error: status, message, request ID */
    char message[256];   /* what the service said of it; "" if nothing */
    char request_id[64]; /* and under which ID it knows the call */
};

/*
 * Judge ANSWER by its HTTP status: fill error, transient, over_rate, missing, own and why from
 * status, body and size. The body is read for what the service says. It decides four things.
 * A 429 is either "too many a minute", which passes, or "no calls left", which never does
 * (ID 1013 of the page on limits). A 200 with an error body is an error: it counts as the
 * httpStatusCode in it, or as EBADMSG where that names no error. A 200 whose body is cut off is
 * an error that passes. And an error is the service's own, or may be a proxy's: that
 * says nothing of a list.
 */
void answer_judge(struct answer *answer);

/* Leave the body out of ANSWER, which is kept for longer than that. */
void answer_forget_body(struct answer *answer);

/* Make ANSWER one that failed with ERROR (-errno) before there was a status. */
void answer_fail(struct answer *answer, int error, bool transient, const char *why);

#endif
