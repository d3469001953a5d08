/* Stands in for the pager: a fetch waits until the test says what came of it. */
#ifndef QPFS_TESTS_FAKE_PAGER_H
#define QPFS_TESTS_FAKE_PAGER_H

#include "api/pager.h"

/* Stands in for the pager where --wrap=pager_create and --wrap=pager_destroy are given: a fetch
 * waits until the test says what came of it. */

struct pager *__wrap_pager_create(const struct pager_options *options);
void __wrap_pager_destroy(struct pager *pager);
uint64_t __wrap_pager_price(const struct pager *pager);
void __wrap_pager_set_limit(struct pager *pager, uint64_t limit);
void __wrap_pager_pause(struct pager *pager, bool paused);
struct pager_progress __wrap_pager_progress(const struct pager *pager);

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

/* It brings COUNT records, sorted by ID, for the price that was set. */
void fake_pager_bring(unsigned index, const struct fake_record *records, size_t count);

/* What pager INDEX is told of the last time: the record beside ID. */
struct record *fake_pager_beside(unsigned index, uint64_t id, bool below);

/* What the pages that came so far have told of pager INDEX. */
void fake_pager_set_price(unsigned index, uint64_t price);

/* How far pager INDEX has come. */
void fake_pager_set_progress(unsigned index, struct pager_progress progress);

/* How many calls pager INDEX may take; 0: any. */
uint64_t fake_pager_limit(unsigned index);

/* Return whether pager INDEX is to ask for nothing more for the time being. */
bool fake_pager_is_paused(unsigned index);

/* Return whether pager INDEX was told that the list was not empty before. */
bool fake_pager_expects_people(unsigned index);

/* Return whether no cache in between may answer pager INDEX. */
bool fake_pager_is_anew(unsigned index);

/* It has learned that it takes PRICE calls, which are more than its limit. */
void fake_pager_stop_at(unsigned index, uint64_t price);

/* It fails with an HTTP status other than 404. */
void fake_pager_fail_with(unsigned index, int error, long status, const char *why);

/* The same, and the service said so. */
void fake_pager_fail_saying(unsigned index, int error, long status, const char *message,
                            const char *request_id);

/* It took PRICE calls, and can't be true. */
void fake_pager_fail_in_vain(unsigned index, uint64_t price);

void fake_pager_fail(unsigned index, int error, bool not_found, const char *why);

/* No call was made for it: all fail at once. */
void fake_pager_fail_untried(unsigned index, int error, const char *why);

/* The service itself says 404 of the list. */
void fake_pager_fail_nobody(unsigned index);

/* What is brought from now on says this of its age. */
void fake_pager_say(int64_t age_s, int64_t max_age_s);

/* The next pager_create() finds no memory. */
void fake_pager_fail_next(void);

#endif
