/* Fetches a target for all who wait for it, and lets a failure answer for a moment. */
#include "cache/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/reaper.h"

/* For how long most failures are the answer to all who come, and no call is made: see
 * fetch_failed_ms(). */
#define FETCH_FAILED_MS 1000

/* So many calls may be made every second for a list that can't be true. */
#define FETCH_FEW_CALLS 10

/* A snapshot serves for at least as long, however old its pages say that they are: one command
 * looks a name up twice, and many ask at once. */
#define FETCH_FRESH_MIN_MS 1000

/* An age is told in whole seconds, and may count both the first and the last of them. */
#define FETCH_AGE_ERROR_MS 2000

/* The same failure of the same path is logged as often. */
#define FETCH_LOG_EVERY_MS 60000

/* The longest " (and 12 times more ...)" at the end of a line. */
#define FETCH_LOG_MORE_MAX 64

void fetch_init(struct fetch *fetch, struct fetch_source *source, const struct target *target,
                const struct fetch_owner *owner, void *data)
{
    *fetch = (struct fetch){.source = source, .target = *target, .owner = owner, .data = data};
    TAILQ_INIT(&fetch->waiters);
}

void fetch_finish(struct fetch *fetch)
{
    pager_destroy(fetch->pager);
    fetch->pager = NULL;
}

/* Return whether RESULT is older than what was shown, without doubt. Of both the oldest page
 * decides: one cache that gives some pages again, and others anew, has made nothing older. */
static bool fetch_is_older(const struct fetch *fetch, const struct pager_result *result)
{
    int64_t latest_ms = clock_ms() - result->freshness.age_s * 1000 + FETCH_AGE_ERROR_MS;
    return !result->error && fetch->owner->shown_ms &&
           latest_ms < fetch->owner->shown_ms(fetch->data);
}

/* Leave RESULT, which is older than what was shown, and read past the caches: now, if somebody
 * waits, and else the next time. Where that has been done already, RESULT becomes a failure
 * that passes, and false is returned. */
static bool fetch_read_anew(struct fetch *fetch, struct pager_result *result)
{
    record_unref_all(result->records, result->count);
    *result = (struct pager_result){
        .error = -EBADMSG,
        .transient = true,
        .why = "a cache in between answers with what is older than what was shown before",
    };
    fetch->doubted = true;
    if (fetch->anew)
        return false;
    if (!TAILQ_EMPTY(&fetch->waiters))
        return fetch_start_pager(fetch, fetch->limit) == 0;
    if (fetch->owner->stopped)
        fetch->owner->stopped(fetch->data);
    return true;
}

static void fetch_on_done(void *data, struct pager_result *result)
{
    struct fetch *fetch = data;
    fetch->pager = NULL;
    if (fetch_is_older(fetch, result) && fetch_read_anew(fetch, result))
        return;
    if (!result->error)
        fetch->read_ms = fetch->began_ms;
    if (result->status == 401)
        fetch->source->refused_ms = clock_ms();
    fetch->owner->ended(fetch->data, result);
}

/* Return whether no cache in between may answer. After a SIGHUP that is so for a TTL, for what
 * was not read since: a fetch that failed, or was given up, has read nothing. Later, what a
 * cache gives is younger than the SIGHUP, or says its age. */
static bool fetch_is_anew(const struct fetch *fetch)
{
    const struct fetch_source *source = fetch->source;
    bool sighup = source->anew_ms > 0 && fetch->read_ms <= source->anew_ms &&
                  clock_ms() - source->anew_ms < source->ttl_ms;
    return fetch->doubted || sighup;
}

