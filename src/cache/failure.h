#ifndef QPFS_CACHE_FAILURE_H
#define QPFS_CACHE_FAILURE_H

#include <stdint.h>

#include "api/endpoint.h"
#include "api/pager.h"

/* What failed last, for whoever asks later. The key is in none of it. */
struct failure {
    char path[ENDPOINT_PATH_MAX];
    int error;           /* -errno; 0: nothing has failed */
    long status;         /* HTTP; 0 if there was none */
    char message[256];   /* the service's own, else what the log says */
    char request_id[64]; /* "" if there was none */
    int64_t at;          /* seconds since 1970, by the clock on the wall */
};

/* Fills FAILURE from what came of the fetch of TARGET, which is an error. */
void failure_fill(struct failure *failure, const struct target *target,
                  const struct pager_result *result);

#endif
