#include "cache/failure.h"

#include <stdio.h>
#include <time.h>

#include "base/log.h"

/* The same failure of the same path is logged as often. */
#define FAILURE_LOG_EVERY_MS 60000

bool failure_log_take(struct failure_log *log, int error, long status, int64_t now,
                      char more[static FAILURE_MORE_MAX])
{
    bool same = log->error == error && log->status == status;
    more[0] = '\0';
    if (same && now < log->until_ms) {
        log->left_out++;
        return false;
    }
    if (same && log->left_out > 0)
        snprintf(more, FAILURE_MORE_MAX, " (and %u times more since the last such line)",
                 log->left_out);
    *log = (struct failure_log){error, status, now + FAILURE_LOG_EVERY_MS, 0};
    return true;
}

void failure_fill(struct failure *failure, const struct target *target,
                  const struct pager_result *result)
{
    bool said = result->message && *result->message;
    *failure = (struct failure){
        .error = result->error,
        .status = result->status,
        .nobody = result->nobody,
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
