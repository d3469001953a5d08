#ifndef QPFS_TESTS_FAKE_PAGER_H
#define QPFS_TESTS_FAKE_PAGER_H

#include "api/pager.h"

/* Stands in for the pager where --wrap=pager_create and --wrap=pager_destroy are given: a fetch
 * waits until the test says what came of it. */

struct pager *__wrap_pager_create(const struct pager_options *options);
void __wrap_pager_destroy(struct pager *pager);

struct fake_record {
    uint64_t id;
    const char *text;
};

/* Begins anew; nothing may wait. */
void fake_pager_reset(void);

unsigned fake_pagers_made(void);
unsigned fake_pagers_waiting(void);

/* What the pager INDEX of those that wait fetches, oldest first. Borrowed, until the next call.
 */
const char *fake_pager_path(unsigned index);

/* It brings COUNT records, sorted by ID. */
void fake_pager_bring(unsigned index, const struct fake_record *records, size_t count);

void fake_pager_fail(unsigned index, int error, bool not_found, const char *why);

/* The next pager_create() finds no memory. */
void fake_pager_fail_next(void);

#endif