int fetch_start_pager(struct fetch *fetch, uint64_t limit)
{
    struct pager_options options = {
        .client = fetch->source->client,
        .target = fetch->target,
        .quirks = &fetch->source->quirks,
        .parallel = fetch->source->parallel,
        .limit = limit,
        .expect_people = fetch->expects_people,
        .missing_is_empty = fetch->missing_is_empty,
        .anew = fetch_is_anew(fetch),
        .keep = fetch->owner->keep,
        .beside = fetch->owner->beside,
        .done = fetch_on_done,
        .data = fetch,
    };
    fetch->began_ms = fetch->left_ms = clock_ms(); /* it may be begun for nobody */
    fetch->pager = pager_create(&options);
    if (!fetch->pager)
        return -ENOMEM;
    fetch->anew = options.anew;
    fetch->outdated = fetch->doubted = false;
    fetch->source->fetches++;
    if (fetch->owner->began)
        fetch->owner->began(fetch->data);
    return 0;
}

int fetch_start(struct fetch *fetch, uint64_t limit)
{
    fetch->limit = limit;
    if (!fetch->owner->begin || !fetch->owner->begin(fetch->data, limit))
        return fetch_start_pager(fetch, limit);
    fetch->outdated = false;
    fetch->unsettled = true;
    return 0;
}

static void fetch_stop(struct fetch *fetch)
{
    if (!fetch_is_open(fetch))
        return;
    pager_destroy(fetch->pager);
    fetch->pager = NULL;
    fetch->unsettled = false;
    if (fetch->owner->stopped)
        fetch->owner->stopped(fetch->data);
}

/* Return the limit of a fetch when one with LIMIT joins it: the greater one; 0: none. */
static uint64_t fetch_raise_limit(const struct fetch *fetch, uint64_t limit)
{
    if (limit == 0 || fetch->limit == 0)
        return 0;
    return limit > fetch->limit ? limit : fetch->limit;
}

/* Who comes after a SIGHUP must see nothing from before it. What is read now is for all who
 * wait. */
static int fetch_start_anew(struct fetch *fetch, uint64_t limit)
{
    if (!TAILQ_EMPTY(&fetch->waiters))
        limit = fetch_raise_limit(fetch, limit);
    fetch_stop(fetch);
    int error = fetch_start(fetch, limit);
    if (error)
        fetch_fail_memory(fetch);
    return error;
}

static void fetch_go_on(struct fetch *fetch, uint64_t limit)
{
    fetch->limit = fetch_raise_limit(fetch, limit);
    if (!fetch->pager)
        return;
    pager_set_limit(fetch->pager, fetch->limit);
    pager_pause(fetch->pager, false);
}

/* Have a fetch under way that may be joined. Errors as of fetch_join(). */
static int fetch_open(struct fetch *fetch, uint64_t limit)
{
    if (fetch_is_open(fetch) && fetch->outdated)
        return fetch_start_anew(fetch, limit);
    if (fetch_is_open(fetch)) {
        fetch_go_on(fetch, limit);
        return 0;
    }
    if (clock_ms() < fetch->failed_until_ms)
        return fetch->failed_error;
    return fetch_start(fetch, limit);
}

int fetch_join(struct fetch *fetch, struct waiter *waiter, uint64_t limit)
{
    int error = fetch_open(fetch, limit);
    if (error)
        return error;
    waiter->fetch = fetch;
    waiter->round = fetch->round;
    TAILQ_INSERT_TAIL(&fetch->waiters, waiter, link);
    return 0;
}

void waiter_cancel(struct waiter *waiter, bool abandon)
{
    struct fetch *fetch = waiter->fetch;
    if (!fetch)
        return;
    TAILQ_REMOVE(&fetch->waiters, waiter, link);
    waiter->fetch = NULL;
    if (!TAILQ_EMPTY(&fetch->waiters))
        return;
    if (abandon || fetch->outdated)
        fetch_stop(fetch);
    else if (fetch->pager)
        pager_pause(fetch->pager, true);
    else if (fetch->unsettled && fetch->owner->left)
        fetch->owner->left(fetch->data);
    fetch->left_ms = clock_ms();
}

void fetch_wake(struct fetch *fetch)
{
    pager_pause(fetch->pager, false);
    fetch->left_ms = clock_ms();
}

bool fetch_is_open(const struct fetch *fetch)
{
    return fetch->pager || fetch->unsettled;
}

