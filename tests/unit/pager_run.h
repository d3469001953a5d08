/* A pager, and what came of it, for tests. */
#ifndef QPFS_TESTS_PAGER_RUN_H
#define QPFS_TESTS_PAGER_RUN_H

#include "api/pager.h"
#include "fake_server.h"

struct pager_run {
    struct pager *pager; /* NULL when it is done */
    struct quirks quirks;
    unsigned done; /* how often it was called */
    int error;
    long status;
    bool nobody;
    char why[512];
    struct record **records;
    size_t count;
    uint64_t price;
    struct freshness freshness;
    uint64_t bytes;
    size_t pages;
    unsigned kept; /* records that were offered */
    struct pager_options options;
};

/* Zeroes RUN and starts a pager for NAME, 23/12, with PARALLEL pages in flight. */
void pager_run_start(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                     unsigned parallel);

/* The same with a limit of calls. */
void pager_run_start_limited(struct pager_run *run, enum endpoint_name name, uint64_t per_page,
                             unsigned parallel, uint64_t limit);

/* The same for a list that was not empty before. */
void pager_run_start_expecting(struct pager_run *run, enum endpoint_name name,
                               uint64_t per_page, unsigned parallel);

/* Give back what it brought, and start the same once more, with the quirks that it learnt. */
void pager_run_again(struct pager_run *run);

/* Ends the pager and gives back what it brought. */
void pager_run_finish(struct pager_run *run);

/* For cmocka: begin a test with no call and no run, and finish its run. *STATE: the run. */
int pager_run_set_up(void **state);
int pager_run_tear_down(void **state);

/* Assert that it brought all that SERVER shows, in order of ID. */
void pager_run_assert_complete(const struct pager_run *run, const struct fake_server *server);

/* Assert that it failed with ERROR and WHY, brought nobody, and has no call under way. */
void pager_run_assert_failed(const struct pager_run *run, int error, const char *why);

#endif
