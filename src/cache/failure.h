#ifndef QPFS_CACHE_FAILURE_H
#define QPFS_CACHE_FAILURE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/endpoint.h"
#include "api/pager.h"

/* What failed last, for whoever asks later. The key is in none of it. */
struct failure {
    char path[ENDPOINT_PATH_MAX];
    int error;           /* -errno; 0: nothing has failed */
    long status;         /* HTTP; 0 if there was none */
    bool nobody;         /* a 404 that may mean that a list is empty */
    char message[256];   /* the service's own, else what the log says */
    char request_id[64]; /* "" if there was none */
    int64_t at;          /* seconds since 1970, by the clock on the wall */
};

/* What the log was told of the failures of one listing. Zeroed at first. */
struct failure_log {
    int error; /* -errno of the last one; 0: nothing */
    long status;
    int64_t until_ms;  /* till then the same is not told again; clock_ms() */
    unsigned left_out; /* how often it was not */
};

/* How often the same was left out since, as the end of a line: " (and 12 times more …)". */
#define FAILURE_MORE_MAX 64

/*
 * Return whether a failure with ERROR and STATUS is to be logged at NOW: the first one, another
 * one, or the same after a minute. MORE is what the line ends with, "" mostly.
 */
bool failure_log_take(struct failure_log *log, int error, long status, int64_t now,
                      char more[static FAILURE_MORE_MAX]);

/* Fills FAILURE from what came of the fetch of TARGET, which is an error. */
void failure_fill(struct failure *failure, const struct target *target,
                  const struct pager_result *result);

#endif