bool fetch_is_busy(const struct fetch *fetch)
{
    return fetch_is_open(fetch) || clock_ms() < fetch->failed_until_ms;
}

void fetch_expire(struct fetch *fetch)
{
    fetch->outdated = true;
    fetch->failed_until_ms = 0;
    if (TAILQ_EMPTY(&fetch->waiters))
        fetch_stop(fetch);
}

/* What came for somebody who left is getting old. */
void fetch_sweep(struct fetch *fetch)
{
    bool left =
        TAILQ_EMPTY(&fetch->waiters) && clock_ms() - fetch->left_ms > fetch->source->ttl_ms;
    if (fetch->pager && left)
        fetch_stop(fetch);
}

/* -------- what came of it -------- */

struct snapshot *fetch_make_snapshot(const struct fetch *fetch, struct pager_result *result,
                                     const struct snapshot *whole)
{
    int64_t asked_ms = fetch->began_ms - result->freshness.age_s * 1000;
    struct snapshot *snapshot =
        snapshot_create(result->records, result->count, whole ? whole->began_ms : asked_ms,
                        whole ? whole->fetched_ms : clock_ms());
    if (!snapshot) {
        record_unref_all(result->records, result->count);
        return NULL;
    }
    if (whole)
        snapshot->fresh_until_ms = whole->fresh_until_ms;
    else
        snapshot->fresh_until_ms =
            snapshot->fetched_ms +
            freshness_ttl_ms(&result->freshness, fetch->source->ttl_ms, FETCH_FRESH_MIN_MS);
    return snapshot;
}

void fetch_begin_round(struct fetch *fetch)
{
    fetch->round++;
}

struct waiter *fetch_next_waiter(struct fetch *fetch)
{
    struct waiter *waiter = TAILQ_FIRST(&fetch->waiters);
    if (!waiter || waiter->round == fetch->round)
        return NULL;
    TAILQ_REMOVE(&fetch->waiters, waiter, link);
    waiter->fetch = NULL;
    return waiter;
}

void fetch_deliver(struct fetch *fetch, struct snapshot *snapshot, int error, const char *why)
{
    struct waiter *waiter;
    if (snapshot)
        snapshot_ref(snapshot);
    fetch_begin_round(fetch);
    while ((waiter = fetch_next_waiter(fetch)))
        waiter->done(waiter, snapshot, error, why);
    snapshot_unref(snapshot);
}

/* -------- failures -------- */

bool fetch_failure_passes(const struct pager_result *result)
{
    switch (-result->error) {
    case EIO: /* an answer below 500 is about what was asked for; 0: there was none */
        return result->status == 0 || result->status >= 500;
    case EBADMSG: /* the connection ended in the midst of an answer, or that is too old */
        return result->transient;
    case ETIMEDOUT:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case EAGAIN:
    case EDQUOT:
        return true;
    default:
        return false;
    }
}

/* Return whether a failure is to be logged: the first one, another one, or the same after a
 * minute. MORE is what the line ends with, "" mostly. */
static bool fetch_may_log(struct fetch *fetch, int error, long status,
                          char more[static FETCH_LOG_MORE_MAX])
{
    struct fetch_log *log = &fetch->logged;
    bool same = log->error == error && log->status == status;
    more[0] = '\0';
    if (same && clock_ms() < log->until_ms) {
        log->left_out++;
        return false;
    }
    if (same && log->left_out > 0)
        snprintf(more, FETCH_LOG_MORE_MAX, " (and %u times more since the last such line)",
                 log->left_out);
    *log = (struct fetch_log){error, status, clock_ms() + FETCH_LOG_EVERY_MS, 0};
    return true;
}

static void fetch_log_failure(struct fetch *fetch, const struct pager_result *result)
{
    char path[ENDPOINT_PATH_MAX], more[FETCH_LOG_MORE_MAX];
    const struct log_about about = {
        .path = path, .status = result->status, .error = -result->error};
    if (result->untried || !fetch_may_log(fetch, result->error, result->status, more))
        return;
    target_path(&fetch->target, 0, 0, path);
    log_line_about(LOG_LEVEL_ERROR, &about, "%s: %s [%s]%s", path, result->why,
                   strerror(-result->error), more);
}

