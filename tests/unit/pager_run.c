/* A pager, and what came of it, for tests. */
#include "pager_run.h"

#include <stdio.h>

#include "fake_client.h"
#include "fake_work.h"
#include "unit.h"

static struct record *keep(void *data, struct record *fresh)
{
    struct pager_run *run = data;
    run->kept++;
    return fresh;
}

static void on_done(void *data, struct pager_result *result)
{
    struct pager_run *run = data;
    run->pager = NULL;
    run->done++;
    run->error = result->error;
    run->status = result->status;
    run->nobody = result->nobody;
    snprintf(run->why, sizeof run->why, "%s", result->why ? result->why : "");
    run->records = result->records;
    run->count = result->count;
    run->price = result->price;
    run->bytes = result->bytes;
    run->pages = result->pages;
    run->freshness = result->freshness;
}

/* Starts with the quirks that RUN has. */
static void pager_run_go(struct pager_run *run, const struct pager_options *options)
{
    const struct quirks quirks = run->quirks;
    memset(run, 0, sizeof *run);
    run->quirks = quirks;
    run->options = *options;
    run->options.quirks = &run->quirks;
    run->options.keep = keep;
    run->options.done = on_done;
    run->options.data = run;
    run->pager = pager_create(&run->options);
}

static void pager_run_begin(struct pager_run *run, uint64_t per_page,
                            const struct pager_options *options)
{
    run->quirks = (struct quirks){.per_page = per_page};
    pager_run_go(run, options);
}

void pager_run_start(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                     unsigned parallel)
{
    pager_run_start_limited(run, name, per_page, parallel, 0);
}

void pager_run_start_limited(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                             unsigned parallel, uint64_t limit)
{
    const struct pager_options options = {
        .target = target_make(name, 23, 12), .parallel = parallel, .limit = limit};
    pager_run_begin(run, per_page, &options);
}

void pager_run_start_expecting(struct pager_run *run, enum endpoint_name name,
                               uint64_t per_page, unsigned parallel)
{
    const struct pager_options options = {
        .target = target_make(name, 23, 12), .parallel = parallel, .expect_people = true};
    pager_run_begin(run, per_page, &options);
}

void pager_run_again(struct pager_run *run)
{
    const struct pager_options options = run->options;
    pager_run_finish(run);
    pager_run_go(run, &options);
}

void pager_run_finish(struct pager_run *run)
{
    pager_destroy(run->pager);
    run->pager = NULL;
    for (size_t i = 0; i < run->count; i++)
        record_unref(run->records[i]);
    free(run->records);
    run->records = NULL;
    run->count = 0;
}

int pager_run_set_up(void **state)
{
    struct pager_run *run = *state;
    fake_client_reset();
    memset(run, 0, sizeof *run);
    return 0;
}

int pager_run_tear_down(void **state)
{
    fake_work_hold(false);
    pager_run_finish(*state);
    return 0;
}

void pager_run_assert_complete(const struct pager_run *run, const struct fake_server *server)
{
    assert_string_equal(run->why, "");
    assert_int_equal(run->error, 0);
    assert_int_equal(run->done, 1);
    assert_int_equal(run->count, server->count);
    for (size_t i = 0; i < run->count; i++)
        assert_int_equal(run->records[i]->id, server->ids[i]);
}

void pager_run_assert_failed(const struct pager_run *run, int error, const char *why)
{
    assert_int_equal(run->done, 1);
    assert_int_equal(run->error, error);
    assert_string_equal(run->why, why);
    assert_int_equal(run->count, 0);
    assert_int_equal(fake_calls_waiting(), 0);
}
