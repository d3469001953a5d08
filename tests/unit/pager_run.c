#include "pager_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    run->not_found = result->not_found;
    snprintf(run->why, sizeof run->why, "%s", result->why ? result->why : "");
    run->records = result->records;
    run->count = result->count;
    run->price = result->price;
    run->freshness = result->freshness;
}

static void pager_run_begin(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                            unsigned parallel, uint64_t limit)
{
    memset(run, 0, sizeof *run);
    run->habits.per_page = per_page;
    struct pager_options options = {
        .target = target_make(name, 23, 12),
        .habits = &run->habits,
        .parallel = parallel,
        .limit = limit,
        .keep = keep,
        .done = on_done,
        .data = run,
    };
    run->pager = pager_create(&options);
}

void pager_run_start(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                     unsigned parallel)
{
    pager_run_begin(run, name, per_page, parallel, 0);
}

void pager_run_start_limited(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                             unsigned parallel, uint64_t limit)
{
    pager_run_begin(run, name, per_page, parallel, limit);
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