void fetch_log_stale(struct fetch *fetch, const struct pager_result *result, int64_t fetched_ms)
{
    char path[ENDPOINT_PATH_MAX], more[FETCH_LOG_MORE_MAX];
    if (result->untried || !fetch_may_log(fetch, result->error, 0, more))
        return;
    target_path(&fetch->target, 0, 0, path);
    log_line_about(LOG_LEVEL_WARNING, &(struct log_about){.path = path},
                   "%s: %s; showing what was read %lld seconds ago%s", path, result->why,
                   (long long)((clock_ms() - fetched_ms) / 1000), more);
}

/* Return for how long a long list is not asked for again that can't be true, past all caches
 * either: so it costs about a call a second. 0: it is none. */
static int64_t fetch_in_vain_ms(const struct fetch *fetch, const struct pager_result *result)
{
    bool is_long = result->price > FETCH_FEW_CALLS;
    return is_long && result->error == -EBADMSG && !result->transient && fetch->anew
               ? (int64_t)result->price * FETCH_FAILED_MS
               : 0;
}

/* A permission that is lacking does not come back by itself within a second, and no page is too
 * large that holds one record, or soon again. A long list that is wrong again may stay so, and
 * must not take all calls from who asks every second. What was asked for before a SIGHUP says
 * nothing of what is so after it. */
static int64_t fetch_failed_ms(const struct fetch *fetch, const struct pager_result *result)
{
    int64_t ttl_ms = fetch->source->ttl_ms;
    int64_t vain_ms = fetch_in_vain_ms(fetch, result);
    bool lasts = result->status == 403 || result->status == 413 || result->too_large;
    if (fetch->outdated)
        return 0;
    if (vain_ms > 0 && vain_ms < ttl_ms)
        return vain_ms;
    lasts = lasts || vain_ms > 0;
    return lasts && ttl_ms > FETCH_FAILED_MS ? ttl_ms : FETCH_FAILED_MS;
}

void fetch_fill_failure(const struct fetch *fetch, const struct pager_result *result,
                        struct failure *failure)
{
    bool said = result->message && *result->message;
    *failure = (struct failure){
        .error = result->error,
        .status = result->status,
        .nobody = result->nobody,
        .at = time(NULL),
    };
    target_path(&fetch->target, 0, 0, failure->path);
    snprintf(failure->message, sizeof failure->message, "%s",
             said ? result->message : result->why);
    if (result->request_id)
        snprintf(failure->request_id, sizeof failure->request_id, "%s", result->request_id);
    log_hide_secret(failure->message);
    log_hide_secret(failure->request_id);
}

void fetch_source_note(struct fetch_source *source, const struct failure *failure)
{
    source->last_failure = *failure;
    meter_errors_add(&source->errors, failure->error);
}

void fetch_note_failure(struct fetch *fetch, const struct pager_result *result)
{
    struct failure failure;
    fetch_fill_failure(fetch, result, &failure);
    fetch_source_note(fetch->source, &failure);
}

void fetch_fail(struct fetch *fetch, const struct pager_result *result)
{
    int error = result->error;
    fetch->doubted = error == -EBADMSG; /* a cache may go on to give the same */
    fetch_log_failure(fetch, result);
    if (error != -ENOMEM) {
        fetch->failed_error = error;
        fetch->failed_status = result->status;
        fetch->failed_passes = fetch_failure_passes(result);
        fetch->failed_until_ms = clock_ms() + fetch_failed_ms(fetch, result);
    }
    fetch_deliver(fetch, NULL, error, result->why);
}

void fetch_fail_memory(struct fetch *fetch)
{
    fetch_fail(fetch, &(struct pager_result){.error = -ENOMEM, .why = "out of memory"});
}
