#include "cache/failure.h"

#include <stdio.h>
#include <time.h>

#include "base/log.h"

void failure_fill(struct failure *failure, const struct target *target,
                  const struct pager_result *result)
{
    bool said = result->message && *result->message;
    *failure = (struct failure){
        .error = result->error,
        .status = result->status,
        .at = time(NULL),
    };
    target_path(target, 0, 0, failure->path);
    snprintf(failure->message, sizeof failure->message, "%s",
             said ? result->message : result->why);
    if (result->request_id)
        snprintf(failure->request_id, sizeof failure->request_id, "%s", result->request_id);
    log_hide_secret(failure->message);
    log_hide_secret(failure->request_id);
}
